/** CSV: numbers and classes come back as they stand in the file, and a fault is told by its line and column. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import Papa from 'papaparse';
import { parseCsv } from '../../../src/engine/problems/csv';
import { FileError } from '../../../src/engine/problems/files';
import { standardise } from '../../../src/engine/problems/standardise';
import { SpecificationError } from '../../../src/engine/run/specification';

const iris = 'length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n4.9,3.0,setosa\n';
const label = (text: string, column = 'species') => parseCsv(text, { file: 'data/iris.csv', label: column });
const targets = (text: string, ...columns: string[]) => parseCsv(text, { file: 'data/house.csv', targets: columns });
const refused = (text: string, message: RegExp, column = 'species'): void =>
  assert.throws(
    () => label(text, column),
    (error) => (error instanceof FileError || error instanceof SpecificationError) && message.test(error.message),
    String(message),
  );

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
    assert.deepEqual([...data.x], [5.1, 3.5, 7, 3.2, 6.3, 3.3, 4.9, 3]);
  });

  it('takes several targets in the order in which they are named', () => {
    const data = targets('a,price,b,size\n1,10,2,100\n3,30,4,300\n', 'size', 'price');
    assert(data.y.kind === 'targets');
    assert.equal(data.y.outputs, 2);
    assert.deepEqual([...data.y.values], [100, 10, 300, 30]);
    assert.deepEqual([...data.x], [1, 2, 3, 4]);
  });

  it('takes a byte-order mark, other delimiters, other line ends, quotes, spaces and empty lines', () => {
    const plain = label(iris);
    for (const variant of [
      `\uFEFF${iris}`,
      iris.replaceAll(',', ';'),
      iris.replaceAll(',', '\t'),
      iris.replaceAll('\n', '\r\n'),
      iris.replaceAll('\n', '\r'),
      iris.replaceAll('\n', '\n\n'),
      iris.trimEnd(),
      iris.replaceAll(',', ' , '),
      iris.replaceAll('setosa', '"setosa"'),
    ])
      assert.deepEqual(label(variant), plain, JSON.stringify(variant));
  });

  it('keeps delimiters, quotes and line ends that stand within quotes', () => {
    const data = label('x,"the, ""kind"""\n1,"a\nb"\n2,"c,d"\n', 'the, "kind"');
    assert(data.y.kind === 'classes');
    assert.deepEqual(data.y.names, ['a\nb', 'c,d']);
  });

  it('tells the line and the column of a cell that is not a number', () => {
    refused('a,b,species\n1,2,x\n3,red,x\n', /iris\.csv:3, column 2 \(b\): found “red”; a number is expected.*categories are not encoded/);
    refused('a,b,species\n1,,x\n', /iris\.csv:2, column 2 \(b\): the cell is empty; a number is expected/);
    refused('a,b,species\n1,NaN,x\n', /iris\.csv:2, column 2 \(b\): found “NaN”; a finite number is expected/);
    refused('a,b,species\n1,-inf,x\n', /found “-inf”; a finite number/);
    refused('a;b;species\n1;2,5;x\n', /iris\.csv:2, column 2 \(b\): found “2,5”.*a point before its decimals/);
    refused('a,b,species\n1,1e999,x\n', /“1e999” is beyond the range of a double/);
    refused('a,b,species\n1,0x10,x\n', /found “0x10”; a number/);
    refused('a,b,species\n1,2,\n', /iris\.csv:2, column 3 \(species\): the cell is empty; the name of a class/);
  });

  it('counts lines right after quoted line ends and empty lines', () => {
    refused('a,species\n\n1,"x\ny\nz"\n\r\nred,x\n', /iris\.csv:7, column 1 \(a\): found “red”/);
    refused('a,species\r\n1,"x\r\ny"\r\nred,x\r\n', /iris\.csv:4, column 1 \(a\)/);
  });

  it('refuses rows of another length', () => {
    refused('a,b,species\n1,2,x\n1,x\n', /iris\.csv:3: this row has 2 cells; the header has 3 columns \(“a”, “b”, “species”\)/);
    refused('a,b,species\n1,2,x,\n', /iris\.csv:2: this row has 4 cells/);
    refused('a,b,species\n,,\n', /iris\.csv:2, column 1 \(a\): the cell is empty/);
  });

  it('refuses a header that does not name every column once', () => {
    refused('', /iris\.csv is empty; a header row/);
    refused('\n\n  \n', /iris\.csv is empty; a header row/);
    refused('a,b,species\n', /has a header but no rows/);
    refused('a,a,species\n1,2,x\n', /iris\.csv:1: columns 1 and 2 are both called “a”/);
    refused('a,,species\n1,2,x\n', /iris\.csv:1: column 2 of 3 has no name/);
    refused('1,2,3\n4,5,6\n', /first row holds only numbers/);
    refused('species\nx\n', /problem\.data\.csv: iris\.csv has no column besides “species”/);
  });

  it('names the nearest column for one that is not there', () => {
    refused(iris, /^problem\.data\.csv\.label: iris\.csv has no column “specis”.*Did you mean `species`\?/, 'specis');
    assert.throws(() => targets('a,price\n1,2\n', 'prize'), /^SpecificationError: problem\.data\.csv\.targets\[0\]: .*“prize”.*`price`/);
  });

  it('refuses quotes that do not close', () => {
    refused('a,species\n1,x\n2,"y\n3,z\n', /iris\.csv:3: a quote is opened here and never closed/);
    refused('a,species\n1,"x"y\n2,"z"\n', /iris\.csv:2: a quoted cell goes on after its closing quote/);
  });

  it('refuses a label column that holds measurements', () => {
    const rows = Array.from({ length: 1001 }, (_, i) => `${i},${i / 7}`).join('\n');
    refused(`a,species\n${rows}`, /more than 1000 classes.*`targets` instead of `label`/);
  });

  it('gives back any table that is written as CSV', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }).chain((width) =>
          fc.array(
            fc.tuple(
              fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width }),
              fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.includes('\uFEFF')),
            ),
            { minLength: 1, maxLength: 20 },
          ),
        ),
        fc.constantFrom('\n', '\r\n'),
        (rows, newline) => {
          const header = [...rows[0][0].map((_, i) => `feature ${i}`), 'species'];
          const text = Papa.unparse([header, ...rows.map(([numbers, name]) => [...numbers.map(String), name])], { newline, quotes: true });
          const data = label(text);
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

  it('answers any text with data of the right size, or an error that names the place', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 60, unit: 'binary' }),
          fc
            .array(fc.constantFrom(',', '\n', '"', '1', 'x', '-', '.', 'e', ' ', '\r', ';'), { maxLength: 40 })
            .map((parts) => `a,species\n${parts.join('')}`),
          fc.tuple(fc.nat(iris.length), fc.string({ maxLength: 3 })).map(([at, extra]) => iris.slice(0, at) + extra + iris.slice(at + 1)),
        ),
        (text) => {
          try {
            const data = label(text);
            assert.equal(data.x.length, data.samples * data.inputs);
            assert(data.x.every(Number.isFinite));
            assert(data.y.kind === 'classes' && data.y.labels.length === data.samples);
          } catch (error) {
            assert(error instanceof FileError || error instanceof SpecificationError, String(error));
            assert.match(error.message, /iris\.csv/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('standardising', () => {
  const all = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

  it('gives each feature mean 0 and population standard deviation 1', () => {
    const data = standardise(targets('a,b,y\n1,1e6,0\n2,1e6,0\n3,1e6,0\n6,1e6,0\n', 'y'), all(4));
    // mean 3, squared distances 4 + 1 + 0 + 9, /4
    const deviation = Math.sqrt(14 / 4);
    const expected = [-2, -1, 0, 3].map((distance) => distance / deviation);
    expected.forEach((value, i) => assert(Math.abs(data.x[2 * i] - value) < 1e-15));
    assert.deepEqual(
      [1, 3, 5, 7].map((at) => data.x[at]),
      [0, 0, 0, 0],
      'a constant column becomes 0',
    );
  });

  it('measures the training samples only, and treats the others alike', () => {
    const data = standardise(targets('a,y\n0,0\n2,0\n100,0\n', 'y'), Uint32Array.of(0, 1));
    assert.deepEqual([...data.x], [-1, 1, 99]);
  });

  it('takes a constant that is not a binary fraction as constant', () => {
    const data = standardise(targets(`a,y\n${'0.1,0\n'.repeat(7)}`, 'y'), all(7));
    assert(data.x.every((value) => value === 0));
  });

  it('leaves the bytes of the original as they were', () => {
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
});
