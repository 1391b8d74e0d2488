/**
 * Samples on their way into a network: the rows of a batch are gathered from the data set into a buffer, converted as they go, so
 * that nobody ever holds a second copy of the data; with them what the loss compares the outputs with, and the count of outputs that
 * name the right class.
 */
import type { Floats } from '../backends/backend';
import type { Dataset } from '../problems/dataset';
import { sizeOf } from './builder';
import type { Rows } from './losses';
import type { Structure } from './structure';

export class Samples {
  /** Numbers a row of what the outputs are compared with: 1 for a class, otherwise one an output. */
  readonly wantedColumns: number;

  /** @throws Error where the data do not fit the network or its loss */
  constructor(
    private readonly data: Dataset,
    private readonly network: Structure,
  ) {
    const { loss, outputs } = network;
    const inputs = sizeOf(network.inputs);
    if (data.inputs !== inputs)
      throw new Error(`${data.name} has ${data.inputs} features a sample, but the network takes ${inputs} inputs.`);
    const { y } = data;
    if (loss.against === 'class' && y.kind !== 'classes')
      throw new Error(`The loss ${loss.name} needs classes, but ${data.name} has numbers to predict; use meanSquaredError.`);
    const needed = y.kind === 'targets' ? y.outputs : loss.against === 'class' || outputs > 1 ? y.classes : 1;
    if (outputs !== needed)
      throw new Error(
        `The last layer has ${outputs} outputs, but ${data.name} needs ${needed}, one a ${y.kind === 'targets' ? 'target' : 'class'}.`,
      );
    this.wantedColumns = loss.against === 'class' ? 1 : outputs;
  }

  /**
   * Copies `count` samples, those at `rows[from …]`, as numbers.
   * @param x receives the features; row i begins at i·stride @param wanted receives what the loss compares with, `wantedColumns` a row
   * @throws RangeError where a row is not in the data set
   */
  gather(rows: Uint32Array, from: number, count: number, x: Floats, stride: number, wanted: Float64Array): void {
    const { x: features, scale, inputs, samples } = this.data;
    for (let i = 0; i < count; i++) {
      const row = rows[from + i];
      if (!(row < samples)) throw new RangeError(`Sample ${row} is asked for, but ${this.data.name} has ${samples}, counted from 0.`);
      const source = row * inputs;
      const target = i * stride;
      if (scale === 1) for (let j = 0; j < inputs; j++) x[target + j] = features[source + j];
      else for (let j = 0; j < inputs; j++) x[target + j] = features[source + j] * scale;
      this.want(row, i, wanted);
    }
  }

  private want(row: number, i: number, wanted: Float64Array): void {
    const { y } = this.data;
    const columns = this.wantedColumns;
    if (y.kind === 'targets') for (let j = 0; j < columns; j++) wanted[i * columns + j] = y.values[row * columns + j];
    else if (columns === 1) wanted[i] = y.labels[row];
    else for (let j = 0; j < columns; j++) wanted[i * columns + j] = y.labels[row] === j ? 1 : 0;
  }

  /** Whether outputs name a class: they do where there are classes, except that a single output can tell only two apart. */
  get classifies(): boolean {
    const { y } = this.data;
    return y.kind === 'classes' && (this.network.outputs > 1 || y.classes <= 2);
  }

  /** How many of the samples at `rows[from …]` the outputs put into their class: the largest output, or, of a single one, above the loss's threshold. */
  right(rows: Uint32Array, from: number, { values, count, columns, stride }: Rows): number {
    const { y } = this.data;
    if (y.kind !== 'classes') return 0;
    const { threshold } = this.network.loss;
    let right = 0;
    for (let i = 0; i < count; i++) {
      let best = 0;
      if (columns === 1) best = values[i * stride] > threshold ? 1 : 0;
      else for (let j = 1; j < columns; j++) if (values[i * stride + j] > values[i * stride + best]) best = j;
      if (best === y.labels[rows[from + i]]) right++;
    }
    return right;
  }
}
