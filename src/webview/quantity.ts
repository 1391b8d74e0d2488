/**
 * A number on display: rounded for the eye, with the record's own number, its step and what it is beside it, as data attributes
 * (`data-quantity`, `data-step`, `data-value`, `data-layer`).
 */
import { element, setText } from './dom';

export class Quantity {
  readonly element: HTMLSpanElement;
  private value: number | undefined;
  private step: number | undefined;
  /** The text is the number as it is formatted, not words given instead. */
  private plain = false;

  /** @param name as in the record: `loss`, `lambdaMax`, … */
  constructor(
    name: string,
    private readonly format: (value: number) => string,
    layer?: string,
  ) {
    this.element = element('span', { class: 'number', 'data-quantity': name, 'data-layer': layer });
    this.clear();
  }

  /** @param step at which it was measured. @param text instead of the formatted number */
  set(value: number, step: number, text?: string): void {
    const same = Object.is(value, this.value);
    if (!same) this.element.dataset.value = String(value);
    if (step !== this.step) this.element.dataset.step = String(step);
    const plain = text === undefined;
    if (!(same && plain && this.plain)) setText(this.element, text ?? this.format(value));
    this.value = value;
    this.step = step;
    this.plain = plain;
  }

  /** Nothing was measured yet. */
  clear(): void {
    if (this.step === undefined && this.element.textContent === '–') return;
    delete this.element.dataset.value;
    delete this.element.dataset.step;
    [this.value, this.step, this.plain] = [undefined, undefined, false];
    setText(this.element, '–');
  }

  /** Names the layer that the number belongs to, where it changes. */
  of(layer: string): void {
    if (this.element.dataset.layer !== layer) this.element.dataset.layer = layer;
  }

  get text(): string {
    return this.element.textContent ?? '';
  }
}
