/** A function as a landscape: which it is, its picture, the optimizers on it, moving along their paths, and the positions in numbers. */
import { PictureCard } from '../charts/pictureCard';
import { iconButton, toggleButton, type Toggle } from '../controls';
import { element, setText, show } from '../dom';
import type { OwnPanel, PanelContext } from '../panel';
import type { Shown } from '../shown';
import { Entrants } from './entrants';
import { wholeWindow } from './gestures';
import { Landscape, type Marks } from './landscape';
import { Picker } from './picker';
import { Pictured } from './pictured';
import { Places, tabulate } from './places';
import { Fault, Plot } from './plot';
import { Transport } from './transport';

export class FunctionView implements Omit<OwnPanel, 'follows'> {
  readonly element: HTMLElement;
  private readonly landscape: Landscape;
  private readonly picker: Picker;
  private readonly plot: Plot;
  private readonly fault = new Fault();
  private readonly transport: Transport;
  private readonly entrants: Entrants;
  private readonly places: Places;
  private readonly pictured: Pictured;
  private readonly card: PictureCard;
  private readonly toggles: Readonly<Record<keyof Marks, Toggle>>;
  /** What the bars at the heads mean. */
  private readonly key = element('p', { class: 'barKey', hidden: true });
  private drawn = '';

  constructor(private readonly context: PanelContext) {
    const landscape = new Landscape(context.redraw);
    this.landscape = landscape;
    this.picker = new Picker(landscape);
    this.plot = new Plot(landscape, context.redraw);
    this.transport = new Transport(landscape);
    this.entrants = new Entrants(landscape);
    this.places = new Places(landscape, context.redraw);
    this.pictured = new Pictured(landscape);
    const toggle = (mark: keyof Marks, icon: string, label: string): Toggle =>
      toggleButton(icon, label, landscape.marks[mark], (pressed) => landscape.mark({ [mark]: pressed }));
    this.toggles = {
      slope: toggle('slope', 'compass', 'Arrows down the slope'),
      rates: toggle('rates', 'add', 'Learning rate along each axis, at the heads'),
      curvature: toggle('curvature', 'split-horizontal', 'Directions and signs of the curvature, at the heads'),
    };
    const reset = iconButton('screen-full', 'Show the whole window', () => Promise.resolve(landscape.frame(wholeWindow(landscape))));
    const bar = element(
      'div',
      { class: 'shown', role: 'group', 'aria-label': 'What is drawn' },
      ...Object.values(this.toggles).map((each) => each.element),
      reset.element,
    );
    const content = element('div', { class: 'picture' }, this.plot.element, this.fault.element);
    this.card = new PictureCard(context, {
      name: 'landscape',
      title: 'Landscape',
      content,
      after: [this.key, this.pictured.element, this.transport.element],
      caption: () => this.pictured.caption,
      data: () => tabulate(landscape),
    });
    content.append(bar);
    this.element = element(
      'div',
      { class: 'functionView' },
      element('div', { class: 'side' }, this.picker.element, this.picker.lesson, this.entrants.element),
      element('div', { class: 'stage' }, this.card.element, this.places.element),
    );
  }

  draw(shown: Shown | null): void {
    const { landscape } = this;
    const there = landscape.advance();
    if (!there) this.context.redraw();
    const { scene, race, fault } = landscape;
    const titled = `${scene.formula} ${landscape.generation}`;
    if (titled !== this.drawn) {
      this.drawn = titled;
      this.card.title(`f(${landscape.variables.join(', ')}) = ${scene.formula}`);
      this.card.note(landscape.variables.length === 2 ? 'deep where f is low; the same scale along both axes' : 'value over position');
      if (race) this.card.refresh();
    }
    this.drawKey();
    this.fault.draw(fault);
    for (const toggle of [this.toggles.rates, this.toggles.curvature]) show(toggle.element, landscape.variables.length === 2);
    this.picker.draw(shown);
    this.plot.draw();
    this.transport.draw();
    this.pictured.draw();
    this.entrants.draw();
    this.places.draw();
  }

  private drawKey(): void {
    const { marks, variables } = this.landscape;
    const meanings = [
      ...(marks.rates ? ['coloured bars: the rate along each axis'] : []),
      ...(marks.curvature ? ['plain bars: directions of the curvature λ'] : []),
    ];
    show(this.key, variables.length === 2 && meanings.length > 0);
    setText(this.key, meanings.join('; '));
  }

  recolour(): void {
    this.plot.recolour();
    this.entrants.recolour();
  }
}
