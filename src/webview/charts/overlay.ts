/**
 * What lies over the lines of a chart and moves without them: the step that is looked at; ticks where something was changed; the points that
 * are read; a selection. Drawing it anew costs no drawing of the lines.
 */
import { fade, theme } from '../theme';
import type { Colour, LineChart } from './lineChart';
import type { Range } from './viewport';

/** A point of a line that is read. */
export interface ReadPoint {
  readonly step: number;
  readonly value: number;
  readonly colour: Colour;
}

export interface Overlay {
  /** The step that is looked at; null where that is the newest. */
  readonly cursor: number | null;
  /** Steps after which something was changed. */
  readonly marks: readonly number[];
  /** Steps between which the pointer is drawn. */
  readonly selection: Range | null;
  readonly points: readonly ReadPoint[];
}

/** Height of a tick, CSS pixels. */
const TICK = 7;

/** @param context of a canvas that lies over the chart's, in CSS pixels */
export function drawOverlay(context: CanvasRenderingContext2D, chart: LineChart, { cursor, marks, selection, points }: Overlay): void {
  const { area } = chart;
  if (!area) return;
  const { left, right, top, bottom } = area;
  const colours = theme();
  const inside = (place: number): boolean => place >= left - 0.5 && place <= right + 0.5;
  if (cursor !== null) {
    const place = Math.max(left, chart.placeOfStep(cursor));
    if (inside(place)) upright(context, place, top, bottom, fade(colours.foreground, 0.75));
  }
  context.fillStyle = colours.foreground;
  for (const mark of marks) {
    const place = chart.placeOfStep(mark);
    if (!inside(place)) continue;
    context.beginPath();
    context.moveTo(place, bottom - TICK);
    context.lineTo(place + TICK / 2, bottom);
    context.lineTo(place - TICK / 2, bottom);
    context.fill();
  }
  if (selection) {
    const [from, to] = [Math.max(left, chart.placeOfStep(selection.min)), Math.min(right, chart.placeOfStep(selection.max))];
    context.fillStyle = fade(colours.blue, 0.18);
    context.fillRect(from, top, to - from, bottom - top);
    for (const edge of [from, to]) upright(context, edge, top, bottom, fade(colours.blue, 0.8));
  }
  for (const { step, value, colour } of points) {
    const [x, y] = [chart.placeOfStep(step), chart.placeOfValue(value)];
    if (!inside(x) || !(y >= top && y <= bottom)) continue;
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
    context.fillStyle = colours[colour];
    context.strokeStyle = colours.background;
    context.lineWidth = 1;
    context.fill();
    context.stroke();
  }
}

function upright(context: CanvasRenderingContext2D, place: number, top: number, bottom: number, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(Math.round(place) - 0.5, top, 1, bottom - top);
}
