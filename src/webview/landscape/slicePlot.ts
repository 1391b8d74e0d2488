/**
 * The picture of a slice: contours of the loss, the way that the run came along on them, and where it stands. Two canvases, one upon the
 * other: the ground is drawn once a slice.
 */
import type { Slice } from '../../shared/protocol';
import { linearTicks } from '../charts/axis';
import { layers, type Surface } from '../charts/canvas';
import { levelsOf } from '../charts/contourLevels';
import { ContourPicture } from '../charts/contourPicture';
import { Projection } from '../charts/projection';
import { writeOutlined } from '../charts/outlined';
import { element } from '../dom';
import { integer, tickFormat } from '../format';
import { fade, theme } from '../theme';
import { numberRow, PointerBox } from './pointerBox';

/** Pixels within which a pointer means a place of the way. */
const NEAR = 9;
/** Pixels between two dots of the way, and between two steps that are named. */
const DOTS_APART = 7;
const NAMES_APART = 74;
/** From so many places on the way is drawn with a thin line. */
const MANY = 60;
/** How faint the place of the way is that lies farthest from the plane. */
const FAINTEST = 0.3;

export interface PlotEvents {
  /** A step of the way is to be looked at. */
  look(step: number): void;
  /** The next (1) or the last (−1) place of the way. */
  move(by: number): void;
  /** Closer (below 1), wider (above 1), or so that it holds the way (null). */
  zoom(by: number | null): void;
}

export class SlicePlot {
  readonly element: HTMLElement;
  private readonly below: Surface;
  private readonly above: Surface;
  private readonly picture = new ContourPicture();
  private readonly probe = new PointerBox();
  private slice: Slice | null = null;
  private pointer: readonly [number, number] | null = null;
  private ground = '';

  constructor(
    private readonly events: PlotEvents,
    private readonly redraw: () => void,
  ) {
    ({ below: this.below, above: this.above } = layers(() => this.recolour(), redraw));
    this.element = element(
      'div',
      {
        class: 'slicePlot',
        tabindex: 0,
        role: 'group',
        'aria-label': 'Slice of the loss. Left and right look at the steps of the way; plus and minus zoom, 0 shows all of the way.',
        'aria-keyshortcuts': 'ArrowLeft ArrowRight + - 0',
      },
      this.below.element,
      this.above.element,
      this.probe.element,
    );
    this.element.addEventListener('pointermove', ({ offsetX, offsetY }) => this.point([offsetX, offsetY]));
    this.element.addEventListener('pointerleave', () => this.point(null));
    this.element.addEventListener('click', () => this.click());
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  /** The colours changed. */
  recolour(): void {
    this.ground = '';
    this.redraw();
  }

  /** @param looked the step that is looked at; null: the newest. @param summary for who cannot see it */
  draw(slice: Slice, looked: number | null, summary: string): void {
    if (slice !== this.slice) this.ground = '';
    this.slice = slice;
    const { width, height } = this.above;
    if (width === 0 || height === 0) return;
    const projection = this.projection();
    const ground = `${width} ${height} ${theme().background} ${theme().blue}`;
    if (ground !== this.ground) {
      this.picture.take({ x: slice.u, y: slice.v, values: slice.loss }, levelsOf(slice.loss));
      const context = this.below.begin();
      this.picture.draw(context, projection);
      drawTicks(context, projection);
      this.ground = ground;
    }
    const context = this.above.begin();
    drawWay(context, projection, slice, looked);
    this.drawProbe(projection);
    if (this.above.element.getAttribute('aria-label') !== summary) this.above.element.setAttribute('aria-label', summary);
  }

  private projection(): Projection {
    const { u, v } = this.slice!;
    return Projection.filling([u[0], u[u.length - 1]], [v[0], v[v.length - 1]], this.above.width, this.above.height);
  }

  private point(pointer: readonly [number, number] | null): void {
    this.pointer = pointer;
    this.redraw();
  }

  private click(): void {
    const near = this.slice && this.pointer ? nearest(this.slice, this.projection(), this.pointer) : undefined;
    if (near) this.events.look(near.step);
  }

  private key(event: KeyboardEvent): void {
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.events.move(-1),
      ArrowRight: () => this.events.move(1),
      '+': () => this.events.zoom(0.5),
      '=': () => this.events.zoom(0.5),
      '-': () => this.events.zoom(2),
      '0': () => this.events.zoom(null),
    };
    if (!(event.key in acts) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  }

  /** The numbers under the pointer: of a place of the way where one is near, otherwise of the nearest cell. */
  private drawProbe(projection: Projection): void {
    const { pointer, slice, probe } = this;
    if (!pointer || !slice) {
      probe.hide();
      return;
    }
    const near = nearest(slice, projection, pointer);
    if (near) {
      const { step } = near;
      probe.fill(
        element('strong', {}, `Step ${integer(step)}`),
        numberRow('along e₁', 'path.u', near.u, step),
        numberRow('along e₂', 'path.v', near.v, step),
        numberRow('from the plane', 'path.distance', near.distance, step),
      );
    } else {
      const column = closest(slice.u, projection.xAt(pointer[0]));
      const line = closest(slice.v, projection.yAt(pointer[1]));
      probe.fill(
        element('strong', {}, 'Here'),
        numberRow('loss', 'slice.loss', slice.loss[line * slice.u.length + column], slice.step),
        numberRow('along e₁', 'slice.u', slice.u[column], slice.step),
        numberRow('along e₂', 'slice.v', slice.v[line], slice.step),
      );
    }
    probe.showAt(pointer, projection);
  }
}

type Waypoint = Slice['path'][number];

function nearest({ path }: Slice, projection: Projection, [left, top]: readonly [number, number]): Waypoint | undefined {
  let [found, least]: [Waypoint | undefined, number] = [undefined, NEAR];
  for (const point of path) {
    const distance = Math.hypot(projection.left(point.u) - left, projection.top(point.v) - top);
    if (distance <= least) [found, least] = [point, distance];
  }
  return found;
}

/** Index of the value nearest to `wanted`. */
function closest(values: Float64Array, wanted: number): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] - wanted) < Math.abs(values[best] - wanted)) best = i;
  return best;
}

/** Coordinates along the lower and the left edge, and the axes through the middle. */
function drawTicks(context: CanvasRenderingContext2D, projection: Projection): void {
  const { width, height } = projection;
  const colours = theme();
  context.strokeStyle = fade(colours.foreground, 0.22);
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(0, projection.top(0));
  context.lineTo(width, projection.top(0));
  context.moveTo(projection.left(0), 0);
  context.lineTo(projection.left(0), height);
  context.stroke();
  context.setLineDash([]);
  context.font = `10px ${colours.font}`;
  const write = (text: string, left: number, top: number): void => writeOutlined(context, text, left, top, colours.dim);
  const most = Math.max(3, Math.floor(width / 90));
  const ticks = linearTicks(...projection.x, most);
  const words = tickFormat(ticks, false);
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  for (const tick of ticks) {
    const left = projection.left(tick);
    if (left > 44 && left < width - 16) write(words(tick), left, height - 3);
  }
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const tick of linearTicks(...projection.y, most)) {
    const top = projection.top(tick);
    if (top > 12 && top < height - 22) write(words(tick), 4, top);
  }
}

/** The way, fainter where it is farther from the plane; the step looked at, and where the run stands. */
function drawWay(context: CanvasRenderingContext2D, projection: Projection, { path, step }: Slice, looked: number | null): void {
  const colours = theme();
  const farthest = path.reduce((most, { distance }) => Math.max(most, distance), 0);
  const strength = ({ distance }: Waypoint): number => (farthest > 0 ? 1 - (1 - FAINTEST) * (distance / farthest) : 1);
  const place = ({ u, v }: Waypoint): [number, number] => [projection.left(u), projection.top(v)];
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const [width, colour, faded] of [
    [4, colours.background, 0.6],
    [path.length > MANY ? 1.1 : 1.8, colours.orange, 1],
  ] as const)
    for (let k = 1; k < path.length; k++) {
      context.lineWidth = width;
      context.strokeStyle = fade(colour, faded * strength(path[k - 1]));
      context.beginPath();
      context.moveTo(...place(path[k - 1]));
      context.lineTo(...place(path[k]));
      context.stroke();
    }
  let [left, top] = [Infinity, Infinity];
  for (const point of path) {
    const [x, y] = place(point);
    if (Math.hypot(x - left, y - top) < DOTS_APART) continue;
    [left, top] = [x, y];
    context.fillStyle = fade(colours.orange, strength(point));
    context.beginPath();
    context.arc(x, y, 2.4, 0, 2 * Math.PI);
    context.fill();
  }
  nameSteps(context, path, place, projection);
  const [x, y] = [projection.left(0), projection.top(0)];
  ring(context, x, y, 6, colours.foreground);
  const past = looked === null ? undefined : path.filter((point) => point.step <= looked).at(-1);
  if (past && past.step !== step) ring(context, ...place(past), 5, colours.orange);
}

/** A ring that can be seen on every ground. */
function ring(context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
  for (const [width, stroke] of [
    [5, fade(theme().background, 0.85)],
    [2, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** Names the first step, the last, and those between that have room. */
function nameSteps(
  context: CanvasRenderingContext2D,
  path: readonly Waypoint[],
  place: (point: Waypoint) => [number, number],
  { width, height }: Projection,
): void {
  const colours = theme();
  const taken: [number, number][] = [];
  context.font = `11px ${colours.font}`;
  context.textBaseline = 'middle';
  for (const point of [path[path.length - 1], path[0], ...path]) {
    const [x, y] = place(point);
    if (!(x > 8 && x < width - 8 && y > 10 && y < height - 20)) continue;
    if (taken.some(([left, top]) => Math.hypot(left - x, top - y) < NAMES_APART)) continue;
    taken.push([x, y]);
    context.textAlign = x > width - 70 ? 'right' : 'left';
    const text = taken.length === 1 ? `step ${integer(point.step)}` : integer(point.step);
    writeOutlined(context, text, x + (context.textAlign === 'left' ? 10 : -10), y - 9);
  }
}
