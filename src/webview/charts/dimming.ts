/** What comes after the step that is looked at, paler: on the screen by a mask, so that nothing is drawn anew; in a copied picture drawn. */
import type { Area } from './lineChart';

/** How much is left of the lines there. */
const DIMMED = 0.28;

/** @param place CSS pixels from the left from where on; null: nowhere. @param height of the canvas, CSS pixels */
export function dimFrom({ style }: HTMLCanvasElement, place: number | null, area: Area, height: number): void {
  if (place === null) {
    if (style.maskImage !== '') style.maskImage = '';
    return;
  }
  // Two layers: the plot, clear up to the place, and below it the steps.
  const below = area.bottom + 2;
  style.maskImage = `linear-gradient(to right, #000 ${place}px, rgb(0 0 0 / ${DIMMED}) ${place}px), linear-gradient(#000, #000)`;
  style.maskSize = `100% ${below}px, 100% ${height - below}px`;
  style.maskPosition = `0 0, 0 ${below}px`;
  style.maskRepeat = 'no-repeat';
}

/** @param width of the canvas, CSS pixels */
export function burnDimmed(context: CanvasRenderingContext2D, place: number, width: number, { bottom }: Area): void {
  context.save();
  context.globalCompositeOperation = 'destination-out';
  context.globalAlpha = 1 - DIMMED;
  context.fillRect(place, 0, width, bottom + 2);
  context.restore();
}
