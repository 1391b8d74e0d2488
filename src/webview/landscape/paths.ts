/**
 * What moves: the paths of the optimizers up to the step that is looked at, faintly beyond it where they have been farther, their heads, and at
 * the heads the learning rate along each axis and the principal directions of the curvature.
 */
import { principalDirections, type Direction } from '../../shared/landscape/curvature';
import type { Participant } from '../../shared/landscape/participant';
import type { Race } from '../../shared/landscape/race';
import { writeOutlined } from '../charts/outlined';
import type { Projection } from '../charts/projection';
import { number } from '../format';
import { fade, theme } from '../theme';
import type { Marks } from './landscape';
import { traceShape, type Look } from './looks';
import { lookOf } from './palette';

/** Radius of a head in pixels. */
export const HEAD = 5.5;
/** Half the length of the longest arm that tells a rate, and of the lines that tell curvature. */
const ARM = 26;
const AXIS = 40;
/** Dots mark single steps where the shortest of them is longer than this on the screen. */
const DOTS_APART = 7;
/** A path is cut where it would leave the canvas by more than this, so that far places cost nothing and break nothing. */
const FAR = 1e5;

export interface Drawn {
  readonly race: Race;
  readonly projection: Projection;
  readonly marks: Marks;
  readonly chosen: number;
}

/** Where a participant is after a step, in pixels. */
export function pixelOf({ track }: Participant, step: number, projection: Projection): readonly [number, number] {
  const at = Math.min(step, track.last);
  const clamp = (place: number): number => (Number.isFinite(place) ? Math.max(-FAR, Math.min(FAR, place)) : NaN);
  return [
    clamp(projection.left(track.coordinate(at, 0))),
    clamp(projection.top(track.dimensions === 1 ? track.value(at) : track.coordinate(at, 1))),
  ];
}

export function drawPaths(context: CanvasRenderingContext2D, drawn: Drawn): void {
  const { race, projection, marks, chosen } = drawn;
  const lanes = race.lanes.flatMap((lane, index) => ('track' in lane ? [{ participant: lane, index, look: lookOf(index) }] : []));
  // the chosen one last, so that it lies above
  lanes.sort((a, b) => Number(a.index === chosen) - Number(b.index === chosen));
  for (const { participant, look } of lanes) drawPath(context, participant, look, race.step, projection);
  const [first] = race.participants;
  if (first) drawStart(context, pixelOf(first, 0, projection));
  for (const { participant, index, look } of lanes) {
    const [left, top] = pixelOf(participant, race.step, projection);
    if (!Number.isFinite(left + top)) continue;
    if (projection.width < left - AXIS || left < -AXIS || projection.height < top - AXIS || top < -AXIS) continue;
    const { position, rates } = participant.at(race.step);
    if (marks.curvature && position.length === 2)
      drawDirections(context, left, top, principalDirections(race.f, position), index === chosen);
    if (marks.rates && rates && rates.length > 1) drawRates(context, left, top, rates, look);
    drawHead(context, left, top, look, index === chosen);
  }
}

function drawPath(context: CanvasRenderingContext2D, participant: Participant, look: Look, step: number, projection: Projection): void {
  const { last } = participant.track;
  const now = Math.min(step, last);
  const pixels = Array.from({ length: last + 1 }, (_, k) => pixelOf(participant, k, projection));
  const stroke = (from: number, to: number): void => {
    context.beginPath();
    for (let k = from; k <= to; k++) context.lineTo(pixels[k][0], pixels[k][1]);
    context.stroke();
  };
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.setLineDash(look.dash.slice());
  if (now < last) {
    context.lineWidth = 1.2;
    context.strokeStyle = fade(look.colour, 0.3);
    stroke(now, last);
  }
  context.setLineDash([]);
  context.lineWidth = 4;
  context.strokeStyle = fade(theme().background, 0.65);
  stroke(0, now);
  context.setLineDash(look.dash.slice());
  context.lineWidth = 1.8;
  context.strokeStyle = look.colour;
  stroke(0, now);
  context.setLineDash([]);
  drawDots(context, pixels, now, look);
}

/** A dot for each step, as far as steps can be told apart. */
function drawDots(context: CanvasRenderingContext2D, pixels: readonly (readonly [number, number])[], now: number, look: Look): void {
  context.fillStyle = look.colour;
  context.beginPath();
  for (let k = 1; k < now; k++) {
    const [left, top] = pixels[k];
    if (Math.hypot(left - pixels[k - 1][0], top - pixels[k - 1][1]) < DOTS_APART) continue;
    context.moveTo(left + 2.2, top);
    context.arc(left, top, 2.2, 0, 2 * Math.PI);
  }
  context.fill();
}

function drawHead(context: CanvasRenderingContext2D, left: number, top: number, { colour, shape }: Look, chosen: boolean): void {
  context.beginPath();
  traceShape(context, shape, left, top, HEAD + (chosen ? 1.5 : 0));
  context.lineWidth = chosen ? 5 : 4;
  context.strokeStyle = fade(theme().background, 0.9);
  context.stroke();
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = chosen ? 1.8 : 1;
  context.strokeStyle = chosen ? theme().foreground : fade(theme().foreground, 0.6);
  context.stroke();
}

/** The start that all share: a hollow ring, to be dragged. */
function drawStart(context: CanvasRenderingContext2D, [left, top]: readonly [number, number]): void {
  for (const [width, colour] of [
    [4.5, fade(theme().background, 0.85)],
    [1.6, theme().foreground],
  ] as const) {
    context.beginPath();
    context.arc(left, top, HEAD + 3, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** A cross whose arms are as long as the rates along the axes, against the longest of them. */
function drawRates(context: CanvasRenderingContext2D, left: number, top: number, rates: readonly number[], { colour }: Look): void {
  const longest = Math.max(...rates.map(Math.abs));
  if (!(longest > 0 && longest < Infinity)) return;
  const [across, up] = rates.map((rate) => (ARM * Math.abs(rate)) / longest);
  for (const [width, stroke] of [
    [6, fade(theme().background, 0.75)],
    [3, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.lineCap = 'butt';
    context.beginPath();
    context.moveTo(left - across, top);
    context.lineTo(left + across, top);
    context.moveTo(left, top - up);
    context.lineTo(left, top + up);
    context.stroke();
  }
}

/** The eigenvectors of the Hessian: whole lines where the function curves up, dashed ones with arrows outwards where it curves down. */
function drawDirections(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  directions: readonly Direction[],
  labelled: boolean,
): void {
  directions.forEach(({ eigenvalue, vector }, k) => {
    const [x, y] = [vector[0], -vector[1]];
    for (const [width, colour] of [
      [4, fade(theme().background, 0.7)],
      [1.4, theme().foreground],
    ] as const) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.lineCap = 'round';
      context.setLineDash(eigenvalue < 0 ? [4, 4] : []);
      context.beginPath();
      context.moveTo(left - AXIS * x, top - AXIS * y);
      context.lineTo(left + AXIS * x, top + AXIS * y);
      context.stroke();
      context.setLineDash([]);
      if (eigenvalue >= 0) continue;
      context.beginPath();
      for (const end of [1, -1])
        for (const side of [1, -1]) {
          context.moveTo(left + end * AXIS * x, top + end * AXIS * y);
          context.lineTo(left + end * (AXIS - 7) * x + side * 4 * y, top + end * (AXIS - 7) * y - side * 4 * x);
        }
      context.stroke();
    }
    if (labelled) label(context, `λ${'₁₂'[k]} ${number(eigenvalue)}`, left, top, x, y);
  });
}

/** Beside the end of a direction that lies farther up or to the right. */
function label(context: CanvasRenderingContext2D, text: string, left: number, top: number, x: number, y: number): void {
  const end = y < -0.3 || (Math.abs(y) <= 0.3 && x > 0) ? 1 : -1;
  context.font = `11px ${theme().font}`;
  context.textBaseline = 'middle';
  context.textAlign = Math.abs(x) > 0.4 ? (end * x > 0 ? 'left' : 'right') : 'center';
  writeOutlined(context, text, left + end * x * (AXIS + 6), top + end * y * (AXIS + 9));
}
