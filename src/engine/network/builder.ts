/**
 * A network under construction: layers say what they add, and it keeps count of values, parameter tensors, buffers and names. Nothing of
 * the network's size is allocated here, and whatever does not fit is told before anything would be.
 */
import type { Layer } from '../backends/backend';
import { showBytes, showCount } from '../problems/files';
import { mostParameters } from '../run/limits';
import { suggestion } from '../suggest';
import { activations } from './activations';
import { layerOf } from './layers';
import type { LayerSpecification } from './layers/definition';
import type { Operation, ValueShape, Window } from './operations';

/** What is wrong with a layer of a network. */
export class LayerFault extends Error {
  override readonly name = 'LayerFault';
  constructor(
    /** Which layer, and which of its fields: `layers[2].kernel`. */
    readonly path: string,
    /** Whether it does not fit what comes in, or is too large. */
    readonly about: 'form' | 'size',
    message: string,
  ) {
    super(message);
  }
}

/** How the parameters of one operation start. */
export interface Start {
  /** The operation's name. */
  readonly name: string;
  /** Extents of the weight tensor, the units first. */
  readonly shape: readonly number[];
  readonly fanIn: number;
  readonly fanOut: number;
  /** Name of an initialiser, or the number that every weight is. */
  readonly init: string | number;
  /** What every bias is. */
  readonly bias: number;
}

/** Numbers that a model keeps beside its weights. */
export interface Buffer {
  /** `batchNorm1.runningMean` */
  readonly name: string;
  readonly length: number;
  /** What each number starts as. */
  readonly start: number;
}

/** How many numbers a value of this shape has. */
export const sizeOf = (shape: ValueShape): number => shape.reduce((product, extent) => product * extent, 1);

/** A shape as a person reads it: `1 × 28 × 28`, `784`. */
export const showShape = (shape: ValueShape): string => shape.map(showCount).join(' × ');

/** An operation without what the builder gives it. */
type Raw<One extends Operation = Operation> = One extends Operation ? Omit<One, 'name' | 'from' | 'parameters'> : never;

/**
 * What a layer hands to the next is a signal: one of the network's values, seen in a form. Signal 0 is the sample. Flattening makes another
 * signal of the same value.
 */
interface Signal {
  readonly value: number;
  readonly shape: ValueShape;
}

export class NetworkBuilder {
  readonly operations: Operation[] = [];
  readonly values: ValueShape[];
  readonly layers: Layer[] = [];
  readonly starts: Start[] = [];
  readonly buffers: Buffer[] = [];
  parameters = 0;
  private readonly signals: Signal[];
  private readonly counts = new Map<string, number>();
  private path = '';

  /** @param inputs extents of one sample */
  constructor(inputs: ValueShape) {
    this.values = [inputs];
    this.signals = [{ value: 0, shape: inputs }];
  }

  /** Adds layers one after another. @param key where they stand in the specification @returns the signal that goes out */
  chain(layers: readonly LayerSpecification[], from: number, key = 'layers'): number {
    const above = this.path;
    let signal = from;
    layers.forEach((layer, i) => {
      this.path = `${above && `${above}.`}${key}[${i}]`;
      signal = layerOf(layer).build(this, layer, signal);
    });
    this.path = above;
    return signal;
  }

  shape(signal: number): ValueShape {
    return this.signals[signal].shape;
  }

  /** Channels, height and width of a signal. @throws LayerFault where it has no such form */
  form(signal: number, key: string): readonly [channels: number, height: number, width: number] {
    const shape = this.shape(signal);
    if (shape.length === 3) return [shape[0], shape[1], shape[2]];
    const { value } = this.signals[signal];
    const why =
      value === 0 ? 'give `inputs` as [channels, height, width]' : 'after a dense layer or `flatten` there are no places any more';
    throw this.fault(key, 'form', `it needs channels × height × width, but ${showShape(shape)} numbers come in; ${why}.`);
  }

  /** Adds an operation. @param from the signals that it reads @returns the signal that it makes */
  add(
    operation: Raw,
    from: readonly number[],
    shape: ValueShape,
    parameters: readonly number[] = [],
    name = this.number(operation.kind),
  ): number {
    this.operations.push({ ...operation, name, from: from.map((signal) => this.signals[signal].value), parameters });
    this.values.push(shape);
    return this.signal(this.values.length - 1, shape);
  }

  /** The same numbers in another form. */
  reshape(from: number, shape: ValueShape): number {
    return this.signal(this.signals[from].value, shape);
  }

  /** Adds an activation, which for `identity` is nothing. */
  activate(name: string, from: number): number {
    const found = activations.find((activation) => activation.name === name);
    if (!found) {
      const names = activations.map((activation) => activation.name);
      throw new Error(`There is no activation called ${name}; there are ${names.join(', ')}.${suggestion(name, names)}`);
    }
    return name === 'identity' ? from : this.add({ kind: 'activation', function: found }, [from], this.shape(from));
  }

  /**
   * Adds the weight and the bias of an operation, one bias a unit.
   * @param key the field to blame where they are too many @returns their positions
   */
  weigh(start: Start, key: string): readonly [number, number] {
    const { name, shape } = start;
    const [units, ...rest] = shape;
    const inputs = sizeOf(rest);
    this.parameters += units * (inputs + 1);
    if (this.parameters > mostParameters)
      throw this.fault(
        key,
        'size',
        `${showCount(inputs)} × ${showCount(units)} units bring the network to ${showCount(this.parameters)} weights ` +
          `(${showBytes(4 * this.parameters)} in float32); at most ${showCount(mostParameters)} are allowed. Make the layer smaller.`,
      );
    this.starts.push(start);
    this.layers.push(
      { name: `${name}.weight`, shape, parameters: units * inputs },
      { name: `${name}.bias`, shape: [units], parameters: units },
    );
    return [this.layers.length - 2, this.layers.length - 1];
  }

  /** Adds numbers that are kept beside the weights. @returns their position */
  keep(buffer: Buffer): number {
    this.buffers.push(buffer);
    return this.buffers.length - 1;
  }

  /** The next name of a kind: `dense1`, `dense2`, … */
  number(kind: string): string {
    const next = this.index(kind);
    this.counts.set(kind, next);
    return `${kind}${next}`;
  }

  /** The number that the next of a kind will have, from 1. */
  index(kind: string): number {
    return (this.counts.get(kind) ?? 0) + 1;
  }

  /** A window over a signal. @param keys the fields to blame @throws LayerFault where it does not fit */
  window(
    from: number,
    [kernelHeight, kernelWidth]: readonly [number, number],
    stride: number,
    padding: number,
    keys: { readonly window: string; readonly form: string },
  ): Window {
    const [channels, height, width] = this.form(from, keys.form);
    const out = (extent: number, kernel: number): number => Math.floor((extent + 2 * padding - kernel) / stride) + 1;
    if (kernelHeight > height + 2 * padding || kernelWidth > width + 2 * padding) {
      const padded = padding > 0 ? `, ${showShape([height + 2 * padding, width + 2 * padding])} with the padding` : '';
      throw this.fault(
        keys.window,
        'form',
        `a window of ${showShape([kernelHeight, kernelWidth])} does not fit into ${showShape([height, width])}${padded}; make it smaller, pad more, or pool less before it.`,
      );
    }
    const [outHeight, outWidth] = [out(height, kernelHeight), out(width, kernelWidth)];
    return { channels, height, width, kernelHeight, kernelWidth, stride, padding, outHeight, outWidth };
  }

  private signal(value: number, shape: ValueShape): number {
    this.signals.push({ value, shape });
    return this.signals.length - 1;
  }

  /** A fault of the layer being added. @param key the field to blame */
  fault(key: string, about: LayerFault['about'], message: string): LayerFault {
    return new LayerFault(this.path === '' ? key : `${this.path}.${key}`, about, message);
  }
}
