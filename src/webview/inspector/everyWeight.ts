/**
 * The effective rate of every single weight of the chosen layer. It is asked for, twice a second while the run goes on and the panel is
 * visible, and once more where the run pauses, ends or another layer is chosen.
 */
import type { HostCalls, RateMap } from '../../shared/protocol';
import { Card } from '../card';
import { HeatMap } from '../charts/heatMap';
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import type { Run } from '../run';
import { layerName } from './layerName';
import { showWeights, weightAt } from './weightPlace';

/** Milliseconds between two questions. */
const PERIOD = 500;

export class EveryWeight {
  private readonly map: HeatMap;
  private readonly words = element('p', { class: 'quiet' });
  private readonly card: Card;
  private rates: RateMap | null = null;
  /** What was asked for last: asked again only where this changes. */
  private asked = '';
  private waiting = false;
  private dirty = true;

  constructor(
    private readonly host: HostCalls,
    private readonly redraw: () => void,
  ) {
    this.map = new HeatMap('everyWeight', () => this.changed());
    this.card = new Card('everyWeight', 'Every weight', '', this.words, this.map.element);
    this.map.canvas.addEventListener('pointermove', (event) => this.point(event));
    this.map.canvas.addEventListener('pointerleave', () => this.changed());
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  draw(run: Run, selected: number): void {
    const layer = run.layers[selected];
    if (!layer) return;
    if (this.rates && this.rates.layer !== layer.name) {
      this.rates = null;
      this.dirty = true;
    }
    this.ask(run, layer.name);
    if (!this.dirty) return;
    this.dirty = false;
    this.card.title(`Every weight of ${layerName(layer.name)}`);
    const { rates } = this;
    const shared = rates !== null && rates.values.every((value) => value === rates.values[0]);
    show(this.words, rates === null || shared);
    show(this.map.element, rates !== null && !shared);
    if (!rates) {
      this.card.note('');
      setText(this.words, 'Nothing is measured yet.');
      return;
    }
    const shape = showWeights(rates);
    this.card.note(`${shape}, log₁₀ rate`);
    if (shared) {
      setText(this.words, `All ${integer(layer.parameters)} weights share one rate: ${number(rates.values[0])}.`);
      return;
    }
    const summary = `Effective rate of every weight of ${layerName(layer.name)}, ${shape}, at step ${rates.step}; dark is small.`;
    this.map.draw({ rows: rates.rows, columns: rates.columns, values: rates.values.map(Math.log10) }, summary);
    Object.assign(this.map.canvas.dataset, { step: String(rates.step), layer: rates.layer });
  }

  private changed(): void {
    this.dirty = true;
    this.redraw();
  }

  private ask(run: Run, layer: string): void {
    // While it runs the question changes twice a second; then once with the state.
    const turn = run.state === 'running' ? Math.floor(performance.now() / PERIOD) : run.step;
    const question = [run.id, layer, run.state, turn].join(' ');
    if (question === this.asked || this.waiting || !run.history) return;
    this.asked = question;
    this.waiting = true;
    this.host
      .rateMap(layer)
      .then(
        (rates) => (this.rates = rates ?? this.rates),
        // A run that has gone cannot be asked; the last picture stays.
        () => undefined,
      )
      .finally(() => {
        this.waiting = false;
        this.changed();
      });
  }

  /** Says what is under the pointer. */
  private point(event: PointerEvent): void {
    const { rates } = this;
    if (!rates) return;
    const { width, height } = this.map.canvas.getBoundingClientRect();
    const row = Math.min(rates.rows - 1, Math.max(0, Math.floor((event.offsetY / height) * rates.rows)));
    const place = Math.min(rates.columns - 1, Math.max(0, Math.floor((event.offsetX / width) * rates.columns)));
    this.card.note(`${weightAt(rates, row, place)}: ${number(rates.values[row * rates.columns + place])}`);
  }
}
