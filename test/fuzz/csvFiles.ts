/** CSV files for the fuzz: small tables of all kinds, most of them then damaged, and what a hostile hand would write. */
import type { Random } from '../../src/engine/random';
import type { CsvSource } from '../../src/engine/run/specification';
import { damage, pick } from './damage';

/** Cells that somebody may try. */
const hostile = [
  ...['1e999', '-1e999', '1e-999', '1e39', '0x10', '1_000', ' 5 ', '1,5', '"1,5"', '1.5.2', '--1', '1e', '.', '-', '+', '1e+', '٣', '１'],
  ...[
    '',
    'NA',
    'NaN',
    'n/a',
    '?',
    'null',
    'Infinity',
    '-inf',
    'true',
    'False',
    '"',
    '""',
    '"""',
    '"a""b"',
    '" "',
    '"x"y',
    'x"y',
    '"a\nb"',
    '"\r\n"',
  ],
  ...[
    '\0',
    'a\0b',
    '\uFEFF',
    '日本',
    '😀',
    '\t',
    ' ',
    '12345678901234567890',
    '0.1234567890123456789',
    '0'.repeat(60),
    `1${'0'.repeat(400)}`,
  ],
  ...['=1+1', '1;2', '1\t2', '1|2', '\r', '\n', '-0', '00', '1E5', '1e+2', '9007199254740993', '255', '256', '__proto__', 'constructor'],
];

export interface CsvFile {
  readonly bytes: Uint8Array;
  readonly csv: Omit<CsvSource['csv'], 'file'>;
}

export function randomCsv(random: Random): CsvFile {
  const kinds = ['number', 'byte', 'category', 'truth', 'code'] as const;
  const columns = Array.from({ length: 1 + random.integer(5) }, (_, i) => ({
    name: pick(random, ['a', 'b', 'c d', 'größe', 'x,y', '7']) + i,
    kind: pick(random, kinds),
  }));
  const regression = random.integer(4) === 0;
  const mayBeMissing = random.integer(3) === 0;
  const cell = (kind: (typeof kinds)[number]): string => {
    if (mayBeMissing && random.integer(8) === 0) return pick(random, ['', 'NA', '?']);
    switch (kind) {
      case 'number':
        return number(random);
      case 'byte':
        return String(random.integer(256));
      case 'category':
        return pick(random, ['red', 'green', 'dark blue', 'a,b', 'ein "Wort"', 'größer']);
      case 'truth':
        return pick(random, ['true', 'false', 'TRUE']);
      default:
        return pick(random, ['1', '2', '10']);
    }
  };
  const learnt = (): string => (regression ? number(random) : pick(random, ['k', 'l', 'm', '1']));
  const delimiter = pick(random, [',', ',', ';', '\t', '|']);
  const newline = pick(random, ['\n', '\n', '\r\n', '\r']);
  const at = random.integer(columns.length + 1);
  const insert = (cells: string[], one: string): string[] => [...cells.slice(0, at), one, ...cells.slice(at)];
  const rows = [
    ...(random.integer(10) === 0
      ? []
      : [
          insert(
            columns.map(({ name }) => name),
            'learnt',
          ),
        ]),
    ...Array.from({ length: random.integer(12) }, () => insert(columns.map(({ kind }) => cell(kind)), learnt())), // prettier-ignore
  ];
  const written = rows.map((cells) =>
    cells
      .map((content) => {
        if (random.integer(150) === 0) return pick(random, hostile);
        const quoted = content.includes(delimiter) || /["\r\n]/.test(content) || random.integer(12) === 0;
        return quoted ? `"${content.replaceAll('"', '""')}"` : content;
      })
      .join(delimiter),
  );
  const text = (random.integer(20) === 0 ? '\uFEFF' : '') + written.join(newline) + (random.integer(3) === 0 ? '' : newline);
  const padded = random.integer(2) === 0 ? text : text + newline.repeat(60); // so that every way of reading a number is taken
  const bytes = new TextEncoder().encode(random.integer(300) === 0 ? extreme(random) : padded);
  const named = (share: number): string[] => columns.filter(() => random.integer(share) === 0).map(({ name }) => name);
  const ignore = named(8);
  return {
    bytes: random.integer(5) < 2 ? bytes : damage(random, bytes, 3),
    csv: {
      ...(regression ? { targets: ['learnt'] } : { label: 'learnt' }),
      ...(random.integer(4) === 0 && { ignore }),
      ...(random.integer(4) === 0 && { categories: named(4).filter((name) => !ignore.includes(name)) }),
      ...(random.integer(2) === 0 && { missing: pick(random, ['refuse', 'drop', 'mean'] as const) }),
      ...(random.integer(12) === 0 && { header: random.integer(2) === 0 }),
    },
  };
}

function number(random: Random): string {
  const value = (random.uniform() - 0.5) * 10 ** (random.integer(12) - 4);
  return pick(random, [
    String,
    (x: number) => x.toFixed(2),
    (x: number) => x.toExponential(4),
    (x: number) => x.toPrecision(17),
    (x: number) => String(Math.fround(x)),
  ])(value);
}

/** Files that are large in one way. */
function extreme(random: Random): string {
  return pick(random, [
    () => `learnt,${'a,'.repeat(random.integer(100_000))}b\n1,2\n`,
    () => `${Array.from({ length: 3000 }, (_, i) => `c${i}`).join(',')},learnt\n${'1,'.repeat(3000)}k\n`,
    () => `a,learnt\n${'x'.repeat(random.integer(300_000))},k\n`,
    () => `a,learnt\n"${'x\n'.repeat(random.integer(100_000))}`,
    () => `a,learnt\n${'\n'.repeat(random.integer(300_000))}1,k\n`,
    () => `a,learnt\n${'"",'.repeat(random.integer(50_000))}`,
    () => `a,learnt\n1${'0'.repeat(random.integer(3000))},k\n`,
    () => `a,learnt\n${Array.from({ length: random.integer(600) }, (_, i) => `n${i},k`).join('\n')}\n`,
    () => `a,learnt\n${Array.from({ length: random.integer(2000) }, (_, i) => `1,n${i}`).join('\n')}\n`,
    () => '"'.repeat(random.integer(50_000)),
    () => ' '.repeat(random.integer(100_000)),
    () => ',;\t|'.repeat(random.integer(10_000)),
  ])();
}
