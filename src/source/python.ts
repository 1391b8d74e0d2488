/**
 * Reads a Python program without running it: which optimizers it constructs, with which values. Half-typed programs are read as
 * far as they go; nothing here throws on any text.
 */
import { Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { blocks, kept, type Block } from './blocks';
import { Evaluator, type OptionDefault } from './evaluate';
import type { Framework } from './frameworks/definition';
import { frameworks } from './frameworks/index.gen';
import { readBatchSize, readLoss, readTables, TABLE } from './hints';
import { readClass } from './moduleClass';
import { readNames, type Call, type Names } from './names';
import { readChain } from './networks';
import { argumentsOf, readOptimizer } from './optimizers';
import { nothingRead, type NetworkSketch, type OptimizerCall, type Range, type SourceReading } from './reading';

const all: readonly Framework[] = frameworks;

/** Words that make a function or class worth parsing. */
const always = [
  'optim',
  'global ',
  'nonlocal ',
  'add_argument',
  'DataLoader',
  'CrossEntropyLoss',
  'MSELoss',
  'cross_entropy',
  'mse_loss',
  TABLE,
];

/** Words of functions and classes that may hold a network. */
const ofNetworks = ['Sequential', 'Module)'];
/** Such are parsed up to this many characters, which takes some 20 ms: a library of models is no training script. */
const mostOfNetworks = 40_000;

/**
 * @param text the program
 * @param before what runs before it (earlier cells of a notebook); its names count, its calls are not reported
 */
export function readPython(text: string, before = ''): SourceReading {
  const program = before === '' ? text : `${before}\n${text}`;
  if (!all.some(({ module }) => program.includes(module))) return nothingRead;
  const offset = program.length - text.length;
  const names = parse(program);
  const options = new Map<string, OptionDefault>();
  const evaluator = new Evaluator(names, options);
  readOptions(names, evaluator, options);

  const optimizers: OptimizerCall[] = [];
  const batchSizes: number[] = [];
  const losses: string[] = [];
  const tables = new Set<string>();
  const namesTables = program.includes(TABLE);
  for (const call of names.calls) {
    if (namesTables) for (const path of readTables(call, evaluator)) tables.add(path);
    if (call.node.from < offset) continue;
    for (const framework of all) {
      const optimizer = readOptimizer(call, evaluator, framework);
      if (optimizer) optimizers.push(offset === 0 ? optimizer : shifted(optimizer, -offset));
    }
    const batchSize = readBatchSize(call, evaluator);
    if (batchSize !== null) batchSizes.push(batchSize);
    const loss = readLoss(call, evaluator);
    if (loss !== null) losses.push(loss);
  }
  return { optimizers, networks: readNetworks(names, evaluator, offset), batchSizes, losses, tables: [...tables] };
}

/** The networks of a program in order of appearance; one that is a part of another is not told by itself. */
function readNetworks({ calls, classes }: Names, evaluator: Evaluator, offset: number): NetworkSketch[] {
  const here = ({ node }: Call): boolean => node.from >= offset;
  const found = all.flatMap(({ layers: table }) => {
    const program = { evaluator, table, calls };
    return [
      ...classes.filter(here).flatMap((definition) => readClass(definition, program) ?? []),
      ...calls.filter(here).flatMap((call) => readChain(call, program) ?? []),
    ];
  });
  const wholes = found.filter(({ name, obstacle }) => name === null || obstacle === null);
  const within = (part: Range, whole: Range): boolean =>
    whole.from <= part.from && part.to <= whole.to && whole.to - whole.from > part.to - part.from;
  return found
    .filter(({ range }) => !wholes.some((whole) => within(range, whole.range)))
    .sort((a, b) => a.range.from - b.range.from)
    .map((network) => moved(network, -offset));
}

const moved = (network: NetworkSketch, by: number): NetworkSketch => ({
  ...network,
  range: shift(network.range, by),
  obstacle: network.obstacle && { ...network.obstacle, range: shift(network.obstacle.range, by) },
});

/** Parses what matters of a program: module-level code, and the functions and classes that mention something of interest. */
function parse(program: string): Names {
  const divided = blocks(program);
  const mentions = (block: Block, words: readonly string[]): boolean => {
    const source = program.slice(block.from, block.to);
    return words.some((word) => source.includes(word));
  };
  const read = (keep: (block: Block) => boolean): Names => {
    return readNames(parseRanges(program, kept(divided, keep)), program);
  };
  if (!divided.some((block) => block.definition)) return read(() => true);

  // first only module-level lines that may name a framework: which names stand for optimizers?
  const known = read((block) => !block.definition && mentions(block, ['optim', 'torch']));
  const evaluator = new Evaluator(known);
  const words = [...always];
  for (const [name, bindings] of known.module.bindings)
    if (
      bindings.some(({ path, value }) =>
        (path ?? (value ? evaluator.paths(value, known.module, value.from).join(' ') : '')).includes('optim'),
      )
    )
      words.push(name);
  if (known.module.stars.some((star) => star.endsWith('optim')))
    words.push(...all.flatMap(({ constructors }) => Object.keys(constructors)));

  let left = mostOfNetworks;
  const affordable = ({ from, to }: Block): boolean => (left -= to - from) >= 0;
  return read((block) => !block.definition || mentions(block, words) || (mentions(block, ofNetworks) && affordable(block)));
}

/** The syntax tree of some stretches of a program, with places in the whole of it. */
function parseRanges(program: string, ranges: readonly Range[]): Tree {
  if (ranges.length === 0) return Tree.empty;
  const tree = parser.parse(program, [], ranges);
  const { from } = ranges[0]; // the parser counts from the first range
  return from === 0
    ? tree
    : new Tree(
        tree.type,
        tree.children,
        tree.positions.map((position) => position + from),
        tree.length + from,
      );
}

/** `parser.add_argument('--lr', default=1e-3)` suggests what `args.lr` is. */
function readOptions(names: Names, evaluator: Evaluator, options: Map<string, OptionDefault>): void {
  for (const { node, scope } of names.calls) {
    const callee = node.firstChild;
    if (callee?.name !== 'MemberExpression' || !callee.lastChild || evaluator.text(callee.lastChild) !== 'add_argument') continue;
    const { written } = argumentsOf(node);
    const value = written.find(({ keyword }) => keyword && evaluator.text(keyword) === 'default')?.value;
    if (!value) continue;
    for (const { keyword, value: flag } of written) {
      if (keyword || flag.name !== 'String') continue;
      const name = evaluator.text(flag).slice(1, -1);
      let start = 0;
      while (name.charAt(start) === '-') start++;
      options.set(name.slice(start).replaceAll('-', '_'), { value, scope });
    }
  }
}

const shift = (range: Range, by: number): Range => ({ from: range.from + by, to: range.to + by });

const shifted = (call: OptimizerCall, by: number): OptimizerCall => ({
  ...call,
  range: shift(call.range, by),
  callee: shift(call.callee, by),
  arguments: call.arguments.map((argument) => ({
    ...argument,
    nameRange: argument.nameRange && shift(argument.nameRange, by),
    valueRange: shift(argument.valueRange, by),
  })),
});
