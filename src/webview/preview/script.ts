/**
 * A run to be played, step by step: read from a record as the command line prints it, or invented. What it says of a step is the record's own
 * numbers, so that what a panel shows can be held against them.
 */
import type { RecordEvent, StartEvent, StepEvent } from '../../engine/run/record';
import { encodeFrame, rowWidth, writeRow } from '../../shared/frame';
import type { RareEvent } from '../../shared/protocol';

export interface Script {
  readonly start: StartEvent;
  /** The last step. */
  readonly last: number;
  /** Undefined for a step that was not measured. */
  step(step: number): StepEvent | undefined;
  /** What else happened at a step, the end too. */
  rare(step: number): readonly RareEvent[];
}

/** @param events a whole record: the start first */
export function scriptOf(events: readonly RecordEvent[]): Script {
  const [start, ...others] = events;
  if (start?.type !== 'start') throw new Error(`A record begins with a start event; found ${start?.type ?? 'nothing'}.`);
  const steps = new Map<number, StepEvent>();
  const rare = new Map<number, RareEvent[]>();
  for (const event of others) {
    if (event.type === 'step') steps.set(event.step, event);
    else if (event.type !== 'start') rare.set(event.step, [...(rare.get(event.step) ?? []), event]);
  }
  const last = Math.max(0, ...steps.keys(), ...rare.keys());
  return { start, last, step: (k) => steps.get(k), rare: (k) => rare.get(k) ?? [] };
}

/** Reads a record from the server. @param name of a specification in `records/` */
export async function readRecord(name: string): Promise<Script> {
  const answer = await fetch(`/records/${name}.jsonl`);
  if (!answer.ok) throw new Error(await answer.text());
  const restore = (_: string, value: unknown): unknown => (/^(NaN|-?Infinity)$/.test(String(value)) ? Number(value) : value);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return scriptOf(lines.map((line) => JSON.parse(line, restore) as RecordEvent));
}

/** The same run up to a step, and other events from there on. */
export function continued(script: Script, from: number, future: readonly RecordEvent[]): Script {
  const after = scriptOf([script.start, ...future]);
  const told = (step: number): boolean => step < from;
  return {
    start: script.start,
    last: Math.max(from, after.last),
    step: (k) => (k <= from ? script.step(k) : after.step(k)),
    rare: (k) =>
      told(k) ? script.rare(k) : k > from ? after.rare(k) : [...script.rare(k).filter(({ type }) => type !== 'end'), ...after.rare(k)],
  };
}

/** Steps as one frame. */
export function frameOf(layers: number, steps: readonly StepEvent[]): ArrayBuffer {
  const width = rowWidth(layers);
  const rows = new Float64Array(steps.length * width);
  steps.forEach((event, index) => writeRow(rows, index * width, event));
  return encodeFrame(layers, rows, steps.length);
}
