/**
 * Step events as binary: a header of six 32-bit words, then one row of float64 numbers a step. Float64, so that the number a
 * panel shows is the record's own. Header: magic, version, layers, rows, width of a row, spacing (below). Row: step, epoch, loss, lr, then for each layer gradientNorm, updateNorm, weightNorm, q05, q25, q50, q75, q95.
 */
import type { RateQuantiles, StepEvent } from '../engine/run/record';

const MAGIC = 0x4f44_4246; // "ODBF"
const VERSION = 1;

/** Frames that an engine sends before one is acknowledged. A round trip to a panel takes up to 100 ms on a busy machine; six keep 60 a second flowing. */
export const FRAMES_UNDER_WAY = 6;

const HEADER_WORDS = 6; // keeps the float64 rows aligned to 8 bytes
const COMMON = 4;
const PER_LAYER = 8;

/** Numbers in one row. */
export const rowWidth = (layers: number): number => COMMON + PER_LAYER * layers;

/** A decoded frame: a view on its buffer, no copy. */
export interface StepRows {
  readonly layers: number;
  readonly rows: number;
  readonly width: number;
  readonly data: Float64Array;
  readonly spacing: Spacing;
}

/**
 * How the rows of a frame lie in the sequence of measured steps: one row in `stride`, a power of two, from the first one on; the
 * newest row is `phase` measured steps past the last of those (0: it is one of them). Consecutive steps have stride 1, phase 0.
 * One header word holds both: `stride + phase`, whose highest set bit is the stride.
 */
export interface Spacing {
  readonly stride: number;
  readonly phase: number;
}

export const consecutive: Spacing = { stride: 1, phase: 0 };

/** Writes one step into `row`, `rowWidth(layers)` long. */
export function writeRow(row: Float64Array, offset: number, event: StepEvent): void {
  row[offset] = event.step;
  row[offset + 1] = event.epoch;
  row[offset + 2] = event.loss;
  row[offset + 3] = event.lr;
  let at = offset + COMMON;
  for (let layer = 0; layer < event.gradientNorm.length; layer++) {
    const rate = event.effectiveRate[layer];
    row[at++] = event.gradientNorm[layer];
    row[at++] = event.updateNorm[layer];
    row[at++] = event.weightNorm[layer];
    row[at++] = rate.q05;
    row[at++] = rate.q25;
    row[at++] = rate.q50;
    row[at++] = rate.q75;
    row[at++] = rate.q95;
  }
}

/** Packs `count` rows that lie one after the other in `data` into a buffer of its own. */
export function encodeFrame(layers: number, data: Float64Array, count: number, { stride, phase }: Spacing = consecutive): ArrayBuffer {
  const width = rowWidth(layers);
  const buffer = new ArrayBuffer(HEADER_WORDS * 4 + count * width * 8);
  new Uint32Array(buffer, 0, HEADER_WORDS).set([MAGIC, VERSION, layers, count, width, stride + phase]);
  new Float64Array(buffer, HEADER_WORDS * 4).set(data.subarray(0, count * width));
  return buffer;
}

/** Reads a frame. @throws where the bytes are not one. */
export function decodeFrame(buffer: ArrayBuffer): StepRows {
  if (buffer.byteLength < HEADER_WORDS * 4)
    throw new Error(`a frame has a header of ${HEADER_WORDS * 4} bytes; found ${buffer.byteLength} bytes`);
  const [magic, version, layers, rows, width, spacing] = new Uint32Array(buffer, 0, HEADER_WORDS);
  if (magic !== MAGIC || version !== VERSION)
    throw new Error(`not a frame of version ${VERSION}: it begins with 0x${magic.toString(16)}, version ${version}`);
  const expected = HEADER_WORDS * 4 + rows * width * 8;
  if (width !== rowWidth(layers) || buffer.byteLength !== expected)
    throw new Error(
      `a frame of ${rows} rows and ${layers} layers has rows of ${rowWidth(layers)} numbers and ${HEADER_WORDS * 4 + rows * rowWidth(layers) * 8} bytes; found rows of ${width} and ${buffer.byteLength} bytes`,
    );
  const stride = 2 ** (31 - Math.clz32(spacing || 1));
  const phase = spacing === 0 ? 0 : spacing - stride;
  return { layers, rows, width, data: new Float64Array(buffer, HEADER_WORDS * 4), spacing: { stride, phase } };
}

/** The columns of a row, by name. */
export const column = {
  step: 0,
  epoch: 1,
  loss: 2,
  lr: 3,
  gradientNorm: (layer: number): number => COMMON + PER_LAYER * layer,
  updateNorm: (layer: number): number => COMMON + PER_LAYER * layer + 1,
  weightNorm: (layer: number): number => COMMON + PER_LAYER * layer + 2,
  rate: (layer: number, quantile: keyof RateQuantiles): number =>
    COMMON + PER_LAYER * layer + 3 + ['q05', 'q25', 'q50', 'q75', 'q95'].indexOf(quantile),
} as const;
