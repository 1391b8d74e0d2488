/**
 * The run of a record, trained again in a worker of the page, so that what no record holds is there as well and is no invention: every weight
 * at a step, the loss around it, and what comes after a step with other hyperparameters. The same specification gives the same numbers.
 */
import { createBirpc } from 'birpc';
import type { Settings } from '../../engine/language';
import type { Files } from '../../engine/problems/files';
import { decodeCheckpoint } from '../../engine/run/checkpoint';
import { Course } from '../../engine/run/course';
import { joined } from '../../engine/run/lossSurface';
import { prepare } from '../../engine/run/prepare';
import type { RecordEvent } from '../../engine/run/record';
import type { RunSpecification } from '../../engine/run/specification';
import { Trainer } from '../../engine/run/trainer';
import type { Slice, SliceRequest, WeightMap } from '../../shared/protocol';
import { Slices } from '../../shared/run/slices';
import { weightMap } from '../../shared/run/weightMap';
import { makeBreath } from '../gpu/page/breath';

/** What the worker is asked. */
export interface LaboratoryCalls {
  open(spec: RunSpecification): Promise<void>;
  weightMap(step: number, layer: string, quantity: string): Promise<WeightMap | null>;
  slice(step: number, request: SliceRequest): Promise<Slice>;
  /** The run is another after `step`. @returns the change, and the events after it to the run's end */
  change(step: number, settings: Settings): Promise<readonly RecordEvent[]>;
}

const refuse = (path: string): Promise<never> =>
  Promise.reject(new Error(`${path}: the preview reads no files. Choose a generator for the data.`));
const noFiles: Files = { size: refuse, read: refuse, text: refuse };

/** The most places of the run's way that a slice shows. */
const WAYPOINTS = 200;

class Laboratory implements LaboratoryCalls {
  private course: Course<Trainer> | null = null;
  private readonly slices = new Slices({ clock: () => performance.now(), breath: makeBreath() });
  /** What was asked before is done first. */
  private last: Promise<unknown> = Promise.resolve();

  open = (spec: RunSpecification): Promise<void> =>
    this.inTurn(async () => {
      const trainer = new Trainer(await prepare(spec, noFiles), { clock: () => performance.now() });
      trainer.begin();
      this.course = await Course.of(trainer);
    });

  weightMap = (step: number, layer: string, quantity: string): Promise<WeightMap | null> =>
    this.inTurn(async () => weightMap((await this.standAt(step)).trainer, layer, quantity));

  slice = (step: number, request: SliceRequest): Promise<Slice> =>
    this.inTurn(async () => {
      const course = await this.standAt(step);
      const { prepared, probed } = course.trainer;
      const weights = joined(decodeCheckpoint(course.trainer.checkpoint({}, false), false).tensors.weights);
      return this.slices.draw({ prepared, samples: probed, here: { step, weights }, way: course.way(WAYPOINTS) }, request);
    });

  change = (step: number, settings: Settings): Promise<readonly RecordEvent[]> =>
    this.inTurn(async () => {
      const course = await this.standAt(step);
      const events = [...(await course.make({ settings }))];
      while (!course.trainer.ended) events.push(...(await course.advance()));
      return events;
    });

  private async standAt(step: number): Promise<Course<Trainer>> {
    const { course } = this;
    if (!course) throw new Error('No run was opened.');
    const { trainer } = course;
    if (trainer.step > step) await course.goBack(step);
    while (trainer.step < step && !trainer.ended) await course.advance(step);
    return course;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}

createBirpc<Record<string, never>, LaboratoryCalls>(new Laboratory(), {
  post: (message) => postMessage(message),
  on: (listener) => addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data)),
});
