/**
 * What pointer and keys do to a chart of steps. Dragging over the whole run chooses the steps to look at closely, and in a zoomed chart moves
 * it (with Shift it chooses); dragging an axis moves that axis; Ctrl and the wheel, or two fingers drawn apart, zoom about the pointer, and the wheel alone does
 * where the page has nothing to scroll; a double click shows all; a click looks at that step. Keys: arrows read, + − zoom, 0 shows all.
 */
import type { LineChart } from './lineChart';

/** What a chart can be asked for. */
export interface Gestures {
  readonly zoomed: boolean;
  zoomSteps(about: number, factor: number): void;
  moveSteps(share: number): void;
  zoomValues(about: number, factor: number): void;
  moveValues(share: number): void;
  /** Marks the steps between two; `done` when they are chosen. */
  select(one: number, other: number, done: boolean): void;
  showAll(): void;
  /** Values only. */
  showAllValues(): void;
  /** Looks at a step in all panels. */
  lookAt(step: number): void;
  /** Takes the last `lookAt` back: it was the beginning of a double click. */
  lookBack(): void;
  /** Reads the numbers at a place, CSS pixels; null: no longer. */
  readAt(place: number | null): void;
  /** Reads on, by a share of what the axis spans, at least by one measured step. */
  readOn(share: number): void;
  /** Reads the first or the last step in sight. */
  readEnd(last: boolean): void;
  /** Looks at the step that is read. */
  lookAtRead(): void;
}

/** Pixels that a pointer may move and still have clicked. */
const STILL = 4;
/** Of the wheel's pixels, those that zoom by a factor e. */
const WHEEL = 400;
/** A single event zooms by no more than e to this. */
const MOST_TURNED = 0.4;
const KEY_ZOOM = 0.8;

type Part = 'plot' | 'values' | 'steps';

/** Nothing of the page is out of sight above or below. */
const unscrollable = (): boolean => {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight <= clientHeight + 1;
};

/** Lets pointer and keys work on a chart. */
export function listen(chart: LineChart, gestures: Gestures): void {
  const { canvas } = chart;
  let drag: { part: Part; x: number; y: number; startX: number; startY: number; moved: boolean; selects: boolean } | null = null;

  const part = (event: MouseEvent): Part | null => {
    const { area } = chart;
    if (!area) return null;
    if (event.offsetX < area.left - 2) return 'values';
    return event.offsetY > area.bottom + 2 ? 'steps' : 'plot';
  };
  /** Pixels as a share of what the axis spans. */
  const across = (pixels: number): number => pixels / (chart.area!.right - chart.area!.left);
  const up = (pixels: number): number => pixels / (chart.area!.bottom - chart.area!.top);

  canvas.addEventListener('pointerdown', (event) => {
    const over = part(event);
    if (!over || event.button !== 0) return;
    const { offsetX: x, offsetY: y } = event;
    drag = { part: over, x, y, startX: x, startY: y, moved: false, selects: over === 'plot' && (!gestures.zoomed || event.shiftKey) };
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener('pointermove', (event) => {
    const { offsetX: x, offsetY: y } = event;
    if (!drag) {
      const over = part(event);
      canvas.dataset.over = over === 'plot' && gestures.zoomed && !event.shiftKey ? 'moving' : (over ?? '');
      gestures.readAt(over === 'plot' ? x : null);
      return;
    }
    if (!chart.area) return;
    drag.moved ||= Math.hypot(x - drag.startX, y - drag.startY) > STILL;
    if (!drag.moved) return;
    gestures.readAt(null);
    if (drag.selects) gestures.select(chart.stepAt(drag.startX), chart.stepAt(x), false);
    else if (drag.part === 'values') gestures.moveValues(up(y - drag.y));
    else gestures.moveSteps(-across(x - drag.x));
    [drag.x, drag.y] = [x, y];
  });

  canvas.addEventListener('pointerup', (event) => {
    const done = drag;
    drag = null;
    if (!done || !chart.area) return;
    if (!done.moved) {
      if (done.part === 'plot' && event.detail !== 2) gestures.lookAt(chart.stepAt(event.offsetX));
    } else if (done.selects) gestures.select(chart.stepAt(done.startX), chart.stepAt(event.offsetX), true);
  });
  canvas.addEventListener('pointercancel', () => (drag = null));
  canvas.addEventListener('pointerleave', () => gestures.readAt(null));

  canvas.addEventListener('dblclick', (event) => {
    const over = part(event);
    if (over === 'values') gestures.showAllValues();
    else {
      if (over === 'plot') gestures.lookBack();
      gestures.showAll();
    }
  });

  canvas.addEventListener(
    'wheel',
    (event) => {
      const over = part(event);
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      if (!over) return;
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const pinched = event.ctrlKey || event.metaKey;
      if (!pinched && !(sideways ? gestures.zoomed : over === 'values' || unscrollable())) return;
      event.preventDefault();
      // Two fingers move it by few pixels at a time.
      const turned = (pixels * event.deltaY * (pinched && Math.abs(event.deltaY) < 20 ? 4 : 1)) / WHEEL;
      const factor = Math.exp(Math.max(-MOST_TURNED, Math.min(MOST_TURNED, turned)));
      if (sideways && !pinched) gestures.moveSteps(across(pixels * event.deltaX));
      else if (over === 'values') gestures.zoomValues(chart.valueAt(event.offsetY), factor);
      else gestures.zoomSteps(chart.stepAt(event.offsetX), factor);
    },
    { passive: false },
  );

  const keys: Readonly<Record<string, (shift: boolean) => void>> = {
    ArrowLeft: (shift) => gestures.readOn(shift ? -0.1 : -0.01),
    ArrowRight: (shift) => gestures.readOn(shift ? 0.1 : 0.01),
    Home: () => gestures.readEnd(false),
    End: () => gestures.readEnd(true),
    PageUp: () => gestures.moveSteps(-0.5),
    PageDown: () => gestures.moveSteps(0.5),
    '+': () => gestures.zoomSteps(NaN, KEY_ZOOM),
    '=': () => gestures.zoomSteps(NaN, KEY_ZOOM),
    '-': () => gestures.zoomSteps(NaN, 1 / KEY_ZOOM),
    '0': () => gestures.showAll(),
    Enter: () => gestures.lookAtRead(),
    Escape: () => gestures.readAt(null),
  };
  canvas.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(event.shiftKey);
  });
  canvas.addEventListener('blur', () => gestures.readAt(null));
}
