/** How far two records of one run are apart: the same events in the same order, and each figure of one within a share of the other's. */
import type { RecordEvent } from '../../src/engine/run/record';

/** Fields that say where and how fast it ran. */
const passedOver = new Set(['seconds', 'stepsPerSecond', 'backend', 'precision', 'spec', 'details', 'message', 'products']);

/**
 * The figures that differ: `step 12 gradientNorm.0: found 1, expected 2`.
 * @param tolerance allowed difference, relative to the larger of the figure and a thousandth of its largest value in the record
 */
export function differences(found: readonly RecordEvent[], expected: readonly RecordEvent[], tolerance: number): string[] {
  const order = (events: readonly RecordEvent[]): string =>
    events.map((event) => `${event.type} ${'step' in event ? event.step : ''}`).join(', ');
  if (order(found) !== order(expected)) return [`the events are ${order(found)}, expected ${order(expected)}`];
  const sizes = new Map<string, number>();
  const scale = (path: string): string => path.replace(/\d+/g, '#');
  for (const event of expected)
    figures(event, event.type, (path, value) => {
      if (typeof value === 'number' && Number.isFinite(value))
        sizes.set(scale(path), Math.max(sizes.get(scale(path)) ?? 0, Math.abs(value)));
    });
  const faults: string[] = [];
  expected.forEach((event, i) => {
    const other = new Map<string, unknown>();
    figures(found[i], event.type, (path, value) => other.set(path, value));
    figures(event, event.type, (path, value) => {
      const got = other.get(path);
      const close =
        typeof value === 'number' && typeof got === 'number' && Number.isFinite(value)
          ? Math.abs(got - value) <= tolerance * Math.max(Math.abs(value), 1e-3 * (sizes.get(scale(path)) ?? 0))
          : Object.is(got, value);
      if (!close) faults.push(`${'step' in event ? `step ${event.step} ` : ''}${path}: found ${String(got)}, expected ${String(value)}`);
    });
  });
  return faults;
}

/** Every number, text and truth in an event, by its path. */
function figures(value: unknown, path: string, tell: (path: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) tell(path, value);
  else for (const [key, part] of Object.entries(value)) if (!passedOver.has(key)) figures(part, `${path}.${key}`, tell);
}
