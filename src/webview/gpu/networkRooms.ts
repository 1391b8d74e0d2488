/**
 * Everything that a network needs on a GPU before it is asked anything: how many samples a block has, buffers, compiled shaders, and lists of
 * dispatches tied to the buffers.
 */
import type { Dispatch, Place } from '../../engine/backends/webgpu/definition';
import { largestProgram, mostThatFits } from '../../engine/backends/webgpu/limits';
import { type TrainingProgram, trainingProgram } from '../../engine/backends/webgpu/program';
import { sizeOf } from '../../engine/network/builder';
import { isJoint, type Structure } from '../../engine/network/structure';
import type { Dataset } from '../../engine/problems/dataset';
import { Binder, type Bound, compileAll } from './bound';
import type { GpuContext } from './context';
import { fitsThere, Intake } from './intake';
import { type BufferWish, bytesOf, GpuMemoryError, type MadeBuffers, makeBuffers } from './memory';
import { Room, wishesOf } from './room';

/** Samples of an evaluation's block, where nothing asks for fewer. */
const usualEvaluation = 512;
/** Numbers that the values of a block may come to before fewer samples are taken at a time. */
const roomyBlock = 2 ** 25;

/** What may be wanted otherwise. */
export interface GpuNetworkOptions {
  /** Whether the data set is kept on the GPU; if missing, where it has room. */
  readonly resident?: boolean;
  /** The most samples of a block, unless they depend on one another: in training, in evaluation, in measurements of curvature. */
  readonly block?: number;
  readonly evaluationBlock?: number;
  readonly curvatureBlock?: number;
}

export interface BuiltNetwork {
  readonly intake: Intake;
  readonly training: Room;
  readonly evaluation: Room;
  readonly lists: {
    /** Its loss goes into `loss`. */
    readonly gradient: readonly Bound[];
    /** The same, with the loss in `trial`. */
    readonly gradientApart: readonly Bound[];
    /** Into `trial`. */
    readonly loss: readonly Bound[];
    /** Into `outcome`. */
    readonly evaluate: readonly Bound[];
  };
  /** `weights`, `gradients`, `running`, `loss`, `trial`, `outcome`; of a data set that is kept there, `x` and `y`. */
  find(name: string): GPUBuffer;
  destroy(): void;
}

/** Buffers that are the network's, not a block's. */
const owned = ['weights', 'gradients', 'running'];
/** What a block's `result` is in a list. */
const results = ['loss', 'trial', 'outcome'] as const;
/** Names of the evaluation's own buffers begin with it. */
const apart = 'evaluation ';

/** @throws GpuMemoryError where there is no room */
export async function buildNetwork(
  structure: Structure,
  data: Dataset,
  seed: number,
  largestBatch: number,
  context: GpuContext,
  options: GpuNetworkOptions,
): Promise<BuiltNetwork> {
  const { intake, made: kept } = await openIntake(structure, data, context, options.resident);
  const all = [kept];
  const destroy = (): void => all.forEach((made) => made.destroy());
  try {
    const describe = (capacity: number): TrainingProgram => trainingProgram(structure, context.adapter, capacity, seed, intake.origin);
    const program = programFor(structure, largestBatch, context, describe, options.block);
    const { layout } = program;
    const most = Math.min(options.evaluationBlock ?? usualEvaluation, data.samples, roomy(structure));
    const needs = needsFor(most, context, describe, kept);
    const { evaluated, training, wishes } = needs(program);
    const evaluation = evaluated ?? program;
    const made = makeBuffers(context, wishes, `A network that takes ${layout.capacity} samples at a time`, (given) => {
      const batch = mostThatFits(layout.capacity - 1, (capacity) => bytesOf(needs(describe(capacity)).wishes) <= given);
      return batch > 0
        ? `Batches of about ${batch} would fit; or use the CPU ("backend": "cpu").`
        : 'Take smaller layers, or use the CPU ("backend": "cpu").';
    });
    all.push(made);
    const [pipelines] = await Promise.all([compileAll(context, [...training, ...evaluation.evaluate]), made.ready]);

    const find = (name: string): GPUBuffer => (kept.has(name) ? kept : made).find(name);
    const findApart = (name: string): GPUBuffer => (made.has(apart + name) ? made.find(apart + name) : find(name));
    const bind = (dispatches: readonly Dispatch[], result: (typeof results)[number], within = find): readonly Bound[] =>
      new Binder(context, pipelines, ({ buffer }: Place) => (buffer === 'result' ? find(result) : within(buffer))).bind(dispatches);
    return {
      intake,
      training: new Room(layout.capacity, find),
      evaluation: new Room(evaluation.layout.capacity, findApart),
      lists: {
        gradient: bind(program.gradient, 'loss'),
        gradientApart: bind(program.gradient, 'trial'),
        loss: bind(program.loss, 'trial'),
        evaluate: bind(evaluation.evaluate, 'outcome', findApart),
      },
      find,
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

/** What a network asks of a GPU with a program to train it by. */
interface Needs {
  /** Of evaluations; null where they are done by the same program. */
  readonly evaluated: TrainingProgram | null;
  /** What is dispatched with the buffers of training. */
  readonly training: readonly Dispatch[];
  readonly wishes: readonly BufferWish[];
}

/** @param most samples of an evaluation's block @param kept the data set's buffers, which are there already */
function needsFor(
  most: number,
  context: GpuContext,
  describe: (capacity: number) => TrainingProgram,
  kept: MadeBuffers,
): (program: TrainingProgram) => Needs {
  const own = ({ name }: BufferWish): boolean => name !== 'result' && !kept.has(name) && !owned.includes(name);
  return (program) => {
    const { layout } = program;
    const evaluated = most <= layout.capacity ? null : evaluationFor(most, context, describe);
    const training = [...program.gradient, ...program.loss, ...(evaluated === null ? program.evaluate : [])];
    const ofEvaluation = evaluated === null ? [] : wishesOf(evaluated.layout, evaluated.evaluate).filter(own);
    const wishes = [
      ...owned.map((name) => ({ name, words: layout.sizes.get(name) ?? 0 })),
      ...results.map((name) => ({ name, words: 2 })),
      ...ofEvaluation.map((wish) => ({ ...wish, name: apart + wish.name })),
      ...wishesOf(layout, training).filter(own),
    ];
    return { evaluated, training, wishes };
  };
}

/** How many samples have room at a time. */
function roomy({ values }: Structure): number {
  const numbers = values.reduce((sum, shape) => sum + 2 * sizeOf(shape), 0);
  return Math.max(1, Math.floor(roomyBlock / numbers));
}

/** The data set on the GPU, if it is to be there and has room. */
async function openIntake(
  structure: Structure,
  data: Dataset,
  context: GpuContext,
  resident = fitsThere(data, context.adapter),
): Promise<{ readonly intake: Intake; readonly made: MadeBuffers }> {
  const intake = new Intake(data, structure, resident);
  const made = makeBuffers(context, intake.wishes, `The data set ${data.name}`);
  try {
    await made.ready;
  } catch (error) {
    if (!resident || !(error instanceof GpuMemoryError)) throw error;
    return openIntake(structure, data, context, false); // samples are uploaded as they are needed
  }
  if (resident) intake.fill(context.device, made.find('x'), made.find('y'));
  return { intake, made };
}

/** As a batch is trained with: as a whole where samples depend on one another, otherwise in blocks of as many samples as there is room for. */
function programFor(
  structure: Structure,
  largestBatch: number,
  context: GpuContext,
  describe: (capacity: number) => TrainingProgram,
  block = roomy(structure),
): TrainingProgram {
  const joint = isJoint(structure);
  const most = joint ? largestBatch : Math.min(largestBatch, block);
  const { program, capacity, obstacle } = largestProgram(most, context.adapter, describe, ({ layout, gradient, loss }) => ({
    layout,
    dispatches: [...gradient, ...loss],
  }));
  if (program !== null && (!joint || capacity === most)) return program;
  const advice = capacity > 0 ? `Batches of at most ${capacity} samples would fit` : 'Take smaller layers';
  throw new GpuMemoryError(
    `${context.name} cannot train this network on ${joint ? `batches of ${largestBatch} samples` : 'even one sample at a time'}: ${obstacle}. ` +
      `${advice}; or use the CPU ("backend": "cpu").`,
  );
}

/** As it is evaluated: in the largest blocks that there is room for. */
const evaluationFor = (most: number, context: GpuContext, describe: (capacity: number) => TrainingProgram): TrainingProgram | null =>
  largestProgram(most, context.adapter, describe, ({ layout, evaluate }) => ({ layout, dispatches: evaluate })).program;
