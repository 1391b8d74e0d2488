/** The numbers under the pointer in a picture of two variables: a headline, and a line a number; beside the pointer, within the picture. */
import { element, show } from '../dom';
import { number } from '../format';
import { Quantity } from '../quantity';

/** CSS pixels between the pointer and the box. */
const GAP = 14;

export class PointerBox {
  readonly element = element('div', { class: 'readout probe', role: 'tooltip', hidden: true });

  hide(): void {
    show(this.element, false);
  }

  /** @param rows of `numberRow` */
  fill(headline: HTMLElement, ...rows: (readonly Node[])[]): void {
    this.element.replaceChildren(headline, ...rows.flat());
  }

  /** Shows it at the right of the pointer and below, or on the other side where there is no room. @param picture its size in CSS pixels */
  showAt([left, top]: readonly [number, number], picture: { readonly width: number; readonly height: number }): void {
    show(this.element, true);
    const { offsetWidth, offsetHeight, style } = this.element;
    style.left = `${beside(left, offsetWidth, picture.width)}px`;
    style.top = `${beside(top, offsetHeight, picture.height)}px`;
  }
}

/** What a number is, and the number. @param name of the quantity */
export function numberRow(label: string, name: string, value: number, step: number): readonly Node[] {
  const quantity = new Quantity(name, (shown) => number(shown, 4));
  quantity.set(value, step);
  return [element('span', { class: 'dim' }, label), quantity.element];
}

const beside = (pointer: number, size: number, room: number): number =>
  Math.max(0, pointer + GAP + size <= room ? pointer + GAP : pointer - GAP - size);
