/**
 * Finds, in a run's record, the number that a panel claims to show: by the quantity's name as the record has it, the step, and the
 * layer. Every number on a panel must be there, to the last digit.
 */
import assert from 'node:assert/strict';
import type { RecordEvent } from '../../src/engine/run/record';
import type { ShownNumber } from './person';

/** As the record writes what JSON cannot: "NaN", "Infinity", "-Infinity". */
const numeric = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value) ? Number(value) : undefined;

/** The number in an event; undefined where the event has none of this name. */
function find(event: RecordEvent, number: ShownNumber, layers: readonly string[]): number | undefined {
  const { quantity, layer } = number;
  if (quantity in worked) {
    const numbers = worked[quantity].of.map((of) => find(event, { ...number, quantity: of }, layers));
    return numbers.every((each) => each !== undefined) ? worked[quantity].from(...numbers) : undefined;
  }
  const value: unknown = quantity.split('.').reduce<unknown>((found, key) => {
    const inner: unknown = (found as Readonly<Record<string, unknown>> | undefined)?.[key];
    return Array.isArray(inner) && layer !== undefined ? (inner as unknown[])[layers.indexOf(layer)] : inner;
  }, event);
  return numeric(value);
}

/** Names of panels' numbers that are no number of the record: what the panel counts for itself, and what is asked of the run weight by weight. */
const counted = new Set(['stepsPerSecond', 'scale.low', 'scale.high', 'everyWeight']);
/** What a panel works out from numbers of one event. */
const worked: Readonly<Record<string, { readonly of: readonly string[]; from(...numbers: number[]): number }>> = {
  updateRatio: { of: ['updateNorm', 'weightNorm'], from: (update, weight) => update / weight },
  shareOfLimit: { of: ['preconditionedSharpness', 'stabilityLimit'], from: (sharpness, limit) => sharpness / limit },
  relativeResidualMax: { of: ['residualMax', 'lambdaMax'], from: (residual, lambda) => residual / Math.abs(lambda) },
  relativeResidualMin: { of: ['residualMin', 'lambdaMin'], from: (residual, lambda) => residual / Math.abs(lambda) },
};
/** The rows of a run that a panel keeps at most. */
const KEPT_ROWS = 2048;
/** Geometric means over the last so many measured steps. */
const means: Readonly<Record<string, { readonly of: string; readonly over: number }>> = {
  'updateRatio.mean': { of: 'updateRatio', over: 50 },
};
/** The most that a mean may differ, relatively: the order of a sum is nobody's promise. */
const MEAN_TOLERANCE = 1e-9;
/** Where a panel needs another name than the record's, because two events have a field of one name. */
const events: Readonly<Record<string, { readonly type: RecordEvent['type']; readonly field: string }>> = {
  probeGradientNorm: { type: 'curvature', field: 'gradientNorm' },
};

/** The layers by name. */
function layersOf(record: readonly RecordEvent[]): string[] {
  const start = record.find((event) => event.type === 'start');
  assert.ok(start, 'the record begins with a start event');
  return start.layers.map(({ name }) => name);
}

/** What a panel's number is in an event; undefined where the event has no such number. */
function valueIn(event: RecordEvent, number: ShownNumber, layers: readonly string[]): number | undefined {
  const { type, field } = events[number.quantity] ?? { type: undefined, field: means[number.quantity]?.of ?? number.quantity };
  return type === undefined || event.type === type ? find(event, { ...number, quantity: field }, layers) : undefined;
}

/** A mean over the steps up to a number's own. */
function meanOf(number: ShownNumber, record: readonly RecordEvent[], layers: readonly string[]): number {
  const values = record.flatMap((event) => {
    const value = event.type === 'step' && event.step <= number.step ? valueIn(event, number, layers) : undefined;
    return value === undefined ? [] : [value];
  });
  const last = values.slice(-means[number.quantity].over).filter((value) => value > 0 && value < Infinity);
  return Math.exp(last.reduce((sum, value) => sum + Math.log(value), 0) / last.length);
}

/** The last step of which the record has such a number; undefined where it has none. */
export function newestStep(number: ShownNumber, record: readonly RecordEvent[]): number | undefined {
  const layers = layersOf(record);
  const steps = record.map((event) => ('step' in event && valueIn(event, number, layers) !== undefined ? event.step : -1));
  const newest = Math.max(...steps);
  return newest < 0 ? undefined : newest;
}

/**
 * Holds every number that a panel shows against the record.
 * @returns the names of the quantities that were held against it
 */
export function assertRecorded(shown: readonly ShownNumber[], record: readonly RecordEvent[]): Set<string> {
  const layers = layersOf(record);
  const held = new Set<string>();
  for (const number of shown) {
    if (counted.has(number.quantity)) continue;
    if (number.quantity in means) {
      // of a long run a panel keeps one row in so many, and the mean is over those
      if (record.filter(({ type }) => type === 'step').length > KEPT_ROWS) continue;
      const mean = meanOf(number, record, layers);
      const apart = Math.abs(number.value / mean - 1);
      assert.ok(
        apart <= MEAN_TOLERANCE,
        `the panel shows ${number.quantity} at step ${number.step} as ${number.value}; the record gives ${mean}`,
      );
      held.add(number.quantity);
      continue;
    }
    const candidates = record
      .filter((event) => 'step' in event && event.step === number.step)
      .map((event) => valueIn(event, number, layers))
      .filter((value) => value !== undefined);
    const where = `${number.quantity}${number.layer === undefined ? '' : ` of ${number.layer}`} at step ${number.step}`;
    assert.ok(candidates.length > 0, `the panel shows ${where} as ${number.value}; the record has no such number`);
    assert.ok(
      candidates.some((value) => Object.is(value, number.value)),
      `the panel shows ${where} as ${number.value}; the record says ${candidates.join(' or ')}`,
    );
    held.add(number.quantity);
  }
  return held;
}
