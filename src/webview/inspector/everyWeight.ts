/**
 * One number of every single weight of the chosen layer: the effective rate, the weight, the gradient, or a state of the rule; in the layer's own
 * shape, or unit by unit as images where they are some. Such numbers are in no record: the engine is asked for them, twice a second while the run
 * goes on and the card is in sight, and once more where the run stands still, or something else is chosen.
 */
import type { WeightMap } from '../../shared/protocol';
import type { Tabular } from '../charts/csv';
import { HeatMap, type Reading } from '../charts/heatMap';
import { PictureCard } from '../charts/pictureCard';
import { recall, remember } from '../connection';
import { dropdown, textButton, toggleButton } from '../controls';
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { chosenLayer, type Shown } from '../shown';
import { exactly, meaningOf, quantityName } from './everyNumber';
import { layerName } from './layerName';
import { numbersOf, placeColumns, showWeights, weightAt } from './weightPlace';

/** Milliseconds between two questions, and between two for many numbers. */
const PERIOD = 500;
const LONG_PERIOD = 2000;
const MANY = 200_000;
/** CSS pixels that a map is high. */
const HEIGHT = [96, 360] as const;

type Look = 'matrix' | 'images';

/** What there is to say where there is no map. */
const WORDS = {
  record:
    'This run was read from its record, which does not hold single weights. “Continue from here” in the Training panel trains it once more up to the step that you look at: the same bits, and its weights are here.',
  starting: 'A number of every single weight: it comes with the first step.',
  nothing:
    'A gradient and rates come with a step, and none was taken since the run was put here. Take one (Step forward in the Training panel), or choose the weights or a state above: these are here.',
  asking: 'The engine is asked for them…',
  gone: 'The engine that had the weights of this run is gone. Go on from the last checkpoint, or start the run again.',
} as const;

export class EveryWeight {
  private readonly heat: HeatMap;
  private readonly card: PictureCard;
  private readonly choice;
  private readonly looks = element('div', { class: 'looks', role: 'group', 'aria-label': 'layout' });
  private readonly toggles;
  private readonly step = new Quantity('step', integer);
  private readonly of = element('span', { class: 'ofStep number' }, 'step ', this.step.element);
  private readonly words = element('p', { class: 'quiet' });
  private readonly past = element('span');
  private readonly shared = new Quantity('weight', String);
  private readonly apart: HTMLElement;
  /** What ran, for a picture. */
  private line = '';
  private quantity = recall('quantity') ?? 'rate';
  private look: Look = recall('look') === 'matrix' ? 'matrix' : 'images';
  private map: WeightMap | null = null;
  /** The layer's own shape, and the run. */
  private layer: { readonly run: string; readonly name: string; readonly shape: readonly number[] } | null = null;
  /** What was asked for last: asked again only where this changes. */
  private asked = '';
  private waiting = false;
  private inSight = false;
  private problem: string | null = null;

  constructor(private readonly context: PanelContext) {
    this.heat = new HeatMap({
      name: 'everyWeight',
      quantity: 'everyWeight',
      hint: 'Point at a cell, or use the arrow keys, for its own number.',
      height: () => HEIGHT,
      redraw: context.redraw,
      read: (cell) => this.read(cell),
    });
    this.choice = dropdown('Quantity', [{ value: this.quantity, label: quantityName(this.quantity) }], this.quantity, (wanted) => {
      this.quantity = wanted;
      remember('quantity', wanted);
      this.again();
    }, { label: 'hidden' }); // prettier-ignore
    const toggle = (look: Look, label: string) => toggleButton({ words: look }, label, this.look === look, () => this.choose(look));
    this.toggles = { matrix: toggle('matrix', 'A row a unit'), images: toggle('images', 'An image a unit') } as const;
    this.looks.append(this.toggles.matrix.element, this.toggles.images.element);
    const toTraining = textButton('Open the Training panel', () => context.attempt(() => context.host.openPanel('training')), 'secondary');
    this.apart = element('div', { class: 'apart' }, element('p', { class: 'quiet' }, this.past), toTraining.element);
    const content = element('div', { class: 'everyWeightPicture' }, this.words, this.heat.element);
    this.card = new PictureCard(context, {
      name: 'everyWeight',
      title: 'Every weight',
      before: [element('div', { class: 'asking' }, this.choice.element, this.looks, this.of), this.apart],
      content,
      caption: () => this.line,
      data: () => this.tabular(),
    });
    new IntersectionObserver((entries) => {
      this.inSight = entries[entries.length - 1].isIntersecting;
      if (this.inSight) context.redraw();
    }, { rootMargin: '100px' }).observe(this.card.element); // prettier-ignore
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.heat.recolour();
  }

  draw(shown: Shown): void {
    const { run } = shown;
    const layer = run.layers[chosenLayer(shown)];
    if (!layer) return;
    this.line = run.line;
    if (this.layer?.name !== layer.name || this.layer.run !== run.id) {
      this.layer = { run: run.id, name: layer.name, shape: layer.shape };
      this.map = null;
      this.problem = null;
    }
    const { from } = run.snapshot;
    if (from === 'engine' && this.inSight) this.ask(run, layer.name);
    const map = from === 'engine' ? this.map : null;
    this.card.title(`Every weight of ${layerName(layer.name)}`);
    const one = map !== null && map.values.length === 1 && numbersOf(map) > 1;
    show(this.heat.element, map !== null && !one);
    show(this.words, (map === null && from === 'engine') || one);
    show(this.looks, map?.image != null);
    show(this.of, map !== null);
    show(this.choice.element, from === 'engine');
    this.sayPast(run, map);
    if (!map) {
      this.card.note('');
      if (from === 'engine') setText(this.words, this.why(run));
      return;
    }
    this.step.set(map.step, map.step);
    if (one) this.sayShared(map);
    else this.picture(map);
  }

  private picture(map: WeightMap): void {
    const { rows, columns, values, quantity } = map;
    const image = this.look === 'images' ? map.image : null;
    const what = `${quantityName(quantity)} of every weight of ${layerName(map.layer)}`;
    this.heat.draw({
      rows,
      columns,
      values,
      image,
      meaning: meaningOf(quantity),
      summary: `${what}, ${this.shape(map)}, at step ${integer(map.step)}${this.spanInWords()}.`,
    });
    Object.assign(this.heat.canvas.dataset, { step: String(map.step), layer: map.layer, quantity });
    const kind = this.heat.span?.kind;
    const scale = kind === 'logarithmic' ? 'log scale' : kind === 'diverging' ? 'around 0' : 'linear scale';
    this.card.note(`${quantityName(quantity)}, ${this.shape(map)}, ${scale}`);
  }

  /** The least and the greatest number, for the summary. */
  private spanInWords(): string {
    const { span } = this.heat;
    return span && !Number.isNaN(span.least) ? `: from ${number(span.least)} to ${number(span.greatest)}` : '';
  }

  private shape(map: WeightMap): string {
    return showWeights(map, { name: map.layer, layer: this.layer?.shape ?? map.shape });
  }

  private sayShared(map: WeightMap): void {
    const { shared, words } = this;
    const [value] = map.values;
    shared.of(map.layer);
    shared.set(value, map.step, exactly(value, map.values instanceof Float32Array));
    const text = `All ${integer(numbersOf(map))} weights share one ${quantityName(map.quantity)}: `;
    if (words.firstChild?.textContent !== text || words.lastChild !== shared.element) words.replaceChildren(text, shared.element);
    this.card.note(this.shape(map));
  }

  /** Says so where another step is looked at than the map's. */
  private sayPast(run: Run, map: WeightMap | null): void {
    const elsewhere = map !== null && run.past;
    const record = run.snapshot.from === 'record';
    show(this.apart, elsewhere || record);
    if (record) setText(this.past, WORDS.record);
    if (!elsewhere) return;
    const text = `You look at step ${integer(run.looked)}. Single weights are known only where the run stands, at step ${integer(map.step)}: this is what is shown. “Continue from here” in the Training panel puts the run to step ${integer(run.looked)}.`;
    setText(this.past, text);
  }

  private why(run: Run): string {
    if (this.problem !== null) return this.problem;
    if (run.state === 'lost' || run.state === 'failed') return WORDS.gone;
    if (!run.history) return WORDS.starting;
    return this.waiting || this.asked === '' ? WORDS.asking : WORDS.nothing;
  }

  private choose(look: Look): void {
    this.look = look;
    remember('look', look);
    this.toggles.matrix.press(look === 'matrix');
    this.toggles.images.press(look === 'images');
    this.context.redraw();
  }

  /** The same question, with another answer. */
  private again(): void {
    this.asked = '';
    this.context.redraw();
  }

  private ask(run: Run, layer: string): void {
    const period = (this.map?.values.length ?? 0) > MANY ? LONG_PERIOD : PERIOD;
    // While it runs the question changes with time; then once with the state.
    const turn = run.state === 'running' ? Math.floor(performance.now() / period) : run.step;
    const question = [run.id, layer, this.quantity, run.state, turn].join(' ');
    if (question === this.asked || this.waiting || !run.history) return;
    this.asked = question;
    this.waiting = true;
    const { quantity } = this;
    this.context.host
      .weightMap(layer, quantity)
      .then(
        (map) => this.take(map, run.id, layer),
        // A rule without this state, which may be remembered from another run; or a run that has gone, whose last picture stays.
        (error: unknown) => this.refused(quantity, error),
      )
      .finally(() => {
        this.waiting = false;
        this.context.redraw();
      });
  }

  private take(map: WeightMap | null, run: string, layer: string): void {
    if (this.layer?.name !== layer || this.layer.run !== run) return;
    this.problem = null;
    const before = this.map;
    this.map = map;
    if (!map) return;
    if (before?.quantities.join() !== map.quantities.join())
      this.choice.offer(map.quantities.map((value) => ({ value, label: quantityName(value) })), map.quantity); // prettier-ignore
    if (before?.quantity !== map.quantity || before.shape !== map.shape) this.card.refresh();
  }

  private refused(quantity: string, error: unknown): void {
    if (quantity !== 'weight' && this.quantity === quantity && this.map?.quantity !== quantity) {
      this.quantity = 'weight'; // which every run has
      this.asked = '';
    } else if (!this.map) this.problem = error instanceof Error ? error.message : String(error);
  }

  private read(cell: number): Reading | null {
    const { map, layer } = this;
    if (!map || !layer || cell >= map.values.length) return null;
    const value = map.values[cell];
    const place = weightAt(map, { name: layer.name, layer: layer.shape }, Math.floor(cell / map.columns), cell % map.columns);
    return { place, value, step: map.step, layer: map.layer, text: exactly(value, map.values instanceof Float32Array) };
  }

  private tabular(): Tabular {
    const { map, layer } = this;
    if (!map || !layer) return { caption: 'Every weight: nothing is known yet', columns: ['value'], rows: 0, cell: () => null };
    const shared = map.values.length === 1 && numbersOf(map) > 1;
    const places = shared ? [] : placeColumns(map, { name: layer.name, layer: layer.shape });
    return {
      caption: `${quantityName(map.quantity)} of every weight of ${layerName(map.layer)}, step ${integer(map.step)}`,
      // the copied numbers have no caption: their head says what they are, and of when
      columns: [...(shared ? ['weights'] : places.map(({ name }) => name)), `${quantityName(map.quantity)} ${map.layer} step ${map.step}`],
      rows: map.values.length,
      cell: (row, column) => {
        if (shared) return column === 0 ? 'all' : map.values[0];
        return column === places.length ? map.values[row] : places[column].at(Math.floor(row / map.columns), row % map.columns);
      },
      source: (column) =>
        column === Math.max(1, places.length) ? { quantity: `everyWeight.${map.quantity}`, layer: map.layer } : undefined,
      step: () => map.step,
    };
  }
}
