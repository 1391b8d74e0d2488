/**
 * A matrix of numbers as colours, on a logarithmic inferno scale, with the scale and its ends beside it. A screen pixel that covers
 * several numbers shows the mean of their logarithms; what is not above 0 stays blank, and what is far below the largest has the lowest colour.
 */
import { element, setText } from '../dom';
import { number } from '../format';
import { theme } from '../theme';
import { Surface } from './canvas';
import { COLOURS, paint } from './colours';
import { shrink, type Matrix } from './matrix';

/** What the colours span at most: a gradient that is only rounding, 10⁸ times smaller than the rest, would leave these one colour. */
const mostDecades = 5;

export class HeatMap {
  readonly element: HTMLElement;
  private readonly surface: Surface;
  private readonly scale: Surface;
  private readonly low = element('span', { class: 'number' });
  private readonly high = element('span', { class: 'number' });
  private readonly image = document.createElement('canvas');

  constructor(className: string, resized: () => void) {
    this.surface = new Surface(`heat ${className}`, resized);
    this.scale = new Surface('scale', () => this.drawScale());
    this.scale.element.removeAttribute('role');
    this.scale.element.setAttribute('aria-hidden', 'true');
    this.element = element(
      'div',
      { class: 'heatMap' },
      this.surface.element,
      element('div', { class: 'legend ends' }, this.low, this.scale.element, this.high),
    );
  }

  /** The canvas, for a pointer to read from. */
  get canvas(): HTMLCanvasElement {
    return this.surface.element;
  }

  /** The most columns that can be told apart. */
  get columns(): number {
    return Math.max(16, Math.round(this.surface.width));
  }

  /** @param summary the picture in words. @param marked the row that is chosen, if one is */
  draw(matrix: Matrix, summary: string, marked = -1): void {
    const context = this.surface.begin();
    this.surface.element.setAttribute('aria-label', summary);
    const { width, height } = this.surface;
    const { rows, columns, values } = shrink(matrix, Math.round(height * devicePixelRatio), Math.round(width * devicePixelRatio));
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const deep = high - low > mostDecades;
    if (deep) low = high - mostDecades;
    setText(this.low, low <= high ? `${deep ? '≤ ' : ''}${number(10 ** low, 2)}` : '');
    setText(this.high, low <= high ? number(10 ** high, 2) : '');
    if (rows * columns === 0 || width === 0) return;
    [this.image.width, this.image.height] = [columns, rows];
    const inner = this.image.getContext('2d')!;
    const pixels = inner.createImageData(columns, rows);
    paint(values, low, high, pixels.data);
    inner.putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.image, 0, 0, width, height);
    if (marked < 0 || rows < 2) return;
    context.strokeStyle = theme().foreground;
    context.lineWidth = 1;
    context.strokeRect(0.5, (marked * height) / rows + 0.5, width - 1, height / rows - 1);
  }

  private drawScale(): void {
    const context = this.scale.begin();
    const ramp = new ImageData(COLOURS, 1);
    paint(
      Float32Array.from({ length: COLOURS }, (_, index) => index),
      0,
      COLOURS - 1,
      ramp.data,
    );
    const strip = document.createElement('canvas');
    [strip.width, strip.height] = [COLOURS, 1];
    strip.getContext('2d')!.putImageData(ramp, 0, 0);
    context.drawImage(strip, 0, 0, this.scale.width, this.scale.height);
  }
}
