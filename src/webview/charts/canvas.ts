/** A canvas whose pixels are the screen's own, however it is sized; for what is drawn by hand. */
import { element } from '../dom';

export class Surface {
  readonly element: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width = 0;
  height = 0;
  private ratio = 1;

  /** @param resized called when the size changed, after which all is to be drawn anew */
  constructor(className: string, resized: () => void) {
    this.element = element('canvas', { class: className, role: 'img' });
    this.context = this.element.getContext('2d')!;
    new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.element;
      if (clientWidth === this.width && clientHeight === this.height) return;
      [this.width, this.height] = [clientWidth, clientHeight];
      this.sharpen(devicePixelRatio);
      resized();
    }).observe(this.element);
  }

  /** From now on it has `ratio` pixels for each CSS pixel, and is empty. */
  sharpen(ratio: number): void {
    this.ratio = ratio;
    this.element.width = Math.round(this.width * ratio);
    this.element.height = Math.round(this.height * ratio);
  }

  /** Wipes it, and sets the unit to a CSS pixel. */
  begin(): CanvasRenderingContext2D {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
    return this.context;
  }
}

/** Two canvases, one upon the other, so that what moves is drawn again without what lies still; the upper one is the picture that is told of. */
export interface Layers {
  readonly below: Surface;
  readonly above: Surface;
}

/** @param resized called when the size of the lower one changed. @param redraw when that of the upper one did */
export function layers(resized: () => void, redraw: () => void): Layers {
  const [below, above] = [new Surface('ground', resized), new Surface('paths', redraw)];
  below.element.removeAttribute('role');
  below.element.setAttribute('aria-hidden', 'true');
  return { below, above };
}
