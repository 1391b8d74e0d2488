/**
 * The text of one compute shader while it is written: a frame that says how threads are spread over layers and elements, what is
 * loaded before the elements (numbers of the layer, places), and the body. Every line remembers the line of the rule that it came
 * from, so that an error of the GPU's compiler can name it.
 */
import type { Shape } from '../shape';
import type { Span } from '../tree';
import type { Sink } from './expression';
import { extentText, type GpuBuffer, type Layout } from './layout';
import { libraryText } from './library';

/** One compute shader; its entry point is `main`. */
export interface GpuKernel {
  /** What it does, for errors and profiles: `m, v, w`. */
  readonly name: string;
  readonly code: string;
  /** For each line of the code the line of the rule it came from; 0 where there is none. */
  readonly lines: readonly number[];
  /** What stands before the entry point, but for the bindings, each by itself; and the statements in it. It has `group`, `place` and `lane`. */
  readonly declarations: readonly string[];
  readonly body: string;
}

/** What every shader is bound to, group 0. */
export const bindings = [
  { name: 'weights', access: 'read_write', of: 'f32' },
  { name: 'gradients', access: 'read', of: 'f32' },
  { name: 'memory', access: 'read_write', of: 'f32' },
  { name: 'numbers', access: 'read_write', of: 'f32' },
  { name: 'table', access: 'read', of: 'u32' },
] as const;

const header = bindings.map(({ name, access, of }, i) => `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${of}>;`);

const entry = (size: string): string =>
  `@compute @workgroup_size(${size})\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) place: vec3u, @builtin(local_invocation_index) lane: u32) {`;

interface Line {
  readonly text: string;
  readonly from: number;
}

/** What a program knows about its names. */
export interface Names {
  readonly layout: Layout;
  /** Of numbers of the layer: their place among `numbers`. */
  readonly slots: ReadonlyMap<string, number>;
  readonly truths: ReadonlySet<string>;
  /** The buffer that a name's value lies in. */
  bufferOf(name: string): string;
  /** The name behind one that only stands for another. */
  source(name: string): string;
}

export class Writer implements Sink {
  readonly globals: string[] = [];
  /** Between the frame's beginning and the elements. */
  private readonly before: Line[] = [];
  private readonly body: Line[] = [];
  private readonly after: Line[] = [];
  private readonly helpers = new Set<string>();
  private readonly known = new Map<string, string>();
  private count = 0;
  private from = 0;

  constructor(
    readonly names: Names,
    readonly title: string,
  ) {}

  /** Threads of a workgroup. */
  get lanes(): number {
    return this.names.layout.style.lanes;
  }

  /** What follows comes from this line of the rule. */
  at(span: Span | null): void {
    this.from = span?.line ?? 0;
  }

  line(text: string): void {
    this.body.push({ text, from: this.from });
  }

  /** Goes before the loop over elements. */
  lineBefore(text: string): void {
    this.before.push({ text, from: this.from });
  }

  /** Goes after the loop over elements. */
  lineAfter(text: string): void {
    this.after.push({ text, from: this.from });
  }

  use(helper: string): void {
    this.helpers.add(helper);
  }

  /** A new identifier that recalls a name of the rule. */
  fresh(name: string): string {
    return `v${this.count++}_${name
      .replaceAll(/[^A-Za-z0-9]+/g, '_')
      .replace(/^_/, '')
      .slice(0, 24)}`;
  }

  keep(value: string): string {
    const name = this.fresh('kept');
    this.line(`let ${name} = ${value};`);
    return name;
  }

  /** From here on a name stands for this text. */
  define(name: string, text: string): void {
    this.known.set(name, text);
  }

  name(name: string): string {
    const known = this.known.get(name) ?? this.known.get(this.names.source(name));
    if (known !== undefined) return known;
    const text = this.fresh(name);
    this.lineBefore(`let ${text} = ${this.slot(name)}${this.names.truths.has(name) ? ' != 0f' : ''};`);
    this.known.set(name, text);
    return text;
  }

  /** The text of a number's place. */
  slot(name: string, layer = 'layer'): string {
    const slot = this.names.slots.get(name);
    if (slot === undefined) throw new Error(`${this.title}: the shader has no ${name}.`);
    return `numbers[${slot}u * layers + ${layer}]`;
  }

  private buffer(name: string): GpuBuffer {
    const buffer = this.names.layout.buffers.get(name);
    if (buffer === undefined) throw new Error(`${this.title}: there is no buffer ${name}.`);
    return buffer;
  }

  /** The variable that says where the layer's part of a value begins. */
  begin(name: string): string {
    const buffer = this.buffer(this.names.bufferOf(name));
    const key = `place of ${buffer.name}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const offset = this.fresh(`of_${buffer.name}`);
    this.known.set(key, offset);
    this.lineBefore(`let ${offset} = ${this.names.layout.offset(buffer.name)};`);
    return offset;
  }

  /** The text of an element of a value, by its place in the layer's part. */
  element(name: string, index: string): string {
    return `${this.buffer(this.names.bufferOf(name)).place}[${this.begin(name)} + ${index}]`;
  }

  /** The text of an element of a matrix, by row and column. */
  entry(name: string, shape: Shape, row: string, column: string): string {
    return this.element(name, flatIndex(shape, row, column));
  }

  /** A thread an element of a shape, in tiles; `i`, `row` and `column` say which. */
  overElements(shape: Shape): GpuKernel {
    const tiles = this.names.layout.tilesOf(shape);
    const { layout } = this.names;
    return this.finish(
      String(this.lanes),
      `  let tile = group.y * 65535u + group.x;
  if (tile >= ${layout.at(tiles.total, '0u')}) { return; }
  let tileEntry = ${layout.at(tiles.list, '0u')} + 2u * tile;
  let layer = table[tileEntry];
  let first = table[tileEntry + 1u];
  ${extents(layout)}
  let width = ${extentText(shape[1])};
  let last = min(first + ${layout.style.tile}u, ${extentText(shape[0])} * width);`,
      [
        `  for (var i = first + lane; i < last; i += ${this.lanes}u) {`,
        ...(this.mentions('row') ? ['    let row = i / width;'] : []),
        ...(this.mentions('column') ? ['    let column = i % width;'] : []),
      ],
      '  }',
    );
  }

  /** Whether the elements' lines use a variable: a division of whole numbers is dear, and no compiler leaves it out for us. */
  private mentions(variable: string): boolean {
    return this.body.some(({ text }) => new RegExp(`\\b${variable}\\b`).test(text));
  }

  /** A workgroup a layer. @param threads of it */
  overLayers(threads = this.lanes): GpuKernel {
    return this.finish(String(threads), `  let layer = group.x;\n  ${extents(this.names.layout)}`, [], '');
  }

  /** A thread a layer. */
  aThreadALayer(): GpuKernel {
    return this.finish(
      String(this.lanes),
      `  let layer = group.x * ${this.lanes}u + lane;
  if (layer >= layers) { return; }
  ${extents(this.names.layout)}`,
      [],
      '',
    );
  }

  /** A square workgroup for each square of a matrix of `height` by `width`, its own layer in `group.z`. @param edge of the square */
  overSquares(height: string, width: string, edge: number): GpuKernel {
    return this.finish(
      `${edge}, ${edge}`,
      `  let layer = group.z;
  ${extents(this.names.layout)}
  let height = ${height};
  let width = ${width};
  if (group.y * ${edge}u >= height || group.x * ${edge}u >= width) { return; }
  let row = group.y * ${edge}u + place.y;
  let column = group.x * ${edge}u + place.x;`,
      [],
      '',
    );
  }

  /** @param size of the workgroup */
  private finish(size: string, open: string, loop: readonly string[], close: string): GpuKernel {
    const made = (text: string): Line[] => text.split('\n').map((line) => ({ text: line, from: 0 }));
    const declarations = [...libraryText(this.helpers), ...this.globals];
    const statements = [
      ...made('  let layers = table[0];'),
      ...made(open),
      ...this.before.map(({ text, from }) => ({ text: `  ${text}`, from })),
      ...loop.flatMap(made),
      ...this.body.flatMap(({ text, from }) => text.split('\n').map((line) => ({ text: `    ${line}`, from }))),
      ...(close === '' ? [] : made(close)),
      ...this.after.flatMap(({ text, from }) => text.split('\n').map((line) => ({ text: `  ${line}`, from }))),
    ];
    const lines = [...[`// ${this.title}`, ...header, ...declarations, entry(size)].flatMap(made), ...statements, ...made('}')];
    const joined = (some: readonly Line[]): string => some.map(({ text }) => text).join('\n');
    return { name: this.title, code: joined(lines), lines: lines.map(({ from }) => from), declarations, body: joined(statements) };
  }
}

const extents = (layout: Layout): string => `let rows = ${layout.at(0)};\n  let columns = ${layout.at(1)};`;

/** Where an element lies in a matrix, row after row. */
export function flatIndex(shape: Shape, row: string, column: string): string {
  if (shape[1] === 1) return row;
  return shape[0] === 1 ? column : `(${row}) * ${extentText(shape[1])} + ${column}`;
}
