/**
 * An engine as it answers the protocol's calls, wherever it lives: a worker thread in Node, a page with a GPU. Where that is decides how a
 * run is opened and where its record is kept; all else is here.
 */
import type { Eventually } from '../../engine/eventually';
import { decodeCheckpoint, type CheckpointHeader } from '../../engine/run/checkpoint';
import { Course } from '../../engine/run/course';
import type { StartEvent } from '../../engine/run/record';
import type { Training } from '../../engine/run/training';
import type { EngineCalls, EngineEvents, RunId, SpeedRequest, StartRequest } from '../protocol';
import type { RunRecord } from './boundedRecord';
import { bareRun, measureSpeed } from './speed';
import { TrainingRun, type Surroundings } from './trainingRun';

/** Ended runs that still answer for their rates. */
const KEPT = 1;

/** Where an engine lives. */
export interface EngineHome extends Surroundings {
  /**
   * Prepares a run: it has not begun, or stands where its checkpoint does.
   * @param kept the checkpoint's header, whose rules it has whatever their files say by now @throws Error with the place at fault, for a person
   */
  open(request: StartRequest, kept: CheckpointHeader | null): Promise<Training>;
  /** Opens a record. @param keep go on after this many bytes of what is there; 0 begins anew, as does a record that is shorter */
  record(file: string, keep: number): Promise<RunRecord>;
}

export class EngineServer implements EngineCalls {
  private readonly runs = new Map<RunId, TrainingRun>();
  private readonly endedRuns: RunId[] = [];
  /** Who is told. */
  host!: EngineEvents;

  constructor(private readonly home: EngineHome) {}

  async start(request: StartRequest): Promise<StartEvent> {
    const { run: id, checkpoint } = request;
    if (this.runs.has(id)) throw new Error(`There is a run ${id} already.`);
    const kept = checkpoint ? decodeCheckpoint(checkpoint).header : null;
    const training = await this.home.open(request, kept);
    try {
      return await this.run(request, training, Number(kept?.notes.record ?? 0));
    } catch (error) {
      training.close();
      throw error;
    }
  }

  async measure({ run, spec, folder }: SpeedRequest): Promise<number> {
    const { home } = this;
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
  resume = (run: RunId): Promise<void> => this.of(run, (it) => it.resume());
  step = (run: RunId): Promise<number> => this.of(run, (it) => it.step());
  goBack: EngineCalls['goBack'] = (run, step) => this.of(run, (it) => it.goBack(step));
  stop = (run: RunId): Promise<void> => this.of(run, (it) => it.stop());
  replaceRule: EngineCalls['replaceRule'] = (run, file, text) => this.of(run, (it) => it.replaceRule(file, text));
  rateMap: EngineCalls['rateMap'] = (run, layer) => this.of(run, (it) => it.rateMap(layer));

  acknowledge(run: RunId, sequence: number): void {
    this.runs.get(run)?.acknowledge(sequence);
  }

  /** Lets go of all runs without another word to the host: what they compute with is gone. */
  abandon(): void {
    for (const run of this.runs.values()) run.abandon();
    this.runs.clear();
    this.endedRuns.length = 0;
  }

  /** @param keep bytes of the record that a checkpoint's run had written */
  private async run(request: StartRequest, training: Training, keep: number): Promise<StartEvent> {
    const { run: id, recordFile, checkpoint, paused } = request;
    const { home, host } = this;
    const first = checkpoint ? [] : await training.begin(); // before anything is written: it may fail, too
    const record = recordFile === undefined ? null : await home.record(recordFile, keep);
    if (checkpoint && record?.position === 0) record.add(training.start); // its lines are gone: what follows still says of what run it is
    for (const event of first) record?.add(event);
    const course = await Course.of(training, { clock: () => home.clock(), note: () => record?.position ?? 0 });
    const run = new TrainingRun({ id, course, record, host, first, paused }, home);
    this.runs.set(id, run);
    void run.ended.then(() => {
      training.close();
      if (this.runs.get(id) !== run) return; // abandoned, and perhaps begun again
      if (run.gone) this.runs.delete(id);
      else this.forget(id);
    });
    return training.start;
  }

  private async of<Result>(id: RunId, use: (run: TrainingRun) => Eventually<Result>): Promise<Result> {
    const run = this.runs.get(id);
    if (!run) throw new Error(`There is no run ${id} in this engine.`);
    return use(run);
  }

  /** Lets the memory of runs that ended a while ago go. */
  private forget(id: RunId): void {
    this.endedRuns.push(id);
    for (const old of this.endedRuns.splice(0, this.endedRuns.length - KEPT)) this.runs.delete(old);
  }
}
