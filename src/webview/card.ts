/** A card: a title, what the picture shows and in which unit, its tools, the picture, and a legend that carries the current values. */
import { element, setText } from './dom';
import type { Colour } from './charts/lineChart';
import type { Quantity } from './quantity';

export class Card {
  readonly element: HTMLElement;
  private readonly titleText: HTMLElement;
  private readonly noteText = element('small', { class: 'number' });
  private readonly head: HTMLElement;

  /** @param name for the grid and for tests. @param note quantity, unit and axis */
  constructor(name: string, title: string, note: string, ...content: (Node | string)[]) {
    this.titleText = element('h2', {}, title);
    this.head = element('div', { class: 'head' }, this.titleText, this.noteText);
    this.element = element('section', { class: `card ${name}`, 'data-card': name }, this.head, ...content);
    this.note(note);
  }

  title(text: string): void {
    setText(this.titleText, text);
  }

  note(text: string): void {
    setText(this.noteText, text);
    if (this.noteText.title !== text) this.noteText.title = text;
  }

  /** Puts tools at the right of the title. */
  equip(tools: HTMLElement): void {
    this.head.append(tools);
  }
}

export type Swatch = 'line' | 'thin' | 'dashed' | 'band' | 'faint';

/** One entry of a legend: how it is drawn, what it is, what it is now. */
export function entry(colour: Colour, swatch: Swatch, label: string, ...values: (Quantity | Node | string)[]): HTMLElement {
  const content = values.map((value) => (typeof value === 'string' || value instanceof Node ? value : value.element));
  return element(
    'span',
    { class: 'entry', 'data-line': label || undefined },
    element('i', { class: `swatch ${swatch} ${colour}`, 'aria-hidden': 'true' }),
    label,
    ' ',
    ...content,
  );
}

export function legend(...entries: HTMLElement[]): HTMLElement {
  return element('div', { class: 'legend' }, ...entries);
}
