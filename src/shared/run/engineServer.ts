/**
 * An engine as it answers the protocol's calls, wherever it lives: a worker thread in Node, a page with a GPU. Where that is decides how a
 * run is opened and where its record is kept; all else is here.
 */
import type { Eventually } from '../../engine/eventually';
import { decodeCheckpoint } from '../../engine/run/checkpoint';
import { Course } from '../../engine/run/course';
import type { StartEvent } from '../../engine/run/record';
import type { Kept } from '../../engine/run/resume';
import type { Training } from '../../engine/run/training';
import type { EngineCalls, EngineEvents, RunId, SpeedRequest, StartRequest } from '../protocol';
import type { RunRecord } from './boundedRecord';
import { changeOf } from './route';
import type { Surroundings } from './runParts';
import { bareRun, measureSpeed } from './speed';
import { TrainingRun } from './trainingRun';

/** Where an engine lives. */
export interface EngineHome extends Surroundings {
  /**
   * Prepares a run: it has not begun, or stands where its checkpoint does.
   * @param kept of a checkpoint, or of a run that is done again: it has these rules whatever their files say by now
   * @throws Error with the place at fault, for a person
   */
  open(request: StartRequest, kept: Kept | null): Promise<Training>;
  /** Opens a record. @param keep go on after this many bytes of what is there; 0 begins anew, as does a record that is shorter */
  record(file: string, keep: number): Promise<RunRecord>;
}

export class EngineServer implements EngineCalls {
  /** Those that have ended stay until the next begins: they can go back, and be asked. */
  private readonly runs = new Map<RunId, TrainingRun>();
  /** Who is told. */
  host!: EngineEvents;

  constructor(private readonly home: EngineHome) {}

  async start(request: StartRequest): Promise<StartEvent> {
    const { run: id, checkpoint, replay, spec } = request;
    this.release();
    if (this.runs.has(id)) throw new Error(`There is a run ${id} already.`);
    const header = checkpoint ? decodeCheckpoint(checkpoint).header : null;
    const training = await this.home.open(request, header ?? (replay ? { spec, rules: replay.rules, changes: [] } : null));
    try {
      return await this.run(request, training, Number(header?.notes.record ?? 0));
    } catch (error) {
      training.close();
      throw error;
    }
  }

  async measure({ run, spec, folder }: SpeedRequest): Promise<number> {
    const { home } = this;
    this.release();
    const training = await home.open({ run, spec: bareRun(spec), folder }, null);
    try {
      const speed = await measureSpeed(training, { clock: () => home.clock(), breath: () => home.breath() });
      await training.settle();
      return speed;
    } finally {
      training.close();
    }
  }

  pause = (run: RunId): Promise<number> => this.of(run, (it) => it.pause());
  resume: EngineCalls['resume'] = (run, upTo) => this.of(run, (it) => it.resume(upTo));
  step = (run: RunId): Promise<number> => this.of(run, (it) => it.step());
  goBack: EngineCalls['goBack'] = (run, step) => this.of(run, (it) => it.goBack(step));
  stop = (run: RunId): Promise<void> => this.of(run, (it) => it.stop());
  replaceRule: EngineCalls['replaceRule'] = (run, file, text) => this.of(run, (it) => it.replaceRule(file, text));
  change: EngineCalls['change'] = (run, settings) => this.of(run, (it) => it.change(settings));
  slice: EngineCalls['slice'] = (run, request) => this.of(run, (it) => it.slice(request));
  weightMap: EngineCalls['weightMap'] = (run, layer, quantity) => this.of(run, (it) => it.weightMap(layer, quantity));

  acknowledge(run: RunId, sequence: number): void {
    this.runs.get(run)?.acknowledge(sequence);
  }

  /** Lets go of all runs without another word to the host: what they compute with is gone. */
  abandon(): void {
    for (const run of this.runs.values()) run.abandon();
    this.runs.clear();
  }

  /** @param keep bytes of the record that a checkpoint's run had written */
  private async run(request: StartRequest, training: Training, keep: number): Promise<StartEvent> {
    const { run: id, recordFile, checkpoint, paused, replay } = request;
    const { home, host } = this;
    const first = checkpoint ? [] : await training.begin(); // before anything is written: it may fail, too
    const record = recordFile === undefined ? null : await home.record(recordFile, keep);
    if (checkpoint && record?.position === 0) record.add(startNow(training)); // its lines are gone: what follows still says of what run it is
    for (const event of first) record?.add(event);
    const course = await Course.of(training, { clock: () => home.clock(), note: () => run.position });
    const reopen = async (position: number): Promise<RunRecord> => {
      const again = await home.record(recordFile ?? '', position);
      if (again.position === position) return again;
      await again.close();
      throw new Error('The record of this run is not there any more, or has lost its end.');
    };
    const changes = replay?.changes.filter(({ step }) => step <= replay.to).slice(training.prepared.changes.length);
    const route = replay && changes && { to: replay.to, changes: changes.map(changeOf), on: replay.on === true };
    const run: TrainingRun = new TrainingRun({ id, course, record, reopen, host, first, paused, route }, home);
    this.runs.set(id, run);
    return training.start;
  }

  private async of<Result>(id: RunId, use: (run: TrainingRun) => Eventually<Result>): Promise<Result> {
    const run = this.runs.get(id);
    if (!run || (run.over && run.gone)) throw new Error(`There is no run ${id} in this engine.`);
    return use(run);
  }

  /** Lets go of runs that have ended, and of all that they compute with. */
  private release(): void {
    for (const [id, run] of this.runs)
      if (run.over) {
        run.close();
        this.runs.delete(id);
      }
  }
}

/** A start for a record that begins in the middle of a run: with the rules and hyperparameters that it has now. */
function startNow({ start, prepared }: Training): StartEvent {
  const { title, details, spec, texts } = prepared;
  return { ...start, title, details, spec, rule: texts.optimizer, wrapperRules: texts.wrappers };
}
