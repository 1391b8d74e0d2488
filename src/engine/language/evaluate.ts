/**
 * Evaluates expressions in float64 on all layers at once, as the text says them: the arithmetic that every fast lowering is held
 * against. A value is one number a layer, or a matrix a layer; truths are 0 and 1.
 */
import * as linear from '../linear';
import { elementwise, isReduction, reductions, type Reduction } from './functions';
import { atOnce } from '../eventually';
import type { ModelCalls } from './model';
import { operations } from './operations';
import { operate } from './scalar';
import { extentIn, type MatrixSize } from './shape';
import type { Expression } from './tree';

/** Row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Of one layer. */
export type Value = number | Matrix;
/** Names of one layer. */
export type Environment = Map<string, Value>;

export const matrixOf = (values: Float64Array, rows: number, columns: number): Matrix => ({ rows, columns, values });

/** Applies `f` element by element; what has one row, one column or one number counts for all. */
export function broadcast(f: (a: number, b: number) => number, a: Value, b: Value): Value {
  if (typeof a === 'number') return typeof b === 'number' ? f(a, b) : { ...b, values: b.values.map((each) => f(a, each)) };
  if (typeof b === 'number') return { ...a, values: a.values.map((each) => f(each, b)) };
  const rows = Math.max(a.rows, b.rows);
  const columns = Math.max(a.columns, b.columns);
  const values = new Float64Array(rows * columns);
  const [x, y] = [reader(a), reader(b)];
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[i * columns + j] = f(x(i, j), y(i, j));
  return { rows, columns, values };
}

function reader(value: Value): (i: number, j: number) => number {
  if (typeof value === 'number') return () => value;
  const down = value.rows === 1 ? 0 : value.columns;
  const across = value.columns === 1 ? 0 : 1;
  return (i, j) => value.values[i * down + j * across];
}

/** The value repeated to a size. */
export function repeated(value: Value, rows: number, columns: number): Matrix {
  if (typeof value !== 'number' && value.rows === rows && value.columns === columns) return value;
  const read = reader(value);
  return { rows, columns, values: Float64Array.from({ length: rows * columns }, (_, k) => read(Math.floor(k / columns), k % columns)) };
}

const asMatrix = (value: Value): Matrix => (typeof value === 'number' ? { rows: 1, columns: 1, values: Float64Array.of(value) } : value);

/** The terms of a reduction put together; sums pairwise, so that rounding grows with the logarithm of the size. */
function total(values: Float64Array, { term, by }: Reduction, from = 0, to = values.length): number {
  if (by === 'max') return values.reduce((most, each) => Math.max(most, each), -Infinity);
  if (by === 'min') return values.reduce((least, each) => Math.min(least, each), Infinity);
  if (to - from > 128) {
    const middle = (from + to) >>> 1;
    return total(values, { term, by } as Reduction, from, middle) + total(values, { term, by } as Reduction, middle, to);
  }
  let sum = 0;
  for (let i = from; i < to; i++) sum += term === 'square' ? values[i] * values[i] : values[i];
  return sum;
}

export class Evaluator {
  /** @param sizes the layers as matrices @param calls null where the expression cannot ask the model */
  constructor(
    private readonly sizes: readonly MatrixSize[],
    private readonly calls: ModelCalls | null,
  ) {}

  /** @param environments what every name stands for, one a layer @returns one value a layer */
  evaluate(node: Expression, environments: readonly ReadonlyMap<string, Value>[]): readonly Value[] {
    const parts = (some: readonly Expression[]): (readonly Value[])[] => some.map((part) => this.evaluate(part, environments));
    const each = (compute: (layer: number) => Value): Value[] => environments.map((_, layer) => compute(layer));
    switch (node.kind) {
      case 'number':
      case 'truth':
        return each(() => Number(node.value));
      case 'name':
        if (operations.get(node.name)?.name) return each((layer) => this.moment(node.name, layer));
        return each((layer) => {
          const value = environments[layer].get(node.name);
          if (value === undefined) throw new Error(`\`${node.name}\` has no value at line ${node.at.line}, column ${node.at.column}.`);
          return value;
        });
      case 'unary': {
        const [operand] = parts([node.operand]);
        return each((layer) => broadcast(node.operator === '-' ? (a) => -a : (a) => Number(a === 0), operand[layer], 0));
      }
      case 'binary': {
        const [left, right] = parts([node.left, node.right]);
        return each((layer) => broadcast(operate[node.operator], left[layer], right[layer]));
      }
      case 'choice':
        return this.choice(node, environments);
      case 'call':
        if (isReduction(node)) return this.reduction(node, parts(node.operands)[0]);
        return this.call(node, node.name === 'identity' ? [] : parts(node.operands));
      case 'text':
        throw new Error('A text has no number; the checker lets none through.');
    }
  }

  /** Only the sides that some layer takes are computed. */
  private choice(node: Expression & { kind: 'choice' }, environments: readonly ReadonlyMap<string, Value>[]): readonly Value[] {
    const condition = this.evaluate(node.condition, environments);
    const decided = condition.map((value) => (typeof value === 'number' ? value !== 0 : null));
    if (decided.every((value) => value === true)) return this.evaluate(node.then, environments);
    if (decided.every((value) => value === false)) return this.evaluate(node.otherwise, environments);
    const then = this.evaluate(node.then, environments);
    const otherwise = this.evaluate(node.otherwise, environments);
    return condition.map((holds, layer) => {
      if (typeof holds === 'number') return holds !== 0 ? then[layer] : otherwise[layer];
      const shaped = broadcast(
        (a) => a,
        broadcast((a) => a, holds, then[layer]),
        otherwise[layer],
      ) as Matrix;
      const { rows, columns } = shaped;
      const [a, b] = [repeated(then[layer], rows, columns), repeated(otherwise[layer], rows, columns)];
      return { rows, columns, values: shaped.values.map((is, i) => (is !== 0 ? a.values[i] : b.values[i])) };
    });
  }

  private reduction({ name, all }: Expression & { kind: 'call' }, operand: readonly Value[]): Value[] {
    const reduction = reductions.get(name);
    if (reduction === undefined) throw new Error(`There is no reduction ${name}.`);
    const values = operand.map((value) => asMatrix(value).values);
    const totals = values.map((each) => total(each, reduction));
    if (!all) return totals.map((each, layer) => reduction.finish(each, values[layer].length));
    const together = total(Float64Array.from(totals), { ...reduction, term: 'element' });
    const count = values.reduce((sum, each) => sum + each.length, 0);
    return operand.map(() => reduction.finish(together, count));
  }

  private call(node: Expression & { kind: 'call' }, operands: readonly (readonly Value[])[]): readonly Value[] {
    const { name, shape } = node;
    const known = elementwise.get(name);
    if (known !== undefined)
      return this.sizes.map((_, layer) => broadcast(known.value, operands[0][layer], operands.length > 1 ? operands[1][layer] : 0));
    if (shape !== undefined)
      return this.sizes.map((size, layer) => repeated(operands[0][layer], extentIn(shape[0], size), extentIn(shape[1], size)));
    const whole = this.wholeModel(node, operands);
    if (whole !== null) return whole;
    if (name === 'normal' || name === 'rademacher') return this.draws(name, node.site ?? 0);
    if (name === 'identity') {
      const extent = node.operands[0].kind === 'name' && node.operands[0].name === 'rows' ? 'rows' : 'columns';
      return this.sizes.map((size) => identity(size[extent]));
    }
    return this.sizes.map((_, layer) =>
      matrixOperation(
        name,
        operands.map((operand) => operand[layer]),
      ),
    );
  }

  /** What runs on all layers at once; null where the function is no such. */
  private wholeModel(node: Expression & { kind: 'call' }, operands: readonly (readonly Value[])[]): readonly Value[] | null {
    const { calls } = this;
    if (calls === null || operations.get(node.name)?.need === undefined || operands.length === 0) return null;
    const input = operands[0].map((value) => asMatrix(value).values);
    if (node.name === 'loss') {
      const loss = atOnce(calls.loss(input));
      return input.map(() => loss);
    }
    const out = input.map((values) => new Float64Array(values.length));
    const damping = (): number => asMatrix(operands[1][0]).values[0];
    if (node.name === 'gradient') atOnce(calls.gradient(input, out));
    else if (node.name === 'hessian' || node.name === 'gaussNewton') atOnce(calls.product(node.name, input, out));
    else if (node.name === 'gaussNewtonSolve') atOnce(calls.gaussNewtonSolve(input, damping(), out));
    else atOnce(calls.hessianSolve(input, damping(), node.name === 'hessianAbsSolve', out));
    return out.map((values, layer) => matrixOf(values, this.sizes[layer].rows, this.sizes[layer].columns));
  }

  private draws(distribution: 'normal' | 'rademacher', site: number): Value[] {
    return this.sizes.map(({ rows, columns }, layer) => {
      const values = new Float64Array(rows * columns);
      this.calls?.draw(distribution, site, layer, values);
      return matrixOf(values, rows, columns);
    });
  }

  private moment(name: string, layer: number): Value {
    if (this.calls === null) throw new Error(`\`${name}\` is not known here.`);
    const moments = atOnce(this.calls.moments())[layer];
    const { rows, columns } = this.sizes[layer];
    return name === 'inputMoment' ? matrixOf(moments.input, columns, columns) : matrixOf(moments.error, rows, rows);
  }
}

const identity = (n: number): Matrix =>
  matrixOf(
    Float64Array.from({ length: n * n }, (_, k) => Number(k % (n + 1) === 0)),
    n,
    n,
  );

/** A function of one layer's matrices. */
function matrixOperation(name: string, operands: readonly Value[]): Value {
  const numbers = operands.map((value) => (typeof value === 'number' ? value : value.values[0]));
  const [a, b] = operands.map(asMatrix);
  const { rows, columns, values } = a;
  switch (name) {
    case 'rowSum':
    case 'rowMean':
    case 'rowMax':
      return matrixOf(
        Float64Array.from({ length: rows }, (_, i) => line(name, values.subarray(i * columns, (i + 1) * columns))),
        rows,
        1,
      );
    case 'columnSum':
    case 'columnMean':
    case 'columnMax': {
      const column = (j: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => values[i * columns + j]);
      return matrixOf(
        Float64Array.from({ length: columns }, (_, j) => line(name, column(j))),
        1,
        columns,
      );
    }
    case 'transpose':
      return matrixOf(linear.transpose(values, rows, columns), columns, rows);
    case 'matmul':
      return matrixOf(linear.matmul(values, b.values, rows, columns, b.columns), rows, b.columns);
    case 'outer':
      return matrixOf(linear.matmul(values, b.values, rows, 1, b.rows), rows, b.rows);
    case 'trace':
      return values.reduce((sum, each, k) => (k % (rows + 1) === 0 ? sum + each : sum), 0);
    case 'inverse':
      return matrixOf(linear.inverse(values, rows), rows, rows);
    case 'solve':
      return matrixOf(linear.solve(values, b.values, rows, b.columns), rows, b.columns);
    case 'inverseRoot':
      return matrixOf(linear.inverseRoot(values, rows, numbers[1]), rows, rows);
    case 'eigenvectors':
      return matrixOf(linear.eigenvectors(values, rows), rows, rows);
    case 'newtonSchulz':
      return matrixOf(linear.newtonSchulz(values, rows, columns, numbers[1], numbers[2], numbers[3], numbers[4]), rows, columns);
    default:
      throw new Error(`There is no function ${name}.`);
  }
}

/** One row or column to one number. */
function line(name: string, values: Float64Array): number {
  if (name.endsWith('Max')) return values.reduce((most, each) => Math.max(most, each), -Infinity);
  const sum = total(values, reductions.get('sum') as Reduction);
  return name.endsWith('Mean') ? sum / values.length : sum;
}
