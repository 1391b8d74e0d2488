/**
 * What pointer and keys do to the landscape. Dragging the start moves it, dragging the ground moves the window; the wheel zooms about the pointer
 * with Ctrl or with two fingers drawn apart, and alone where the picture has the focus or the page has nothing to scroll; a double click shows all;
 * a click on a head chooses its optimizer. Keys: arrows move the start, with Shift the window; + − 0 zoom; comma, full stop and space step and play.
 */
import type { Extent, Projection } from '../charts/projection';
import { findGalleryFunction } from '../../engine/problems/gallery';
import { windowRound, type Window } from '../../shared/landscape/scene';
import type { Landscape } from './landscape';
import type { Plot } from './plot';

/** Pixels that a pointer may move and still have clicked. */
const STILL = 3;
/** Of the wheel's pixels, those that zoom by a factor e. */
const WHEEL = 400;
const KEY_ZOOM = 0.8;
/** Pixels that an arrow key moves the start by, and the window. */
const KEY_START = 6;
const KEY_WINDOW = 40;
/** The window's width stays between these. */
const [NARROWEST, WIDEST] = [1e-9, 1e9];

/** The window that a projection shows, moved and scaled about a place. @param left, top pixels that stay where they are */
function zoomed(projection: Projection, names: readonly string[], factor: number, left: number, top: number): Window {
  const scaled = ([from, to]: Extent, about: number): Extent => [about + (from - about) * factor, about + (to - about) * factor];
  return windowOf(names, scaled(projection.x, projection.xAt(left)), scaled(projection.y, projection.yAt(top)));
}

function moved({ x, y, scale, verticalScale }: Projection, names: readonly string[], left: number, top: number): Window {
  const by = ([from, to]: Extent, distance: number): Extent => [from + distance, to + distance];
  return windowOf(names, by(x, -left / scale), by(y, top / verticalScale));
}

const windowOf = (names: readonly string[], x: Extent, y: Extent): Window =>
  Object.fromEntries(names.map((name, i) => [name, i === 0 ? x : y]));

/** The window that a function has to begin with. */
export const wholeWindow = ({ scene }: Landscape): Window =>
  (scene.gallery === null ? undefined : findGalleryFunction(scene.gallery)?.window) ?? windowRound(scene.start);

/** A coordinate to the digits that a pixel tells. */
function rounded(value: number, pixelsPerUnit: number): number {
  const digits = Math.ceil(Math.log10(pixelsPerUnit));
  return digits > 0 ? Number(value.toFixed(Math.min(digits, 12))) : Math.round(value / 10 ** -digits) * 10 ** -digits;
}

const unscrollable = (): boolean => document.documentElement.scrollHeight <= document.documentElement.clientHeight + 1;

export function listen(plot: Plot, landscape: Landscape): void {
  const canvas = plot.element;
  let drag: { what: 'start' | 'window'; left: number; top: number; moved: boolean; pressed: 'start' | number | null } | null = null;

  const frame = (window: Window): void => {
    const [from, to] = Object.values(window)[0];
    if (!(to - from > NARROWEST && to - from < WIDEST)) return;
    plot.move();
    landscape.frame(window);
  };
  const startAt = (left: number, top: number): void => {
    const { projection } = plot;
    if (!projection) return;
    const places = [rounded(projection.xAt(left), projection.scale), rounded(projection.yAt(top), projection.verticalScale)];
    landscape.start(Object.fromEntries(landscape.variables.map((name, i) => [name, places[i]])));
  };
  const zoom = (factor: number, left?: number, top?: number): void => {
    const { projection } = plot;
    if (!projection) return;
    frame(zoomed(projection, landscape.variables, factor, left ?? projection.width / 2, top ?? projection.height / 2));
  };
  /** Pixels from the corner of the picture, whatever in it the event is of. */
  const placeOf = (event: MouseEvent): [number, number] => {
    const { left, top } = canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const [left, top] = placeOf(event);
    const pressed = plot.under(left, top);
    drag = { what: pressed === 'start' ? 'start' : 'window', left, top, moved: false, pressed };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const [left, top] = placeOf(event);
    if (!drag) {
      canvas.dataset.over = plot.under(left, top) === 'start' ? 'start' : '';
      return plot.point([left, top]);
    }
    if (!drag.moved && Math.hypot(left - drag.left, top - drag.top) < STILL) return;
    drag.moved = true;
    canvas.dataset.over = drag.what === 'start' ? 'start' : 'window';
    plot.point(null);
    if (drag.what === 'start') return startAt(left, top);
    if (plot.projection) frame(moved(plot.projection, landscape.variables, left - drag.left, top - drag.top));
    [drag.left, drag.top] = [left, top];
  });
  const release = (): void => {
    if (drag && !drag.moved && typeof drag.pressed === 'number') landscape.choose(drag.pressed);
    drag = null;
    canvas.dataset.over = '';
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => plot.point(null));
  canvas.addEventListener('dblclick', () => frame(wholeWindow(landscape)));
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas && !unscrollable()) return;
      event.preventDefault();
      zoom(Math.exp(event.deltaY / WHEEL), ...placeOf(event));
    },
    { passive: false },
  );

  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = keys(plot, landscape, { zoom, frame })[event.key];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey);
  });
}

/** What each key does; told whether Shift is held. */
function keys(
  { projection }: Plot,
  landscape: Landscape,
  { zoom, frame }: { zoom(factor: number): void; frame(window: Window): void },
): Readonly<Record<string, ((shift: boolean) => void) | undefined>> {
  const arrow = (x: number, y: number) => (shift: boolean) => {
    if (!projection) return;
    if (shift) return frame(moved(projection, landscape.variables, -x * KEY_WINDOW, y * KEY_WINDOW));
    const scales = [projection.scale, projection.verticalScale];
    landscape.start(
      Object.fromEntries(
        landscape.variables.map((name, i) => [name, rounded(landscape.scene.start[name] + ([x, y][i] * KEY_START) / scales[i], scales[i])]),
      ),
    );
  };
  return {
    ArrowLeft: arrow(-1, 0),
    ArrowRight: arrow(1, 0),
    ArrowUp: arrow(0, 1),
    ArrowDown: arrow(0, -1),
    '+': () => zoom(KEY_ZOOM),
    '=': () => zoom(KEY_ZOOM),
    '-': () => zoom(1 / KEY_ZOOM),
    '0': () => frame(wholeWindow(landscape)),
    ',': () => landscape.look(landscape.scene.step - 1),
    '.': () => landscape.look(landscape.scene.step + 1),
    ' ': () => (landscape.playing ? landscape.pause() : landscape.play()),
  };
}
