/** A sample of how a participant is drawn: its line with its shape at the end, as the legend and the table show it before a name. */
import { element } from '../dom';
import { traceShape } from './looks';
import { lookOf } from './palette';

/** In pixels. */
const [WIDTH, HEIGHT] = [34, 16];

export class Sample {
  readonly element = element('canvas', { class: 'sample', 'aria-hidden': 'true' });
  private drawn = '';

  /** @param index of the participant */
  draw(index: number): void {
    const look = lookOf(index);
    const ratio = devicePixelRatio;
    const drawn = `${index} ${look.colour} ${ratio}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    [this.element.width, this.element.height] = [WIDTH * ratio, HEIGHT * ratio];
    const context = this.element.getContext('2d')!;
    context.scale(ratio, ratio);
    context.strokeStyle = context.fillStyle = look.colour;
    context.lineWidth = 1.8;
    context.setLineDash(look.dash.slice());
    context.beginPath();
    context.moveTo(1, HEIGHT / 2);
    context.lineTo(WIDTH - 8, HEIGHT / 2);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    traceShape(context, look.shape, WIDTH - 8, HEIGHT / 2, 5);
    context.fill();
  }
}
