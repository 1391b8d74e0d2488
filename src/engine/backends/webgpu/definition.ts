/**
 * What an operation of a network is on a GPU: shaders for its shape, and the dispatches that carry samples through it, errors back, and
 * directions through both. It is a description without a GPU in it; who has one compiles the shaders, makes the buffers and encodes. A
 * part is made once for a layout; one file in `layers` is one kind of operation.
 *
 * A value of the network is a matrix in a buffer of its own: a row a sample, `stride(size)` 32-bit floats apart. What lies between a row's
 * last number and the next row may be anything and must not be relied upon.
 */
import type { ActivationOperation, Operation } from '../../network/operations';
import type { Structure } from '../../network/structure';
import type { Layer } from '../backend';

/** Floats from one row of a value to the next: rows begin where four can be read at a time. */
export const stride = (columns: number): number => Math.ceil(columns / 4) * 4;

/** Parameter tensors lie one after another, each where it can be bound by itself: at multiples of 64 numbers (256 bytes, WebGPU's alignment). */
export const layerAlignment = 64;

/** Where each layer begins among the weights (and gradients, directions, states), in numbers, and where all end. */
export function layerPlaces(layers: readonly Pick<Layer, 'parameters'>[]): { readonly offsets: readonly number[]; readonly total: number } {
  let total = 0;
  const offsets = layers.map(({ parameters }) => {
    const at = total;
    total += Math.ceil(parameters / layerAlignment) * layerAlignment;
    return at;
  });
  return { offsets, total };
}

/** A stretch of a buffer, in 32-bit words; it begins at a multiple of 64. */
export interface Place {
  /** The buffer's name. A buffer that a dispatch writes to anywhere must be bound `write` everywhere in that dispatch. */
  readonly buffer: string;
  readonly at: number;
  readonly words: number;
}

export type Access = 'read' | 'write' | 'uniform';

/** A compute shader; its entry point is `main`, its bindings are group 0, counted from 0. */
export interface NetworkKernel {
  /** For errors and profiles: `dense 784×128 forward`. Not unique. */
  readonly name: string;
  readonly code: string;
  /** Of each binding: `var<storage, read>`, `var<storage, read_write>` or `var<uniform>`. At most 8 that are storage. */
  readonly access: readonly Access[];
}

export type Workgroups = readonly [x: number, y: number, z: number];

export interface Dispatch {
  readonly kernel: NetworkKernel;
  /** One a binding. */
  readonly bind: readonly Place[];
  /** None above 65,535. @param rows samples of the block */
  readonly workgroups: Workgroups | ((rows: number) => Workgroups);
}

/**
 * What is said of a block of samples; bound as `var<uniform> info: Info`. `add`: 1 where gradients (or products) are added to what is there,
 * 0 where they replace it. `weight`: 1/(samples of the whole batch). `first`: how many samples of the batch came in blocks before.
 * `training`: 1 with draws and the batch's own statistics, 0 as in evaluation. `step`: of the run. `joins`: 1 at the first gradient of
 * a step, which moves running statistics. `batch`: samples of the whole batch.
 */
export const infoText = `struct Info { rows: u32, add: u32, weight: f32, first: u32, training: u32, step: u32, joins: u32, batch: u32 }`;
export const infoWords = 8;

/** What the adapter can do, and how shaders are best written for it. */
export interface Adapter {
  /** `software` has no memory of its own for a workgroup and few cores: plain loops over registers are fastest there. */
  readonly kind: 'hardware' | 'software';
  readonly limits: {
    readonly maxComputeWorkgroupStorageSize: number;
    readonly maxComputeInvocationsPerWorkgroup: number;
    readonly maxStorageBufferBindingSize: number;
    readonly maxBufferSize: number;
    readonly maxStorageBuffersPerShaderStage: number;
  };
  readonly subgroups: boolean;
}

/** Where the numbers of an operation lie, and room for what it keeps. */
export interface Site {
  readonly structure: Structure;
  readonly adapter: Adapter;
  /** The most samples of a block. */
  readonly capacity: number;
  /** Whether directions are carried through, too; then nothing is fused, and every value and error has a place of its own. */
  readonly curvature: boolean;
  readonly seed: number;
  /** The block's `Info`. */
  readonly info: Place;
  /** Value v of the block's samples. */
  value(v: number): Place;
  /** ∂loss/∂value v, laid out likewise. */
  error(v: number): Place;
  /** Whether anything before value v learns, so that its error is wanted. */
  wanted(v: number): boolean;
  /** Whether this operation is the first of those reading value v to have its error on the way back: it replaces what is there, the others add to it. */
  first(operation: Operation, v: number): boolean;
  /** The activation that this operation computes with its own result, so that its own part has nothing to do forward: z goes to `value(to)` where the activation's slope reads z, a to the activation's value always. Null where that is an operation of its own. */
  fused(operation: Operation): ActivationOperation | null;
  /** The activation whose result v is, where this operation carries its error through it (it writes the error of the activation's input, which is where `error(v)` lies then); null otherwise. */
  slope(operation: Operation, v: number): ActivationOperation | null;
  parameter(p: number): Place;
  gradient(p: number): Place;
  /** Running statistics. */
  buffer(b: number): Place;
  /** Derivative of value v and of its error along a direction, and the direction's part for parameter p. Products go to `gradient(p)`. */
  tangent(v: number): Place;
  tangentError(v: number): Place;
  direction(p: number): Place;
  /** Room of its own. @param what a name for it, unique within the operation */
  keep(operation: Operation, what: string, words: number): Place;
  /** Room that is no operation's, by its name: `wanted` (what outputs are compared with), `rowLoss`, `result`. */
  common(what: string, words: number): Place;
  /** Room that all operations share, one after another: for what lies between two dispatches of one call. */
  scratch(words: number): () => Place;
}

/** A product of the error's derivative: of the Hessian, or of the Gauss–Newton matrix, which leaves out all terms that hold the error itself. */
export type CurvatureMatrix = 'hessian' | 'gaussNewton';

export interface Part {
  /** Carries values on; `info.training` says whether as in training. */
  forward(): readonly Dispatch[];
  /** Carries errors back, and adds to or replaces the gradient (`info.add`). */
  backward(): readonly Dispatch[];
  /** Carries the derivative of the values along a direction on; that of value 0 is zero and nowhere stored. */
  tangent(): readonly Dispatch[];
  /** Carries the derivative of the errors back, and adds to or replaces the product (`info.add`). */
  tangentBackward(matrix: CurvatureMatrix): readonly Dispatch[];
}
