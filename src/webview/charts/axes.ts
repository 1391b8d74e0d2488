/**
 * The axes of a chart, drawn by hand: thin lines at the values' ticks, their numbers at the left, the steps below. (chart.js measures every label
 * several times for each drawing, which took longer than the lines themselves.)
 */
import { integer } from '../format';
import { theme } from '../theme';
import { stepTicks, type Axis } from './axis';
import type { Area } from './lineChart';

const SIZE = 10;
/** CSS pixels between the numbers and the lines. */
const GAP = 6;
/** CSS pixels that the steps take below. */
export const BELOW = 18;
/** Room above the lines for half a number, and at the right for half a line. */
export const [ABOVE, BESIDE] = [6, 2];

/** Which font was asked of a canvas, and how the canvas says it: one that was sized again has forgotten it. */
const fonts = new WeakMap<CanvasRenderingContext2D, { readonly asked: string; readonly said: string }>();

/** Sets the font of labels, where it is another: the browser brings the styles of the whole page up to date for it. */
function labelFont(context: CanvasRenderingContext2D): void {
  const asked = `${SIZE}px ${theme().font}`;
  const known = fonts.get(context);
  if (known?.asked === asked && known.said === context.font) return;
  context.font = asked;
  fonts.set(context, { asked, said: context.font });
}

const widths = new Map<string, number>();

/** CSS pixels that the numbers of the vertical axis take, with the gap. */
export function widthOf(context: CanvasRenderingContext2D, labels: readonly string[]): number {
  let widest = 0;
  for (const label of labels) {
    // A digit is as wide as another: what is known of `0.5` is known of `0.2`.
    const key = label.replace(/\d/g, '0');
    let width = widths.get(key);
    if (width === undefined) {
      labelFont(context);
      width = context.measureText(key).width;
      if (document.fonts.status === 'loaded') widths.set(key, width);
    }
    widest = Math.max(widest, width);
  }
  return Math.ceil(widest) + GAP;
}

/** The fonts changed. */
export const forgetWidths = (): void => widths.clear();

/** How the last step is written: it says what is counted. */
const lastStep = (step: number): string => `${integer(step)} steps`;

/** The steps that are written below: those that have room. @param width CSS pixels that `from … to` takes */
export function stepsBelow(context: CanvasRenderingContext2D, from: number, to: number, width: number): readonly number[] {
  // with room beside it
  const most = Math.floor(width / Math.max(56, 6 * integer(to).length + 32));
  // the last one stands left of its step
  const free = width - widthOf(context, [lastStep(to)]);
  return stepTicks(from, to, Math.max(2, Math.min(6, most))).filter(
    (step) => step === to || ((step - from) / (to - from)) * width + widthOf(context, [integer(step)]) / 2 <= free,
  );
}

/** @param labels of the values' ticks. @param steps the ticks below; the last says what is counted */
export function drawAxes(
  context: CanvasRenderingContext2D,
  { left, right, top, bottom }: Area,
  values: Axis,
  labels: readonly string[],
  placeOfValue: (value: number) => number,
  steps: readonly number[],
  placeOfStep: (step: number) => number,
): void {
  const colours = theme();
  labelFont(context);
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const [index, value] of values.ticks.entries()) {
    const place = placeOfValue(value);
    if (place < top - 1 || place > bottom + 1) continue;
    context.fillStyle = colours.grid;
    context.fillRect(left, Math.round(place) - 0.5, right - left, 1);
    context.fillStyle = colours.dim;
    context.fillText(labels[index], left - GAP, place);
  }
  context.textBaseline = 'alphabetic';
  context.fillStyle = colours.dim;
  for (const [index, step] of steps.entries()) {
    const place = placeOfStep(step);
    const last = index === steps.length - 1;
    context.textAlign = place < left + 16 ? 'left' : last ? 'right' : 'center';
    context.fillText(last ? lastStep(step) : integer(step), place < left + 16 ? left : place, bottom + BELOW - 4);
  }
}
