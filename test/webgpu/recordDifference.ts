/** How far two records of one run are apart: the same events in the same order, and each figure of one within a share of the other's. */
import type { RecordEvent } from '../../src/engine/run/record';

/** Fields that say where and how fast it ran. */
const passedOver = new Set(['seconds', 'stepsPerSecond', 'backend', 'precision', 'spec', 'details', 'message', 'products']);

export interface Allowed {
  readonly figures: 'all' | 'losses';
  /** Relative to the figure, or to a hundredth of its largest value in the record where that is more: gradients pass through 0. */
  readonly tolerance: number;
}

const small = 0.01;
/** Distance of 32-bit floats from 1: what a weight is rounded by, an update's norm may be wrong by that share of the weights'. */
const rounding = 2 ** -23;

/** The figures that differ: `step 12 step.gradientNorm.0: found 1, expected 2`. */
export function differences(found: readonly RecordEvent[], expected: readonly RecordEvent[], { figures, tolerance }: Allowed): string[] {
  const order = (events: readonly RecordEvent[]): string =>
    events.map((event) => `${event.type} ${'step' in event ? event.step : ''}`).join(', ');
  if (order(found) !== order(expected)) return [`the events are ${order(found)}, expected ${order(expected)}`];
  const sizes = new Map<string, number>();
  const kind = (path: string): string => path.replace(/\d+/g, '#');
  for (const event of expected)
    each(event, event.type, (path, value) => {
      if (typeof value === 'number' && Number.isFinite(value)) sizes.set(kind(path), Math.max(sizes.get(kind(path)) ?? 0, Math.abs(value)));
    });
  const faults: string[] = [];
  expected.forEach((event, i) => {
    const other = new Map<string, unknown>();
    each(found[i], event.type, (path, value) => other.set(path, value));
    each(event, event.type, (path, value) => {
      if (figures === 'losses' && !/loss$/i.test(path)) return;
      const got = other.get(path);
      const floor = small * (sizes.get(kind(path)) ?? 0);
      const ofWeights = path.includes('updateNorm') || path.includes('residual') ? rounding * (sizes.get('step.weightNorm.#') ?? 0) : 0;
      const close =
        typeof value === 'number' && typeof got === 'number' && Number.isFinite(value)
          ? Math.abs(got - value) <= tolerance * Math.max(Math.abs(value), floor) + (tolerance > 0 ? ofWeights : 0)
          : Object.is(got, value);
      if (!close) faults.push(`${'step' in event ? `step ${event.step} ` : ''}${path}: found ${String(got)}, expected ${String(value)}`);
    });
  });
  return faults;
}

/** Every number, text and truth in an event, by its path. */
function each(value: unknown, path: string, tell: (path: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) tell(path, value);
  else for (const [key, part] of Object.entries(value)) if (!passedOver.has(key)) each(part, `${path}.${key}`, tell);
}
