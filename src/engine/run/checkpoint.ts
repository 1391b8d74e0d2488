/**
 * A checkpoint as bytes: everything a run needs to go on, bit for bit. Layout: four 32-bit words (magic, version, checksum of all
 * that follows, length of the header), a header in JSON, then the tensors it lists, each aligned to 8 bytes. Whatever is read is checked
 * before it is used: bytes that are no checkpoint give an error that says so.
 */
import type { Floats } from '../backends/backend';
import type { CompleteSpecification } from './specification';

/** The parts of a checkpoint that are not tensors. */
export interface CheckpointHeader {
  readonly spec: CompleteSpecification;
  /** Steps taken. */
  readonly step: number;
  /** Time spent on the run so far. */
  readonly milliseconds: number;
  /** Training loss before the first step. */
  readonly startLoss: number | null;
  /** The step of the last evaluation. */
  readonly evaluated: number;
  /** The texts that the run has from files, by what the specification calls these: they may have changed on the disk. */
  readonly rules: Readonly<Record<string, string>>;
  /** Names of the rule's states, in the order of their tensors. */
  readonly states: readonly string[];
  readonly curvature: CurvatureHeader;
  /** What whoever keeps the record wants to find again. */
  readonly notes: Readonly<Record<string, number>>;
}

/** What the curvature measurements remember, and the one under way. */
export interface CurvatureHeader {
  readonly largestGradient: number;
  readonly largestCurvature: number;
  readonly pending: PendingHeader | null;
}

export interface PendingHeader {
  /** The step after which its weights were frozen. */
  readonly step: number;
  /** Learning rate of that step. */
  readonly lr: number;
  /** Products done; they are done again. */
  readonly products: number;
  /** rate/lr where it is one number; null where it is unknown or a tensor. */
  readonly scaling: number | null;
}

/** The tensors, by what they are; a list has one entry a layer. An empty list stands for what is not there. */
export interface CheckpointTensors {
  readonly weights: readonly Floats[];
  /** The states one after the other, each layer by layer. */
  readonly states: readonly Floats[];
  /** What a schedule that watches the loss remembers; empty or one. */
  readonly schedule: readonly Floats[];
  /** Vectors of the last curvature measurement: upper end, lower end, preconditioned; each empty or one. */
  readonly max: readonly Floats[];
  readonly min: readonly Floats[];
  readonly preconditioned: readonly Floats[];
  /** The frozen weights of the measurement under way, and its rate/lr where that is a tensor. */
  readonly frozen: readonly Floats[];
  readonly scaling: readonly Floats[];
}

export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly tensors: CheckpointTensors;
}

/** Bytes that are no checkpoint, or one that belongs to another run. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const MAGIC = 0x4f444350; // "ODCP"
const VERSION = 3;
const WORDS = 4;
const groups = [
  'weights',
  'states',
  'schedule',
  'max',
  'min',
  'preconditioned',
  'frozen',
  'scaling',
] as const satisfies readonly (keyof CheckpointTensors)[];

/** How the header tells a tensor: bytes a number and how many numbers. */
type Shape = readonly [4 | 8, number];
type Shapes = Readonly<Record<keyof CheckpointTensors, readonly Shape[]>>;

/** Writes a checkpoint. The tensors are copied. */
export function encodeCheckpoint({ header, tensors }: Checkpoint): ArrayBuffer {
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
  words.set([MAGIC, VERSION, 0, text.length]);
  words[2] = checksum(buffer);
  return buffer;
}

/** Reads a checkpoint; the tensors are views on `buffer`. @throws CheckpointError where the bytes are not one */
export function decodeCheckpoint(buffer: ArrayBuffer): Checkpoint {
  if (buffer.byteLength < WORDS * 4 || buffer.byteLength % 8 !== 0)
    throw new CheckpointError(`This is no checkpoint: it has ${buffer.byteLength} bytes; a whole number of 8-byte words is expected.`);
  const [magic, version, sum, length] = new Uint32Array(buffer, 0, WORDS);
  if (magic !== MAGIC)
    throw new CheckpointError(`This is no checkpoint: it begins with ${magic.toString(16)}; ${MAGIC.toString(16)} is expected.`);
  if (version !== VERSION)
    throw new CheckpointError(`This checkpoint has version ${version}; version ${VERSION} is expected. Start the run anew.`);
  if (sum !== checksum(buffer) || WORDS * 4 + length > buffer.byteLength)
    throw new CheckpointError('This checkpoint is damaged: its checksum does not fit its bytes. Start the run anew.');
  const text = Array.from(new Uint8Array(buffer, WORDS * 4, length), (code) => String.fromCharCode(code)).join('');
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

/** JSON in which every character is one byte: the engine has no text encoder of its own. */
const ascii = (json: string): string => json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** FNV-1a over the 32-bit words after the checksum itself: a change of any one word changes it. */
function checksum(buffer: ArrayBuffer): number {
  const words = new Uint32Array(buffer, 12);
  let sum = 0x811c9dc5 ^ buffer.byteLength;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i], 0x01000193);
  return sum >>> 0;
}
