/** CSV: numbers and names come back as they stand in the file, columns are typed by what they hold, and a fault is told by its line and column. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import Papa from 'papaparse';
import { parseCsv } from '../../../src/engine/problems/csv/parse';
import { endOfRows, Pieces } from '../../../src/engine/problems/csv/pieces';
import { Rows } from '../../../src/engine/problems/csv/rows';
import { FileError } from '../../../src/engine/problems/files';
import { fillMissing } from '../../../src/engine/problems/fillMissing';
import { standardise } from '../../../src/engine/problems/standardise';
import { SpecificationError, type CsvSource } from '../../../src/engine/run/specification';

type Options = Partial<CsvSource['csv']>;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string | Uint8Array, csv: CsvSource['csv']) => parseCsv(typeof text === 'string' ? bytesOf(text) : text, csv);
const label = (text: string | Uint8Array, column = 'species', options: Options = {}) =>
  parse(text, { file: 'data/iris.csv', label: column, ...options });
const targets = (text: string, ...columns: string[]) => parse(text, { file: 'data/house.csv', targets: columns });
const refused = (text: string | Uint8Array, message: RegExp, column = 'species', options: Options = {}): void =>
  assert.throws(
    () => label(text, column, options),
    (error) => (error instanceof FileError || error instanceof SpecificationError) && message.test(error.message),
    String(message),
  );
const iris = 'length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n4.9,3.0,setosa\n';
const all = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

describe('CSV', () => {
  it('numbers the classes by the sorted order of their names, not by their order in the file', () => {
    const data = label('x,species\n1,b\n2,c\n3,a\n4,b\n');
    assert(data.y.kind === 'classes');
    assert.deepEqual(data.y.names, ['a', 'b', 'c']);
    assert.deepEqual([...data.y.labels], [1, 2, 0, 1]);
  });

  it('takes every column but the label as a feature, row after row', () => {
    const data = label(iris);
    assert.equal(data.name, 'iris.csv');
    assert.deepEqual([data.samples, data.inputs, data.scale], [4, 2, 1]);
    assert.deepEqual(data.x, Float32Array.of(5.1, 3.5, 7, 3.2, 6.3, 3.3, 4.9, 3));
    assert.deepEqual(data.features, ['length', 'width']);
  });

  it('takes several targets in the order in which they are named, as doubles', () => {
    const data = targets('a,price,b,size\n1,10.123456789012345,2,100\n3,30,4,-300\n', 'size', 'price');
    assert(data.y.kind === 'targets');
    assert.equal(data.y.outputs, 2);
    assert.deepEqual([...data.y.values], [100, 10.123456789012345, -300, 30]);
    assert.deepEqual([...data.x], [1, 2, 3, 4]);
  });

  it('stores whole numbers up to 255 as bytes, and float32 from the first that is not', () => {
    assert.deepEqual(label('a,b,species\n0,255,x\n7,12,y\n').x, Uint8Array.of(0, 255, 7, 12));
    for (const other of ['256', '-1', '0.5', '1e3'])
      assert.deepEqual(label(`a,b,species\n0,255,x\n7,${other},y\n`).x, Float32Array.of(0, 255, 7, Number(other)), other);
  });

  it('takes a byte-order mark, other delimiters, other line ends, quotes, spaces and empty lines', () => {
    const plain = label(iris);
    for (const variant of [
      `\uFEFF${iris}`,
      iris.replaceAll(',', ';'),
      iris.replaceAll(',', '\t'),
      iris.replaceAll(',', '|'),
      iris.replaceAll('\n', '\r\n'),
      iris.replaceAll('\n', '\r'),
      iris.replaceAll('\n', '\n\n'),
      iris.replaceAll('\n', '\n \t\r\n'),
      iris.trimEnd(),
      iris.replaceAll(',', ' , '),
      iris.replaceAll(',', '\t,  '),
      iris.replaceAll('setosa', '"setosa"'),
      iris.replaceAll('setosa', ' " setosa" '),
      iris.replaceAll('4.9', '"4.9"'),
    ])
      assert.deepEqual(label(variant), plain, JSON.stringify(variant));
  });

  it('finds the delimiter that parts all rows alike, whatever stands within names', () => {
    const data = label('price, in EUR;size, in m;species\n1;2;a\n3;4;b\n');
    assert.deepEqual(data.features, ['price, in EUR', 'size, in m']);
  });

  it('keeps delimiters, quotes and line ends that stand within quotes', () => {
    const data = label('x,"the, ""kind"""\n1,"a\nb"\n2,"c,d"\n', 'the, "kind"');
    assert(data.y.kind === 'classes');
    assert.deepEqual(data.y.names, ['a\nb', 'c,d']);
  });

  it('reads every way to write a number as the language does', () => {
    const written = [
      ...['0', '-0', '7', '42', '255', '999', '1000', '-12', '+5', '007', '123456789', '1234567890', '12345678901234567890'],
      ...['0.5', '.5', '5.', '-.25', '0.1', '3.14159265', '0.4941176470588235', '123456.789012345678', '0.00000000000000000000001'],
      ...['1e3', '1E-3', '2.5e+10', '1.7e38', '1e-45', '1e-400', '8.98846567431158e-308', '0.1e1', '9007199254740993', '5e-1'],
      ...['0'.repeat(200) + '1', '1.' + '0'.repeat(300) + '1', ' 6 ', '"7.5"', '2.2250738585072011e-308', '1.0000000596046448'],
    ];
    // A second time with many bytes behind each cell, so that every way of reading is taken.
    for (const padding of ['', `\n0,x${'\n0,x'.repeat(30)}`])
      for (const text of written) {
        const plain = Number(text.replaceAll('"', ''));
        const data = label(`a,species\n${text},x\n0.5,x${padding}\n`);
        assert.equal(data.x[0] + 0, Math.fround(plain) + 0, text);
        const target = targets(`a,y\n0.5,${text}\n0.5,1${padding.replaceAll('x', '0')}\n`, 'y');
        assert(target.y.kind === 'targets');
        assert.equal(target.y.values[0] + 0, plain + 0, text);
      }
  });

  it('reads any double as the language does, in full or in short', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.double({ noNaN: true, noDefaultInfinity: true, min: -3e38, max: 3e38 }),
            fc.float({ noNaN: true, noDefaultInfinity: true }),
            fc.integer(),
            fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 1000),
          ),
          { minLength: 1, maxLength: 40 },
        ),
        fc.constantFrom(
          String,
          (n: number) => n.toExponential(),
          (n: number) => n.toPrecision(17),
          (n: number) => n.toFixed(4),
        ),
        (numbers, write) => {
          const cells = numbers.map(write);
          const data = targets(`a,y\n${cells.map((cell) => `${cell},${cell}\n`).join('')}`, 'y');
          assert(data.y.kind === 'targets');
          // −0 may come back as 0.
          assert.deepEqual(Array.from(data.y.values, (value) => value + 0), cells.map((cell) => Number(cell) + 0), 'as a double'); // prettier-ignore
          assert.deepEqual(Float32Array.from(data.x, (value) => value + 0), Float32Array.from(cells, (cell) => Math.fround(Number(cell)) + 0)); // prettier-ignore
        },
      ),
      { numRuns: 500 },
    ));

  it('makes a feature of each name of a category, sorted, and 1 and 0 of true and false', () => {
    const data = label('size,colour,wild,species\n3,red,true,a\n4,blue,FALSE,b\n5,red,True,a\n');
    assert.deepEqual(data.features, ['size', 'colour = blue', 'colour = red', 'wild']);
    assert.deepEqual(data.x, Uint8Array.of(3, 0, 1, 1, 4, 1, 0, 0, 5, 0, 1, 1));
    assert.deepEqual(label('size,colour,species\n0.5,red,a\n4,blue,b\n').x, Float32Array.of(0.5, 0, 1, 4, 1, 0));
  });

  it('takes numbers as categories where they are named, and leaves out what is named', () => {
    const data = label('id,zone,x,species\n17,2,1,a\n18,10,1,b\n19,A,1,b\n', 'species', { categories: ['zone'], ignore: ['id'] });
    assert.deepEqual(data.features, ['zone = 10', 'zone = 2', 'zone = A', 'x']);
    assert.deepEqual([...data.x], [0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1]);
    refused(iris, /^problem\.data\.csv\.ignore\[0\]: iris\.csv has no column “widht”.*`width`/, 'species', { ignore: ['widht'] });
    refused(iris, /^problem\.data\.csv\.ignore\[0\]: “species” is what is to be learnt/, 'species', { ignore: ['species'] });
    refused(iris, /^problem\.data\.csv\.categories\[1\]: “width” is also listed/, 'species', {
      categories: ['length', 'width'],
      ignore: ['width'],
    });
    refused(iris, /has no column besides/, 'species', { ignore: ['length', 'width'] });
  });

  it('keeps a constant column', () => {
    assert.deepEqual(label('a,b,species\n5,x,k\n5,x,l\n').x, Uint8Array.of(5, 1, 5, 1));
  });

  it('does without a header where the first row holds numbers, and does as it is told', () => {
    const rows = '5.1,3.5,setosa\n7.0,3.2,versicolor\n';
    const data = label(rows, 'column 3');
    assert.deepEqual([data.samples, data.inputs], [2, 2]);
    assert.deepEqual(data.features, ['column 1', 'column 2']);
    // A name that the specification asks for makes a header of a row with numbers in it.
    assert.equal(label('species,0,1\na,5,6\nb,7,8\n').samples, 2);
    assert.equal(label('1,2,3\n4,5,6\n', '3', { header: true }).samples, 1);
    assert.equal(label('a,b\nc,d\n', 'column 2', { header: false }).samples, 2);
    refused('1,2,3\n4,5,6\n', /no column “species”; it has “column 1”.*Its first row holds numbers.*"header": true/);
  });

  it('tells the line and the column of a cell that is not of its column’s kind', () => {
    refused(
      'a,b,species\n1,2,x\n3,red,x\n',
      /iris\.csv:3, column 2 \(b\): found “red”; a number is expected, like “2” on line 2\. Mend it; or name/,
    );
    refused('a,b,species\n1,blue,x\n3,4,x\n1,red,x\n', /iris\.csv:3, column 2 \(b\): found “4”; a name is expected, like “blue” on line 2/);
    refused('a,b,species\n1,1,x\n1,-inf,x\n', /found “-inf”; a number is expected.*, a finite one/);
    refused('a;b;species\n1;2;x\n1;2,5;x\n', /iris\.csv:3, column 2 \(b\): found “2,5”.*a point before its decimals/);
    refused('a,b,species\n1,1,x\n1,1_000,x\n', /found “1_000”.*with nothing between its digits/);
    refused('a,b,species\n1,1,x\n1,0x10,x\n', /found “0x10”; a number is expected.*, a decimal one/);
    refused('a,b,species\n1,1e999,x\n', /iris\.csv:2, column 2 \(b\): “1e999” is beyond the range of a float32 \(3\.4e38\)/);
    refused('a,b,species\n1,-1e39,x\n', /“-1e39” is beyond the range/);
    refused('a,b,species\n1,2,\n3,4,x\n', /iris\.csv:2, column 3 \(species\): the cell is empty; the name of a class/);
    assert.throws(() => targets('a,y\n1,2\n3,red\n', 'y'), /house\.csv:3, column 2 \(y\): found “red”; a number is expected\./);
  });

  it('tells what is missing, and what may be done about it', () => {
    refused(
      'a,b,species\n1,1,x\n1,,x\n2,,x\n',
      /iris\.csv:3, column 2 \(b\): the cell is empty; a number is expected\. .*"missing": "drop" to leave out the 2 rows.*"mean"/,
    );
    for (const word of ['NA', 'NaN', 'nan', 'N/A', 'null', '?'])
      refused(
        `a,b,species\n1,1,x\n1,${word},x\n`,
        new RegExp(`iris\\.csv:3, column 2 \\(b\\): found “${word.replace('?', '\\?')}”.*the one row`),
      );
    refused(
      'a,b,species\n,1,x\n,2,x\n',
      /iris\.csv:2, column 1 \(a\): every cell of the column is missing; leave it out with "ignore": \["a"\]/,
    );
    assert.throws(() => targets('a,y\n1,2\n3,\n', 'y'), /"drop" to leave out the one row with missing cells\.$/);
  });

  it('leaves rows with missing cells out where that is asked for', () => {
    const data = label('a,b,c,species\n1,2,NA,k\n?,4,x,k\n5,6,x,l\n7,,y,k\n8,9,y,\n10,11,y,k\n', 'species', { missing: 'drop' });
    assert.deepEqual(data.x, Float32Array.of(5, 6, 1, 0, 10, 11, 0, 1));
    assert(data.y.kind === 'classes');
    assert.deepEqual(
      [data.y.names, [...data.y.labels]],
      [
        ['k', 'l'],
        [1, 0],
      ],
    );
    refused('a,b,species\n1,,k\n,2,k\n', /has no row without a missing cell/, 'species', { missing: 'drop' });
  });

  it('fills missing features with their mean over the training samples where that is asked for', () => {
    const data = label('a,b,c,species\n1,10,x,k\n3,,y,k\n,30,,l\n100,200,x,k\n', 'species', { missing: 'mean' });
    fillMissing(data, all(3));
    assert.deepEqual(data.x, Float32Array.of(1, 10, 1, 0, 3, 20, 0, 1, 2, 30, 0.5, 0.5, 100, 200, 1, 0));
    refused('a,species\n1,x\n2,\n', /iris\.csv:3, column 2 \(species\): the cell is empty/, 'species', { missing: 'mean' });
  });

  it('counts lines right after quoted line ends and empty lines', () => {
    refused('a,species\n\n1,"x\ny\nz"\n\r\nred,x\n', /iris\.csv:7, column 1 \(a\): found “red”/);
    refused('a,species\r\n1,"x\r\ny"\r\nred,x\r\n', /iris\.csv:4, column 1 \(a\)/);
  });

  it('refuses rows of another length', () => {
    refused('a,b,species\n1,2,x\n1,x\n', /iris\.csv:3: this row has 2 cells; the table has 3 columns \(“a”, “b”, “species”\)/);
    refused('a,b,species\n1,2,x,\n', /iris\.csv:2: this row has 4 cells/);
    refused('a,b,species\n1,2,x\n,,\n', /iris\.csv:3, column 3 \(species\): the cell is empty/);
  });

  it('refuses a header that does not name every column once', () => {
    refused('', /iris\.csv is empty; a header row/);
    refused('\n\n  \n', /iris\.csv is empty; a header row/);
    refused('a,b,species\n', /has a header but no rows/);
    refused('a,a,species\n1,2,x\n', /iris\.csv:1: columns 1 and 2 are both called “a”/);
    refused('a,,species\n1,2,x\n', /iris\.csv:1: column 2 of 3 has no name/);
    refused(',a,species\n0,2,x\n', /column 1 of 3 has no name.*to_csv\(index=False\)/);
    refused('species\nx\n', /problem\.data\.csv: iris\.csv has no column besides “species”/);
  });

  it('names the nearest column for one that is not there', () => {
    refused(iris, /^problem\.data\.csv\.label: iris\.csv has no column “specis”.*Did you mean `species`\?/, 'specis');
    assert.throws(() => targets('a,price\n1,2\n', 'prize'), /^SpecificationError: problem\.data\.csv\.targets\[0\]: .*“prize”.*`price`/);
  });

  it('refuses quotes that do not close, go on, or begin within a cell', () => {
    refused('a,species\n1,x\n2,"y\n3,z\n', /iris\.csv:3, column 2: a quote is opened here and never closed/);
    refused('a,species\n1,x\n2,"', /iris\.csv:3, column 2: a quote is opened here and never closed/);
    refused('a,species\n1,"x"y\n2,"z"\n', /iris\.csv:2, column 2: a quoted cell goes on after its closing quote/);
    refused('a,species\n1,x"y"\n', /iris\.csv:2, column 2: a quote stands within a cell that does not begin with one/);
  });

  it('refuses what is no text in UTF-8', () => {
    refused(Uint8Array.of(0xff, 0xfe, 0x61, 0), /iris\.csv is not text in UTF-8 but in UTF-16/);
    refused(Uint8Array.of(...bytesOf('a,species\n1,'), 0xe4, 0x0a), /iris\.csv:2, column 2: byte 13 of the file.*not text in UTF-8/);
    refused('a,species\n1,x\0y\n', /iris\.csv:2, column 2: the cell holds a zero byte/);
    const data = label('größe,species\n1,日本\n2,naïve\n', 'species');
    assert.deepEqual(data.features, ['größe']);
    assert(data.y.kind === 'classes');
    assert.deepEqual(data.y.names, ['naïve', '日本']);
  });

  it('refuses more classes, categories, columns and letters than make sense', () => {
    const rows = Array.from({ length: 1001 }, (_, i) => `${i},${i / 7}`).join('\n');
    refused(`a,species\n${rows}`, /more than 1000 classes.*`targets` instead of `label`/);
    const names = Array.from({ length: 257 }, (_, i) => `n${i},${i % 2}`).join('\n');
    refused(`who,species\n${names}`, /iris\.csv:258, column 1 \(who\): “n256” is one name more than the 256.*"ignore": \["who"\]/);
    refused(`${'a,'.repeat(70_000)}species\n`, /iris\.csv:1: this row has more than 65536 cells/);
    refused(`a,species\n1,${'x'.repeat(2000)}\n`, /iris\.csv:2, column 2: the cell has 2000 bytes; a name of at most 1000/);
  });

  it('gives back any table that is written as CSV', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }).chain((width) =>
          fc.array(
            fc.tuple(
              fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width }),
              fc.string({ minLength: 1 }).filter((text) => /^[^ \t\0\uFEFF](?:[^\0\uFEFF]*[^ \t\0\uFEFF])?$/.test(text)),
            ),
            { minLength: 1, maxLength: 20 },
          ),
        ),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom(',', ';', '\t', '|'),
        (rows, newline, delimiter) => {
          const header = [...rows[0][0].map((_, i) => `feature ${i}`), 'species'];
          const cells = [header, ...rows.map(([numbers, name]) => [...numbers.map(String), name])];
          const data = label(Papa.unparse(cells, { newline, delimiter, quotes: true }));
          assert.deepEqual(
            [...data.x],
            rows.flatMap(([numbers]) => numbers.map((number) => number + 0)), // −0 is written as 0
          );
          assert(data.y.kind === 'classes');
          const { names, labels } = data.y;
          assert.deepEqual(
            [...labels].map((number) => names[number]),
            rows.map(([, name]) => name),
          );
          assert.deepEqual(names, [...names].sort());
        },
      ),
      { numRuns: 300 },
    ));

  it('reads the same in pieces, wherever they are cut', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('1', 'a', ',', '\n', '\r\n', '\r', '"x\ny"', '"a""\r\nb"', ' '), { maxLength: 40 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (parts, cuts) => {
          const bytes = bytesOf(parts.join(''));
          const read = (pieces: readonly Uint8Array[]): unknown[] => {
            const found: unknown[] = [];
            let line = 1;
            for (const piece of pieces) {
              const rows = new Rows(piece, 44, 'x', 0, line);
              for (let count = rows.next(); count > 0; count = rows.next())
                found.push([rows.line, ...Array.from({ length: count }, (_, column) => rows.text(column))]);
              line = rows.rest.line;
            }
            return found;
          };
          let whole: unknown;
          try {
            whole = read([bytes]);
          } catch {
            return; // a quote where none may stand
          }
          const pieces = new Pieces('x');
          const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
          const complete = places.slice(1).map((to, i) => pieces.add(bytes.subarray(places[i], to)));
          assert.deepEqual(read([...complete, pieces.end()]), whole);
          assert(endOfRows(bytes) <= bytes.length);
        },
      ),
      { numRuns: 500 },
    ));
});

describe('standardising', () => {
  const standardised = (text: string): ReturnType<typeof parse> => parse(text, { file: 'house.csv', targets: ['y'], standardise: true });

  it('gives each feature mean 0 and population standard deviation 1', () => {
    const data = standardise(standardised('a,b,y\n1,1e6,0\n2,1e6,0\n3,1e6,0\n6,1e6,0\n'), all(4));
    // mean 3, squared distances 4 + 1 + 0 + 9, /4
    const deviation = Math.sqrt(14 / 4);
    assert.deepEqual(
      data.x,
      Float32Array.from([-2, 0, -1, 0, 0, 0, 3, 0], (distance) => distance / deviation),
      'a constant column becomes 0',
    );
  });

  it('measures the training samples only, and treats the others alike', () => {
    const data = standardise(standardised('a,y\n0,0\n2,0\n100,0\n'), Uint32Array.of(0, 1));
    assert.deepEqual([...data.x], [-1, 1, 99]);
  });

  it('keeps the digits of small differences between large numbers, which a float32 cannot hold', () => {
    const times = [1_700_000_000.25, 1_700_000_001.5, 1_700_000_002.75];
    const data = standardise(standardised(`a,y\n${times.map((time) => `${time},0\n`).join('')}`), all(3));
    const step = Math.sqrt(3 / 2);
    assert.deepEqual(data.x, Float32Array.of(-step, 0, step));
  });

  it('works in place, but leaves bytes as they were', () => {
    const table = standardised('a,y\n0.1,0\n2,0\n');
    assert.equal(standardise(table, all(2)).x, table.x);
    const bytes = {
      name: 'b',
      samples: 2,
      inputs: 1,
      x: Uint8Array.of(0, 255),
      scale: 1 / 255,
      y: { kind: 'targets', outputs: 1, values: new Float64Array(2) },
    } as const;
    assert.deepEqual([...standardise(bytes, all(2)).x], [-1, 1]);
    assert.deepEqual([...bytes.x], [0, 255]);
  });

  it('takes a constant that is not a binary fraction as constant', () => {
    assert(standardise(standardised(`a,y\n${'0.1,0\n'.repeat(7)}`), all(7)).x.every((value) => value === 0));
    assert(standardise(targets(`a,y\n${'0.1,0\n'.repeat(7)}`, 'y'), all(7)).x.every((value) => value === 0));
  });
});
