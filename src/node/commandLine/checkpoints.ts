/**
 * The checkpoints that `train` writes: one where the command ends (`--checkpoint-out`), and some on the way, either into a folder, spread
 * over the run and thinned to a budget, or over that one file, so that little is lost when the machine goes down.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { showBytes } from '../../engine/problems/files';
import { Timeline } from '../../engine/run/timeline';
import type { Trainer } from '../../engine/run/trainer';
import { nameOfStep, placeOf, stepsIn, writeCheckpoint } from '../checkpointFile';
import { UsageError } from './usage';

/** Of a run without `--checkpoint-every`, so many parts have a checkpoint in the folder. */
const PARTS = 20;
/** MiB of a folder. */
export const FOLDER_BUDGET = 1024;

export interface CheckpointPlan {
  /** `--checkpoint-out` */
  readonly file?: string;
  /** `--checkpoints` */
  readonly folder?: string;
  /** `--checkpoint-every` */
  readonly every?: number;
  /** `--checkpoint-budget`, in MiB */
  readonly budget?: number;
}

export class Checkpoints {
  private readonly timeline: Timeline<number>;
  private last: number;
  /** Taken when the run was stopped, by file: what it does to come to its end is not part of going on. */
  private stopped: ReadonlyMap<string, ArrayBuffer> | null = null;

  private constructor(
    private readonly trainer: Trainer,
    /** The folder of the run's specification. */
    private readonly home: string,
    private readonly plan: CheckpointPlan,
  ) {
    const { every = Math.ceil(trainer.start.steps / PARTS), budget = FOLDER_BUDGET } = plan;
    if (plan.folder !== undefined && trainer.checkpointBytes > budget * 2 ** 20)
      throw new UsageError(
        `--checkpoint-budget: one checkpoint of this run takes ${showBytes(trainer.checkpointBytes)}; ${budget} MiB do not hold it.`,
      );
    this.timeline = new Timeline(budget * 2 ** 20, Math.max(every, 1));
    this.last = trainer.step;
  }

  /** @param from the folder that the run was resumed from: what is there belongs to it @throws UsageError where another run's are in the way */
  static async open(trainer: Trainer, home: string, plan: CheckpointPlan, from: string | null): Promise<Checkpoints> {
    const { folder } = plan;
    if (folder === undefined) return new Checkpoints(trainer, home, plan);
    await mkdir(folder, { recursive: true }).catch((error: Error) => {
      throw new UsageError(`--checkpoints: the folder ${folder} cannot be made: ${error.message}.`);
    });
    const there = await stepsIn(folder);
    if (there.length > 0 && (from === null || resolve(from) !== resolve(folder)))
      throw new UsageError(`--checkpoints: the folder ${folder} has checkpoints already, perhaps of another run. Choose an empty one.`);
    // the first and the last may stand anywhere; those between tell how far apart they were
    const every = plan.every ?? (there.length > 2 ? there.slice(1, -1).reduce(greatestDivisor) : undefined);
    const made = new Checkpoints(trainer, home, { ...plan, every });
    for (const step of there) {
      const { size } = await stat(join(folder, nameOfStep(step)));
      await made.drop(made.timeline.add(step, size, step));
    }
    return made;
  }

  /** Is one to be written where the run stands? */
  get due(): boolean {
    const { step } = this.trainer;
    if (this.plan.folder !== undefined) return this.timeline.due(step);
    const { file, every } = this.plan;
    return file !== undefined && every !== undefined && step !== this.last && step % every === 0;
  }

  /** Writes what is due. */
  async write(): Promise<void> {
    const { folder, file } = this.plan;
    const place = folder === undefined ? file : this.inFolder(folder);
    this.last = this.trainer.step;
    if (place !== undefined) await this.put(place, this.take(place));
  }

  /** The run is about to be stopped: what `finish` writes is taken now. */
  stopping(): void {
    this.stopped ??= this.ends();
  }

  /** Writes the one where the command ends. */
  async finish(): Promise<void> {
    for (const [place, bytes] of this.stopped ?? this.ends()) await this.put(place, bytes);
  }

  private ends(): ReadonlyMap<string, ArrayBuffer> {
    const { folder, file } = this.plan;
    const newest = this.timeline.steps.at(-1) ?? -1;
    const places = [
      ...(file === undefined ? [] : [file]),
      ...(folder === undefined || newest >= this.trainer.step ? [] : [this.inFolder(folder)]),
    ];
    return new Map(places.map((place) => [place, this.take(place)]));
  }

  private inFolder(folder: string): string {
    return join(folder, nameOfStep(this.trainer.step));
  }

  private take(place: string): ArrayBuffer {
    return this.trainer.checkpoint({ folder: placeOf(place, this.home) });
  }

  private async put(place: string, bytes: ArrayBuffer): Promise<void> {
    const { step } = this.trainer;
    await writeCheckpoint(place, bytes);
    if (place !== this.plan.file) await this.drop(this.timeline.add(step, bytes.byteLength, step));
  }

  private async drop(steps: readonly number[]): Promise<void> {
    for (const step of steps) await rm(join(this.plan.folder ?? '.', nameOfStep(step)), { force: true });
  }
}

/** Of both numbers (Euclid). */
const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));
