/**
 * The numbers under the pointer, or where the arrow keys have led: a small box beside the place, a line of text for each line of the chart, each
 * number with its own step where that differs. The same in words for a screen reader, when the keys moved.
 */
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import { BELOW } from './axes';
import type { Area, Colour } from './lineChart';

/** A number that is read. */
export interface Reading {
  readonly label: string;
  readonly colour: Colour;
  readonly dashed: boolean;
  readonly step: number;
  readonly value: number;
  readonly quantity?: string;
  readonly layer?: string;
}

/** Four digits: one more than beside the chart, since one looks closely. */
const closely = (value: number): string => number(value, 4);

/** CSS pixels between the place that is read and the box. */
const DISTANCE = 12;

class Row {
  private readonly swatch = element('i', { class: 'swatch', 'aria-hidden': 'true' });
  private readonly label = element('span', { class: 'label' });
  private readonly value = element('span', { class: 'number' });
  private readonly step = element('span', { class: 'dim number' });
  readonly element = element('div', {}, this.swatch, this.label, this.value, this.step);

  set({ label, colour, dashed, step, value, quantity, layer }: Reading, format: (value: number) => string, common: number): void {
    const style = `swatch ${dashed ? 'dashed' : 'line'} ${colour}`;
    if (this.swatch.className !== style) this.swatch.className = style;
    setText(this.label, label);
    setText(this.value, format(value));
    const { dataset } = this.value;
    Object.assign(dataset, { value: String(value), step: String(step) });
    if (quantity !== undefined) dataset.quantity = quantity;
    else delete dataset.quantity;
    if (layer !== undefined) dataset.layer = layer;
    else delete dataset.layer;
    setText(this.step, step === common ? '' : `at ${integer(step)}`);
  }
}

export class Readout {
  private readonly step = element('strong', { class: 'number' });
  private readonly rows: Row[] = [];
  private readonly list = element('div', { class: 'readings' });
  private readonly remark = element('div', { class: 'dim' });
  readonly element = element('div', { class: 'readout', 'aria-hidden': 'true', hidden: true }, this.step, this.list, this.remark);
  /** Says the numbers when the keys moved. */
  readonly spoken = element('p', { class: 'spoken', role: 'status' });

  /**
   * @param place where it is read, CSS pixels from the left of the chart. @param remarks what was changed there
   * @param format how the numbers are written; four digits where it is missing
   */
  show(area: Area, place: number, step: number, readings: readonly Reading[], remarks: readonly string[], format = closely): void {
    setText(this.step, `step ${integer(step)}`);
    for (const [index, reading] of readings.entries()) {
      const row = (this.rows[index] ??= new Row());
      row.set(reading, format, step);
      if (!row.element.isConnected) this.list.append(row.element);
    }
    for (const row of this.rows.splice(readings.length)) row.element.remove();
    show(this.remark, remarks.length > 0);
    setText(this.remark, remarks.join('\n'));
    show(this.element, true);
    const { offsetWidth: width } = this.element;
    const right = place + DISTANCE + width <= area.right;
    const left = place - DISTANCE - width >= 0;
    // Beside the place where there is room, otherwise below the chart, so that it does not cover what is read.
    const x = right ? place + DISTANCE : left ? place - DISTANCE - width : Math.max(0, area.right - width);
    const y = right || left ? area.top + 2 : area.bottom + BELOW + 2;
    this.element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  hide(): void {
    show(this.element, false);
  }

  /** To a screen reader. */
  say(step: number, readings: readonly Reading[], remarks: readonly string[], format = closely): void {
    const numbers = readings.map(
      ({ label, value, step: at }) => `${label} ${format(value)}${at === step ? '' : ` at step ${integer(at)}`}`,
    );
    setText(this.spoken, [`Step ${integer(step)}`, ...numbers, ...remarks].join(', '));
  }
}
