/**
 * TensorBoard's event files: records framed as TensorFlow frames them, each an `Event` with one step's scalars and histograms (tensorboard/compat/proto:
 * event.proto, summary.proto, tensor.proto). A scalar is a `simple_value`, the number rounded to the nearest float32, which every reader
 * shows. `float64` writes it as a tensor of one float64 instead, to the last digit; TensorBoard 2.21 shows those with --load_fast=false only.
 */
import { maskedCrc32c } from './crc32c';
import { bytesField, bytesHead, doubleField, floatField, message, varintField } from './protobuf';

export type Precision = 'float64' | 'float32';

/** A number and the tag under which TensorBoard shows it. */
export type Scalar = readonly [tag: string, value: number];

/** How the numbers of a tag are spread in one step: as `histogram` gives it. */
export type Spread = readonly [tag: string, buckets: Float64Array];

/** `DataType` of tensor.proto. */
const DT_DOUBLE = 2;

/** SummaryMetadata: these numbers are for the scalars' dashboard. */
const scalarMetadata = bytesField(1, bytesField(1, 'scalars'));
/** The same for histograms, of which there is one kind. */
const histogramMetadata = bytesField(1, bytesField(1, 'histograms'));
/** TensorProto: one float64, with no dimension; the number itself is its last 8 bytes. */
const oneDouble = message(varintField(1, DT_DOUBLE), bytesField(2, new Uint8Array()), bytesField(6, new Uint8Array(8)));
/** Length and checksum before the bytes of a record, and the checksum behind them. */
const [BEFORE, BEHIND] = [12, 4];

/** All of a tag's values are alike but for the number. */
interface Mould {
  /** As a field of the summary. */
  readonly bytes: Uint8Array;
  /** Where in it the number is. */
  readonly at: number;
}

export class EventFile {
  private readonly moulds = new Map<string, Mould>();
  /** Tags of histograms that have been written. */
  private readonly told = new Set<string>();

  constructor(private readonly precision: Precision = 'float32') {}

  /** The first record of a file. @param wallTime seconds since 1970 */
  beginning(wallTime: number): Uint8Array {
    return sealed(message(new Uint8Array(BEFORE), doubleField(1, wallTime), bytesField(3, 'brain.Event:2'), new Uint8Array(BEHIND)));
  }

  /** One step's numbers as a record. @param step a whole number from 0 @param wallTime seconds since 1970 */
  scalars(step: number, wallTime: number, scalars: readonly Scalar[], spreads: readonly Spread[] = []): Uint8Array {
    const moulds = scalars.map(([tag]) => this.mouldOf(tag));
    const histograms = message(...spreads.map((spread) => this.histogramOf(spread)));
    const length = moulds.reduce((sum, { bytes }) => sum + bytes.length, histograms.length);
    const at = step === 0 ? new Uint8Array() : varintField(2, step); // 0 is what a reader takes where none is given
    const head = message(new Uint8Array(BEFORE), doubleField(1, wallTime), at, bytesHead(5, length));
    const record = new Uint8Array(head.length + length + BEHIND);
    record.set(head);
    const view = new DataView(record.buffer);
    let place = head.length;
    moulds.forEach(({ bytes, at }, i) => {
      record.set(bytes, place);
      if (this.precision === 'float64') view.setFloat64(place + at, scalars[i][1], true);
      else view.setFloat32(place + at, scalars[i][1], true);
      place += bytes.length;
    });
    record.set(histograms, place);
    return sealed(record);
  }

  /** A tensor of float64 of as many rows as there are buckets; the first value of a tag says besides that it is a histogram. */
  private histogramOf([tag, buckets]: Spread): Uint8Array {
    const extent = (size: number): Uint8Array => bytesField(2, varintField(1, size));
    const content = new Uint8Array(8 * buckets.length);
    const view = new DataView(content.buffer);
    buckets.forEach((number, i) => view.setFloat64(8 * i, number, true));
    const shape = bytesField(2, message(extent(buckets.length / 3), extent(3)));
    const tensor = message(varintField(1, DT_DOUBLE), shape, bytesField(4, content));
    const metadata = this.told.has(tag) ? [] : [bytesField(9, histogramMetadata)];
    this.told.add(tag);
    return bytesField(1, message(bytesField(1, tag), bytesField(8, tensor), ...metadata));
  }

  /** The first value of a tag says besides what kind of number it is. */
  private mouldOf(tag: string): Mould {
    const known = this.moulds.get(tag);
    if (known) return known;
    const value = message(bytesField(1, tag), this.precision === 'float64' ? bytesField(8, oneDouble) : floatField(2, 0));
    const bytes = bytesField(1, value);
    this.moulds.set(tag, { bytes, at: bytes.length - (this.precision === 'float64' ? 8 : 4) });
    const first = bytesField(1, message(value, bytesField(9, scalarMetadata)));
    return { bytes: first, at: first.length - bytesField(9, scalarMetadata).length - (this.precision === 'float64' ? 8 : 4) };
  }
}

/** A record whose length and checksums are filled in. */
function sealed(record: Uint8Array): Uint8Array {
  const view = new DataView(record.buffer);
  const data = record.subarray(BEFORE, record.length - BEHIND);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  view.setUint32(BEFORE + data.length, maskedCrc32c(data), true);
  return record;
}
