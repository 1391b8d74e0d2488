/** The tables in the page of the rule language: names, functions and operations, as the checker knows them. */
import { constants, elementwise, reductions } from '../language/functions';
import { operations } from '../language/operations';
import { given } from '../language/types';
import { showShape, type Shape } from '../language/shape';
import { code, plain, table } from './markdown';

const named = (name: string, operands: readonly string[]): string => code(`${name}(${operands.join(', ')})`);

/** Heading of a table in the page → the table. */
export function languageTables(): ReadonlyMap<string, string> {
  const givenRows = [...given].map(([name, { kind, shape, doc }]) => [
    code(name),
    kind === 'truth' ? 'true or false' : shape[0] === 1 && shape[1] === 1 ? 'a number' : code(showShape(shape)),
    plain(doc),
  ]);
  const moments = [...operations].filter(([, { name }]) => name);
  return new Map([
    [
      'names',
      table(
        ['Name', 'Shape', 'Meaning'],
        [
          ...givenRows,
          ['`lr`', 'a number', 'the learning rate after the schedule (the hyperparameter that every optimizer declares)'],
          ...moments.map(([name, { shape, doc }]) => [code(name), code(showShape(shape([]) as Shape)), plain(doc)]),
          ...[...constants].map(([name, value]) => [code(name), 'a number', String(value)]),
        ],
      ),
    ],
    [
      'elementwise',
      table(
        ['Function', 'Meaning'],
        [...elementwise].map(([name, { operands, doc }]) => [named(name, ['a', 'b'].slice(0, operands)), plain(doc)]),
      ),
    ],
    [
      'reductions',
      table(
        ['Function', 'Meaning'],
        [...reductions].map(([name, { doc }]) => [
          `${named(name, ['x'])}, ${named(name, ['x', 'all'])}`,
          `${plain(doc)}; with \`all\` over all layers`,
        ]),
      ),
    ],
    [
      'operations',
      table(
        ['Function', 'Meaning'],
        [...operations].filter(([, { name }]) => !name).map(([name, { operands, doc }]) => [named(name, operands), plain(doc)]),
      ),
    ],
  ]);
}

/** The page with its tables put in: what stands between `<!-- table NAME -->` and `<!-- end -->` is replaced. @throws Error for an unknown table */
export function withTables(text: string): string {
  const tables = languageTables();
  return text.replace(/(<!-- table (\w+) -->\n)[^]*?(\n<!-- end -->)/g, (_, begin: string, name: string, end: string) => {
    const made = tables.get(name);
    if (made === undefined) throw new Error(`There is no table ${name}; there are ${[...tables.keys()].join(', ')}.`);
    return `${begin}\n${made}\n${end}`;
  });
}
