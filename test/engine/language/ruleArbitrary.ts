/**
 * Random rules of the whole language that stay in smooth, well-conditioned places: every value lies between −1 and 1, matrices to invert
 * are near the identity, tests of elements are far from their thresholds. So float32 and float64 can be compared.
 */
import fc from 'fast-check';

/** Shapes, by what a declaration writes. */
const shapes = [
  'rows, columns',
  'columns, rows',
  'rows, 1',
  '1, rows',
  '1, columns',
  'columns, 1',
  'rows, rows',
  'columns, columns',
] as const;
type ShapeName = (typeof shapes)[number] | '1, 1';

/** Shapes that are repeated to the weights'. */
const fitting: ReadonlySet<ShapeName> = new Set<ShapeName>(['rows, columns', 'rows, 1', '1, columns', '1, 1']);

const extentsOf = (shape: ShapeName): readonly string[] => shape.split(', ');
const turned = (shape: ShapeName): ShapeName => [...extentsOf(shape)].reverse().join(', ') as ShapeName;

/** Choices of one rule; everything random comes from `pick`. */
class RuleWriter {
  private readonly names = new Map<ShapeName, string[]>([
    ['rows, columns', ['w', 'g']],
    ['1, 1', ['t/8', 'loss/1000', 'rows/200', 'columns/200', '0.5', 'lr']],
  ]);
  private readonly declarations: string[] = [];
  private readonly lines: string[] = [];
  private readonly states: { readonly name: string; readonly shape: ShapeName }[] = [];
  /** What must be used in the end. */
  private readonly mine: { readonly name: string; readonly shape: ShapeName }[] = [];
  private calls = 0;

  constructor(private readonly pick: <T>(...options: readonly T[]) => T) {}

  write(): string {
    const count = this.pick(0, 1, 2, 3);
    for (let i = 0; i < count; i++) this.declare(`s${i}`, this.pick<ShapeName>(...shapes, '1, 1'));
    const lines = this.pick(1, 2, 3, 4, 5);
    for (let i = 0; i < lines; i++) this.line(i);
    for (const { name, shape } of this.states) this.assign(name, this.value(shape, 2));
    if (this.states.length > 1 && this.pick(true, false)) this.swap();
    const rate = this.pick<ShapeName>('1, 1', '1, 1', 'rows, columns', 'rows, 1');
    this.lines.push(`rate = lr*(2 + ${this.value(rate, 1)})`);
    const all = this.mine.map(({ name, shape }) => (fitting.has(shape) ? name : `mean(${name})`));
    this.lines.push(`w = w - 0.5*tanh(${[this.value('rows, columns', 2), ...all].join(' + ')}) - 0.1*rate*g`);
    return `optimizer demo\nparameter lr = 0.1\n${this.declarations.join('\n')}\n${this.lines.join('\n')}`;
  }

  private declare(name: string, shape: ShapeName): void {
    const start =
      shape === 'rows, columns'
        ? this.pick(' = w/2', ' = 0.25', '')
        : shape === 'rows, rows'
          ? ' = identity(rows)/2'
          : this.pick('', ' = 0.25');
    this.declarations.push(`state ${name}[${shape}]${start}`);
    this.states.push({ name, shape });
    this.mine.push({ name, shape });
    this.names.set(shape, [...(this.names.get(shape) ?? []), name, name]);
  }

  private line(i: number): void {
    const shape = this.pick<ShapeName>('rows, columns', 'rows, columns', ...shapes, '1, 1');
    const name = `x${i}`;
    this.mine.push({ name, shape });
    this.assign(name, this.value(shape, 3));
    this.names.set(shape, [...(this.names.get(shape) ?? []), name]);
  }

  private assign(name: string, value: string): void {
    this.lines.push(`${name} = ${value}`);
  }

  /** Two states of one shape change places, if there are two. */
  private swap(): void {
    for (const shape of shapes) {
      const [a, b] = this.states.filter((state) => state.shape === shape);
      if (b === undefined) continue;
      this.lines.push(`kept = ${a.name}`, `${a.name} = ${b.name}`, `${b.name} = 0.9*kept`);
      return;
    }
  }

  /** An expression of this shape with values between −1 and 1. */
  private value(shape: ShapeName, depth: number): string {
    const known = this.names.get(shape) ?? [];
    if (depth === 0) return known.length > 0 ? `tanh(${this.pick(...known)})` : this.atom(shape);
    const smaller = (): string => this.value(shape, depth - 1);
    const options: (() => string)[] = [
      () => `tanh(${this.elementwise(shape, depth)})`,
      () => `tanh(${this.elementwise(shape, depth)})`,
      () => this.choice(smaller(), smaller()),
      () => this.special(shape, depth),
      () => this.special(shape, depth),
    ];
    return this.pick(...options)();
  }

  private elementwise(shape: ShapeName, depth: number): string {
    const a = this.value(shape, depth - 1);
    const b = this.value(this.pick(shape, ...this.spread(shape)), depth - 1);
    return this.pick(
      () => `${a} + ${b}`,
      () => `${a} - 0.5*${b}`,
      () => `${a}*${b}`,
      () => `${a}/(2 + ${b})`,
      () => `sqrt(1 + ${a}^2) - cos(${b})`,
      () => `max(${a}, 3*${b} + 4) + min(${a}, 9)`,
      () => `sigmoid(${a}) - exp(${b} - 1)`,
      () => `if ${a} > 2 then 7*${b} else -${a}`,
    )();
  }

  /** Shapes that are repeated to this one. */
  private spread(shape: ShapeName): ShapeName[] {
    const [a, b] = extentsOf(shape);
    return ([`${a}, 1`, `1, ${b}`, '1, 1'] as ShapeName[]).filter((each) => each !== shape);
  }

  private choice(then: string, otherwise: string): string {
    return `(if ${this.pick('matrix', 'not matrix', 't > 2', 'rows > 3', 'mod(t, 2) == 1 and rows >= columns')} then ${then} else ${otherwise})`;
  }

  /** A value of this shape from nothing. */
  private atom(shape: ShapeName): string {
    const [a, b] = extentsOf(shape);
    if (shape === '1, 1') return '0.25';
    if (shape === 'rows, columns') return this.pick('tanh(w)', 'tanh(g)');
    if (a === b) return `identity(${a})`;
    if (shape === 'columns, rows') return 'tanh(transpose(g))';
    if (a !== '1' && b === '1') return a === 'rows' ? 'tanh(rowMean(w))' : 'transpose(tanh(columnMean(w)))';
    return b === 'columns' ? 'tanh(columnSum(g))' : 'transpose(tanh(rowSum(g)))';
  }

  private special(shape: ShapeName, depth: number): string {
    if (shape === '1, 1') return this.number(depth);
    const [a, b] = extentsOf(shape);
    const value = (a_: string, b_: string): string => this.value(`${a_}, ${b_}` as ShapeName, depth - 1);
    const inner = this.pick('rows', 'columns');
    const options = [
      () => `tanh((${value(a, inner)} @ ${value(inner, b)})/8)`,
      () => (b === '1' ? `tanh(${value(a, '1')} @ ${this.value('1, 1', depth - 1)})` : this.atom(shape)),
      () => `transpose(${this.value(turned(shape), depth - 1)})`,
      () => this.atom(shape),
    ];
    if (b === '1' && a !== '1')
      options.push(
        () => `${this.pick('rowMean', 'rowMax')}(${value(a, inner)})`,
        () => `tanh(rowSum(${value(a, inner)})/8)`,
      );
    if (a === '1' && b !== '1')
      options.push(
        () => `${this.pick('columnMean', 'columnMax')}(${value(inner, b)})`,
        () => `tanh(columnSum(${value(inner, b)})/8)`,
      );
    if (a !== '1' && b !== '1') {
      options.push(() => `outer(${value(a, '1')}, ${value(b, '1')})`);
      options.push(() => `tanh(newtonSchulz(${value(a, b)}/(9 + ${a}*${b}), 1.5, -0.5, 0.1, ${this.pick(1, 2, 3)}))`);
      options.push(() => `tanh(solve(${this.positive(a, depth)}, ${value(a, b)}))`);
    }
    if (a === b)
      options.push(
        () => `inverse(${this.positive(a, depth)})`,
        () => `inverseRoot(${this.positive(a, depth)}, ${this.pick(2, 4)})`,
      );
    if (shape === 'rows, rows') options.push(() => 'tanh(errorMoment)');
    if (shape === 'columns, columns') options.push(() => 'tanh(inputMoment)');
    if (shape === 'rows, columns')
      options.push(
        () => this.ofModel(depth),
        () => `tanh(${this.pick('normal()', 'rademacher()')})`,
      );
    return this.pick(...options)();
  }

  private number(depth: number): string {
    const of = this.pick<ShapeName>(...shapes);
    const value = this.value(of, depth - 1);
    const all = this.pick('', ', all');
    const [a] = extentsOf(of);
    return this.pick(
      () => `mean(${value}${all})`,
      () => `rowMean(columnMean(${value}))`,
      () => `tanh((${this.value('1, columns', depth - 1)} @ ${this.value('columns, 1', depth - 1)})/8)`,
      () => `rms(${value}${all})`,
      () => `${this.pick('max', 'min')}(${value}${all === '' ? '' : ', all'})`,
      () => `tanh(sum(${value}${all})/100)`,
      () => `tanh(norm(${value}${all})/10)`,
      () => (a === '1' ? '0.5' : `tanh(trace(${this.value(`${a}, ${a}` as ShapeName, depth - 1)})/8)`),
      () => (++this.calls > 3 ? '0.1' : `tanh(loss(${this.value('rows, columns', depth - 1)})/100)`),
    )();
  }

  private ofModel(depth: number): string {
    const v = this.value('rows, columns', depth - 1);
    if (++this.calls > 3) return v;
    const [name, damping] = this.pick(
      ['gradient', ''],
      ['hessian', ''],
      ['gaussNewton', ''],
      ['hessianSolve', ', 3'],
      ['hessianAbsSolve', ', 3'],
      ['gaussNewtonSolve', ', 3'],
    );
    return `tanh(${name}(${v}${damping}))`;
  }

  /** A symmetric positive definite matrix. */
  private positive(extent: string, depth: number): string {
    const other = this.pick('rows', 'columns');
    const shape = `${extent}, ${other}` as ShapeName;
    const value = this.value(shape, Math.max(0, depth - 1));
    const name = `p${this.lines.length}`;
    this.assign(name, value);
    this.mine.push({ name, shape });
    return `(2*identity(${extent}) + ${name} @ transpose(${name})/${other})`;
  }
}

const index = (count: number): fc.Arbitrary<number> => fc.nat(count - 1);

/** Texts of rules. */
export const anyRule: fc.Arbitrary<string> = fc
  .gen()
  .map((gen) => new RuleWriter((...options) => options[gen(index, options.length)]).write());
