/** An engine with one run in it, whose answers come at once or later, and a record in memory: for the tests of runs in an engine. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { toLine } from '../../../src/engine/run/line';
import { type Prepared } from '../../../src/engine/run/prepare';
import type { RecordEvent } from '../../../src/engine/run/record';
import { StreamTrainer } from '../../../src/engine/run/streamTrainer';
import { Trainer } from '../../../src/engine/run/trainer';
import type { Training } from '../../../src/engine/run/training';
import { decodeFrame, column } from '../../../src/shared/frame';
import type { EngineEvents, RareEvent, RunState, StartRequest } from '../../../src/shared/protocol';
import type { RunRecord } from '../../../src/shared/run/boundedRecord';
import { EngineServer } from '../../../src/shared/run/engineServer';
import { DelayedMachine, type DelayOptions } from '../run/delayedMachine';

export const line = (event: RecordEvent): string =>
  toLine(event)
    .replace('"backend":"webgpu","precision"', '"backend":"cpu","precision"')
    .replace(/"seconds":.*/, '');

/** A record in memory; its positions are numbers of events. */
export class Lines implements RunRecord {
  closed = false;
  readonly backlog = 0;
  readonly lines: string[] = [];
  /** Where it is on ground that it knows; null on new ground. */
  private at: number | null = null;

  get position(): number {
    return this.at ?? this.lines.length;
  }

  /** On ground that it knows the run tells what it told before. */
  add(event: RecordEvent): void {
    assert.ok(!this.closed);
    if (this.at === null) this.lines.push(line(event));
    else assert.equal(line(event), this.lines[this.at++]);
  }

  async retrace(position: number): Promise<void> {
    await setImmediate();
    this.at = position;
  }

  async arrive(): Promise<void> {
    await setImmediate();
    this.lines.length = this.position;
    this.at = null;
  }

  /** As a file is: one that is shorter begins anew. */
  open(keep: number): void {
    this.lines.length = keep <= this.lines.length ? keep : 0;
    [this.closed, this.at] = [false, null];
  }

  flushed = (): Promise<void> => setImmediate();
  close = async (): Promise<void> => void (this.closed = true);
}

const benches: Bench[] = [];

/** Ends all that were made. */
export const endBenches = (): void => benches.splice(0).forEach(({ engine }) => engine.abandon());

/** An engine with one run in it, and what it tells. */
export class Bench implements EngineEvents {
  readonly record = new Lines();
  /** Its record has been taken away. */
  lostRecord = false;
  readonly states: RunState[] = [];
  readonly events: RareEvent[] = [];
  readonly steps: number[] = [];
  readonly checkpoints: { readonly step: number; readonly bytes: ArrayBuffer }[] = [];
  training!: Training;
  readonly engine: EngineServer;
  private now = 0;

  /** @param tick milliseconds from one look at the clock to the next */
  constructor(make: (checkpoint?: ArrayBuffer) => Training | Promise<Training>, tick = 3) {
    this.engine = new EngineServer({
      open: async ({ checkpoint }) => (this.training = await make(checkpoint)),
      record: async (_file, keep) => {
        if (this.lostRecord) return new Lines();
        this.record.open(keep);
        return this.record;
      },
      clock: () => (this.now += tick),
      breath: setImmediate,
    });
    this.engine.host = this;
    benches.push(this);
  }

  frame(run: string, sequence: number, frame: ArrayBuffer): void {
    const { rows, width, data } = decodeFrame(frame);
    for (let row = 0; row < rows; row++) this.steps.push(data[row * width + column.step]);
    this.engine.acknowledge(run, sequence);
  }
  event = (_run: string, event: RareEvent): void => void this.events.push(event);
  state = (_run: string, state: RunState): void => void this.states.push(state);
  checkpoint = (_run: string, step: number, bytes: ArrayBuffer): void => void this.checkpoints.push({ step, bytes });

  start(prepared: Prepared, more: Partial<StartRequest> = {}): Promise<unknown> {
    return this.engine.start({ run: 'a', spec: prepared.spec, folder: '.', recordFile: 'record', ...more });
  }

  async until(holds: () => boolean): Promise<void> {
    for (let turns = 0; !holds(); turns++) {
      if (turns > 50_000) throw new Error(`It never came to that: ${this.states.join(', ')}, step ${this.training.step}.`);
      await setImmediate();
    }
  }
}

export const clock = (): number => 0;

export const atOnce = (prepared: Prepared) => (checkpoint?: ArrayBuffer) => new Trainer(prepared, { clock, checkpoint });

export const later =
  (prepared: Prepared, options?: DelayOptions) =>
  async (checkpoint?: ArrayBuffer): Promise<Training> => {
    const trainer = new StreamTrainer(prepared, new DelayedMachine(prepared, options), { clock });
    if (checkpoint) await trainer.restore(checkpoint);
    return trainer;
  };

export function alone(prepared: Prepared): string[] {
  const trainer = new Trainer(prepared, { clock });
  const lines = trainer.begin().map(line);
  while (!trainer.ended) lines.push(...trainer.advance().map(line));
  return lines;
}
