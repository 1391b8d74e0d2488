/**
 * A checkpoint as bytes: everything a run needs to go on, bit for bit. Layout: six 32-bit words, little-endian (magic, version, checksum of
 * all that follows, length of the header, length of the whole in two words), a header in JSON, then the tensors it lists, each aligned to
 * 8 bytes. Whatever is read is checked before it is used: bytes that are no checkpoint give an error that says so.
 */
import type { Floats } from '../backends/backend';
import { showCount } from '../problems/files';
import { Checksum } from './checksum';
import type { Change } from './changes';
import type { EndEvent } from './record';
import type { CompleteSpecification } from './specification';

/** The parts of a checkpoint that are not tensors. */
export interface CheckpointHeader {
  /** Of the run at its beginning. */
  readonly spec: CompleteSpecification;
  /** What was changed since, up to here, in order. */
  readonly changes: readonly Change[];
  /** Steps taken. */
  readonly step: number;
  /** Time spent on the run so far. */
  readonly milliseconds: number;
  /** The step of the last evaluation. */
  readonly evaluated: number;
  /** Why no step follows, where the run diverged; null while it goes on. */
  readonly closing: Pick<EndEvent, 'reason' | 'message'> | null;
  /** What the data are (`fingerprint.ts`), and the initial weights where the specification gives them by a file; empty where there are none. */
  readonly data: string;
  readonly initialWeights: string;
  /** What computed it: another engine or another arithmetic goes on from it, too, but may differ in the last digit. */
  readonly engine: string;
  /** The texts that the run had from files at its beginning, by what the specification calls these: they may have changed on the disk. */
  readonly rules: Readonly<Record<string, string>>;
  /** Names of the rule's states, in the order of their tensors. */
  readonly states: readonly string[];
  readonly curvature: CurvatureHeader;
  /** What whoever keeps the record wants to find again. */
  readonly notes: Notes;
}

export type Notes = Readonly<Record<string, number | string>>;

/** What the curvature measurements remember, and the one under way. */
export interface CurvatureHeader {
  readonly largestGradient: number;
  readonly largestCurvature: number;
  readonly pending: PendingHeader | null;
}

export interface PendingHeader {
  /** The step after which its weights were frozen. */
  readonly step: number;
  /** Products done; they are done again. */
  readonly products: number;
  /** Is rate/lr one number, which `scaling` has? */
  readonly uniform: boolean;
}

/** The tensors, by what they are; a list has one entry a layer. An empty list stands for what is not there. */
export interface CheckpointTensors {
  readonly weights: readonly Floats[];
  /** What the model itself remembers beside them: running statistics. */
  readonly buffers: readonly Floats[];
  /** The states one after the other, each layer by layer. */
  readonly states: readonly Floats[];
  /** Training loss before the first step; empty where none was told. (Numbers that may be infinite are here: JSON has no infinities.) */
  readonly startLoss: readonly Floats[];
  /** What a schedule that watches the loss remembers; empty or one. */
  readonly schedule: readonly Floats[];
  /** Vectors of the last curvature measurement: upper end, lower end, preconditioned; each empty or one. */
  readonly max: readonly Floats[];
  readonly min: readonly Floats[];
  readonly preconditioned: readonly Floats[];
  /** Of the measurement under way: its weights; its learning rate and the size of the loss at them; rate/lr, empty where it is unknown. */
  readonly frozen: readonly Floats[];
  readonly figures: readonly Floats[];
  readonly scaling: readonly Floats[];
}

export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly tensors: CheckpointTensors;
}

/** Bytes that are no checkpoint, or one that belongs to another run. The message says what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const MAGIC = 0x4f444350; // "ODCP"
const VERSION = 5;
const WORDS = 6;
const groups = [
  'weights',
  'buffers',
  'states',
  'startLoss',
  'schedule',
  'max',
  'min',
  'preconditioned',
  'frozen',
  'figures',
  'scaling',
] as const satisfies readonly (keyof CheckpointTensors)[];

/** How the header tells a tensor: bytes a number and how many numbers. */
type Shape = readonly [4 | 8, number];
type Shapes = Readonly<Record<keyof CheckpointTensors, readonly Shape[]>>;

/**
 * Writes a checkpoint. The tensors are copied, once; nothing else of their size is allocated.
 * @param sealed with its checksum, which takes longer than the copy: for what leaves the memory
 */
export function encodeCheckpoint({ header, tensors }: Checkpoint, sealed = true): ArrayBuffer {
  const shapes = Object.fromEntries(groups.map((group) => [group, tensors[group].map(shapeOf)]));
  const text = ascii(JSON.stringify({ header, shapes }));
  const all = groups.flatMap((group) => tensors[group]);
  const start = aligned(WORDS * 4 + text.length);
  const buffer = new ArrayBuffer(all.reduce((end, tensor) => aligned(end + tensor.byteLength), start));
  const bytes = new Uint8Array(buffer);
  for (let i = 0; i < text.length; i++) bytes[WORDS * 4 + i] = text.charCodeAt(i);
  let at = start;
  for (const tensor of all) {
    bytes.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), at);
    at = aligned(at + tensor.byteLength);
  }
  const words = new Uint32Array(buffer, 0, WORDS);
  words.set([MAGIC, VERSION, 0, text.length, buffer.byteLength % 2 ** 32, Math.floor(buffer.byteLength / 2 ** 32)]);
  if (sealed) words[2] = checksum(buffer);
  return buffer;
}

/**
 * Reads a checkpoint; the tensors are views on `buffer`.
 * @param sealed hold it to its checksum @throws CheckpointError where the bytes are not one
 */
export function decodeCheckpoint(buffer: ArrayBuffer, sealed = true): Checkpoint {
  const size = buffer.byteLength;
  if (size < WORDS * 4)
    throw new CheckpointError(`This is no checkpoint: it has ${size} bytes; at least ${WORDS * 4} are expected. Choose another file.`);
  const [magic, version, sum, length, low, high] = new Uint32Array(buffer, 0, WORDS);
  if (magic !== MAGIC)
    throw new CheckpointError(`This is no checkpoint: it begins with ${hex(magic)}; ${hex(MAGIC)} is expected. Choose another file.`);
  if (version !== VERSION)
    throw new CheckpointError(
      `This checkpoint has format ${version}; format ${VERSION} is read here. ` +
        (version > VERSION ? 'It was written by a newer Optimizer Debugger: update this one.' : 'Start the run anew.'),
    );
  const whole = high * 2 ** 32 + low;
  if (size < whole)
    throw new CheckpointError(`This checkpoint is cut short: ${showCount(size)} of ${showCount(whole)} bytes are there. Copy it again.`);
  if (size > whole || (sealed && sum !== checksum(buffer))) throw damaged();
  try {
    return read(buffer, length);
  } catch {
    throw damaged(); // a checksum that fits by chance
  }
}

const damaged = (): CheckpointError =>
  new CheckpointError('This checkpoint is damaged: its checksum does not fit its bytes. Take an earlier one, or start the run anew.');

function read(buffer: ArrayBuffer, length: number): Checkpoint {
  const codes = new Uint8Array(buffer, WORDS * 4, length);
  let text = '';
  for (let at = 0; at < length; at += 4096) text += String.fromCharCode(...codes.subarray(at, at + 4096));
  // The checksum fits, so this is what `encodeCheckpoint` wrote.
  const { header, shapes } = JSON.parse(text) as { header: CheckpointHeader; shapes: Shapes };
  let at = aligned(WORDS * 4 + length);
  const next = ([size, count]: Shape): Floats => {
    const tensor = size === 4 ? new Float32Array(buffer, at, count) : new Float64Array(buffer, at, count);
    at = aligned(at + tensor.byteLength);
    return tensor;
  };
  const tensors = Object.fromEntries(groups.map((group) => [group, shapes[group].map(next)]));
  return { header, tensors: tensors as unknown as CheckpointTensors };
}

const shapeOf = (tensor: Floats): Shape => [tensor instanceof Float32Array ? 4 : 8, tensor.length];

const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

const hex = (word: number): string => word.toString(16).padStart(8, '0');

/** JSON in which every character is one byte: the engine has no text encoder of its own. */
const ascii = (json: string): string => json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Of all that follows the checksum itself. */
const checksum = (buffer: ArrayBuffer): number => new Checksum().add(new Uint32Array(buffer, 12)).value;
