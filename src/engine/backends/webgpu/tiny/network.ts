/**
 * The text of a network's values and errors where one workgroup computes them all: statements for each operation, forwards and backwards.
 * Which operations share a place, which activation is computed with which product and how errors add up is what the layout says, as for
 * networks of any size.
 */
import { sizeOf } from '../../../network/builder';
import type { ActivationOperation, AddOperation, DenseOperation, Operation } from '../../../network/operations';
import { stride, type Place, type Site } from '../definition';
import type { ShaderFunction } from '../functions';
import { slopeReadsInput } from '../layout';
import { productText, type Matrix, type Product } from './product';
import { sharedProductText } from './shared';

/** What can be done here. */
type TinyOperation = DenseOperation | ActivationOperation | AddOperation;

export type TinySite = Pick<
  Site,
  'structure' | 'capacity' | 'value' | 'error' | 'wanted' | 'first' | 'fused' | 'slope' | 'parameter' | 'gradient'
>;

/** Whether all operations are such. */
export const isTiny = (operations: readonly Operation[]): boolean =>
  operations.every(({ kind }) => kind === 'dense' || kind === 'activation' || kind === 'add');

export class NetworkText {
  /** Functions that the statements call. */
  readonly functions: ShaderFunction[] = [];

  /**
   * @param at where a value or error begins in `work`
   * @param lanes invocations of the workgroup @param shares whether they are few and read each other's registers
   */
  constructor(
    private readonly site: TinySite,
    private readonly at: (place: Place) => number,
    private readonly lanes: number,
    private readonly shares: boolean,
  ) {
    for (const operation of site.structure.operations)
      if (operation.kind === 'activation') this.functions.push(...(operation.function.wgsl.helpers ?? []));
  }

  /** Statements for each operation in turn; all must be done with one before the next begins. */
  forward(): string[] {
    return this.operations().flatMap((operation, i) => {
      switch (operation.kind) {
        case 'dense':
          return [this.dense(operation, i + 1)];
        case 'activation':
          return this.fusedInto(operation) ? [] : [this.activation(operation, i + 1)];
        case 'add':
          return [this.add(operation, i + 1)];
      }
    });
  }

  /** The same backwards. The gradient replaces what is there. */
  backward(): string[] {
    const all = this.operations().map((operation, i) => [operation, i + 1] as const);
    return all.reverse().flatMap(([operation, to]) => {
      if (!this.site.wanted(to)) return [];
      switch (operation.kind) {
        case 'dense':
          return [this.denseBack(operation, to)];
        case 'activation':
          return this.isCarried(operation, to) ? [] : [this.activationBack(operation, to)];
        case 'add':
          return [this.addBack(operation, to)];
      }
    });
  }

  private product(product: Product): string {
    return this.shares ? sharedProductText(product) : productText(product, this.lanes);
  }

  private operations(): TinyOperation[] {
    return this.site.structure.operations.flatMap((operation) => {
      if (operation.kind === 'dense' || operation.kind === 'activation' || operation.kind === 'add') return [operation];
      throw new Error(`${operation.name} is not done by one workgroup.`);
    });
  }

  private width(v: number): number {
    return stride(sizeOf(this.site.structure.values[v]));
  }

  private matrix(place: Place, v: number): Matrix {
    return { array: 'work', at: this.at(place), rowStep: this.width(v), columnStep: 1 };
  }

  private dense(operation: DenseOperation, to: number): string {
    const { inputs, outputs, from, parameters } = operation;
    const { site } = this;
    const fused = site.fused(operation);
    const results = fused ? this.at(site.value(to + 1)) : this.at(site.value(to));
    const kept = fused && slopeReadsInput(fused.function) ? this.at(site.value(to)) : null;
    const [weight, bias] = parameters.map((p) => site.parameter(p).at);
    return this.product({
      m: { most: site.capacity },
      n: outputs,
      k: inputs,
      a: this.matrix(site.value(from[0]), from[0]),
      b: { array: 'weights', at: weight, rowStep: 1, columnStep: inputs },
      start: (column) => `weights[${bias}u + ${column}]`,
      store: (row, column, sum) =>
        [
          `let place = ${row} * ${this.width(to)}u + ${column};`,
          ...(kept === null ? [] : [`work[${kept}u + place] = ${sum};`]),
          `work[${results}u + place] = ${fused ? fused.function.wgsl.value(sum) : sum};`,
        ].join(' '),
    });
  }

  private denseBack(operation: DenseOperation, to: number): string {
    const { inputs, outputs, from, parameters } = operation;
    const { site } = this;
    const samples = { most: site.capacity };
    const [v] = from;
    const errors = this.matrix(site.error(to), to);
    const turned: Matrix = { ...errors, rowStep: 1, columnStep: errors.rowStep };
    const [weight, bias] = parameters.map((p) => site.gradient(p).at);
    const texts = [
      this.product({
        m: outputs,
        n: inputs,
        k: samples,
        a: turned,
        b: this.matrix(site.value(v), v),
        store: (row, column, sum) => `gradients[${weight}u + ${row} * ${inputs}u + ${column}] = ${sum};`,
      }),
      this.product({
        m: outputs,
        n: 1,
        k: samples,
        a: turned,
        b: null,
        store: (row, _column, sum) => `gradients[${bias}u + ${row}] = ${sum};`,
      }),
    ];
    if (site.wanted(v))
      texts.push(
        this.product({
          m: samples,
          n: inputs,
          k: outputs,
          a: errors,
          b: { array: 'weights', at: site.parameter(parameters[0]).at, rowStep: inputs, columnStep: 1 },
          store: (row, column, sum) => this.takeError(operation, v, `${row} * ${this.width(v)}u + ${column}`, sum),
        }),
      );
    return texts.join('\n');
  }

  /** Statements that replace or add to the error of value v, carried through the activation that made v where this operation does that. */
  private takeError(operation: Operation, v: number, place: string, error: string): string {
    const { site } = this;
    const to = this.at(site.error(v));
    const through = site.slope(operation, v);
    if (through) return `let place = ${place}; ${this.slope(through, v)} work[${to}u + place] = ${error} * slope;`;
    return `work[${to}u + ${place}] ${site.first(operation, v) ? '=' : '+='} ${error};`;
  }

  /** Sets `slope` to f′ at `place` of value v, which the activation made. */
  private slope({ from, function: { wgsl } }: ActivationOperation, v: number): string {
    const text = wgsl.slope('slopeInput', 'slopeResult');
    const load = (name: string, value: number): string =>
      text.includes(name) ? `let ${name} = work[${this.at(this.site.value(value))}u + place];` : '';
    return `${load('slopeInput', from[0])} ${load('slopeResult', v)} let slope = ${text};`;
  }

  private fusedInto({ from: [v] }: ActivationOperation): boolean {
    return v > 0 && this.site.fused(this.site.structure.operations[v - 1]) !== null;
  }

  /** Whether a later operation carries its error through it. */
  private isCarried({ from }: ActivationOperation, to: number): boolean {
    const { operations } = this.site.structure;
    return from.length > 0 && operations.some((reader) => reader.from.includes(to) && this.site.slope(reader, to) !== null);
  }

  /** A statement for each number of a value. */
  private over(v: number, statements: string): string {
    return `for (var place = lane; place < padded * ${this.width(v)}u; place += ${this.lanes}u) { ${statements} }`;
  }

  private activation({ from: [v], function: { wgsl } }: ActivationOperation, to: number): string {
    const [before, after] = [v, to].map((value) => this.at(this.site.value(value)));
    return this.over(to, `let z = work[${before}u + place]; work[${after}u + place] = ${wgsl.value('z')};`);
  }

  private activationBack(operation: ActivationOperation, to: number): string {
    const [v] = operation.from;
    const { site } = this;
    if (!site.wanted(v)) return '';
    const error = this.at(site.error(to));
    const join = site.first(operation, v) ? '=' : '+=';
    return this.over(to, `${this.slope(operation, to)} work[${this.at(site.error(v))}u + place] ${join} work[${error}u + place] * slope;`);
  }

  private add({ from }: AddOperation, to: number): string {
    const terms = from.map((v) => `work[${this.at(this.site.value(v))}u + place]`);
    return this.over(to, `work[${this.at(this.site.value(to))}u + place] = ${terms.join(' + ')};`);
  }

  private addBack(operation: AddOperation, to: number): string {
    const { site } = this;
    const statements = operation.from
      .filter((v) => site.wanted(v))
      .map((v, i, all) => {
        const join = site.first(operation, v) && !all.slice(0, i).includes(v) ? '=' : '+=';
        return `work[${this.at(site.error(v))}u + place] ${join} error;`;
      });
    return this.over(to, `let error = work[${this.at(site.error(to))}u + place]; ${statements.join(' ')}`);
  }
}
