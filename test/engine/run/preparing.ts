/** What the tests of preparing a run begin with: small files in memory, and specifications on them. */
import assert from 'node:assert/strict';
import { FileError, type Files } from '../../../src/engine/problems/files';
import { prepare, type Prepared, type PreparedNetwork } from '../../../src/engine/run/prepare';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';

/** Files in memory. */
export const filesOf = (contents: Readonly<Record<string, string | Uint8Array>>): Files => {
  const read = async (path: string): Promise<Uint8Array> => {
    if (!(path in contents)) throw new FileError(`there is no file ${path}.`);
    const content = contents[path];
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  return {
    size: async (path) => (await read(path)).length,
    read,
    text: async (path) => new TextDecoder().decode(await read(path)),
  };
};
export const idx = (extents: number[], values: number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, extents.length, ...extents.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n]), ...values]);
export const files = filesOf({
  'digits/images': idx([4, 1, 2], [0, 255, 51, 0, 102, 0, 153, 204]),
  'digits/labels': idx([4], [0, 1, 2, 1]),
  'digits/three': idx([3], [0, 1, 2]),
  'flowers.csv': `length,width,species\n${Array.from({ length: 50 }, (_, i) => `${i},${i % 7},${'abc'[i % 3]}`).join('\n')}`,
  'house.csv': `size,rooms,price\n${Array.from({ length: 20 }, (_, i) => `${10 * i},${i % 4},${i * 3}`).join('\n')}`,
  'weights.json': '[{ "weight": [[1, 2], [3, 4], [5, 6]], "bias": [0, 0, 1] }, { "weight": [[1, 1, 1], [2, 2, 2]], "bias": [7, 8] }]',
  'not.json': '[{',
  'short.json': '[{ "weight": [[1, 2]], "bias": [0] }]',
  'ragged.json': '[{ "weight": [[1, 2], [3], [5, 6]], "bias": [0, 0, 1] }, { "weight": [[1, 1, 1], [2, 2, 2]], "bias": [7, 8] }]',
  'infinite.json': '[{ "weight": [[1, 2], [3, 4], [5, 1e999]], "bias": [0, 0, 1] }, { "weight": [[1, 1, 1], [2, 2, 2]], "bias": [7, 8] }]',
});

export const moons: RunSpecification = {
  problem: { network: { layers: [{ dense: 3 }, { dense: 2 }] }, data: { generator: 'moons', samples: 100 } },
  optimizer: { name: 'adam' },
};
export const flowers: RunSpecification = {
  problem: { network: { layers: [{ dense: 4 }, { dense: 3 }] }, data: { csv: { file: 'flowers.csv', label: 'species' } } },
  optimizer: { name: 'sgd', lr: 0.1 },
};
export const house: RunSpecification = {
  problem: { network: { layers: [{ dense: 1 }] }, data: { csv: { file: 'house.csv', targets: ['price'] }, heldOut: 0 } },
  optimizer: { name: 'sgd', lr: 0.1 },
};
export const digits: RunSpecification = {
  problem: { network: { layers: [{ dense: 3 }] }, data: { idx: { images: 'digits/images', labels: 'digits/labels' }, heldOut: 0.25 } },
  optimizer: { name: 'adamw' },
};
export const parabola: RunSpecification = {
  problem: { function: 'x^2 + y^2', start: { x: 6, y: 9 } },
  optimizer: { name: 'sgd', lr: 0.1 },
};
export const networkOf = ({ problem }: Prepared): PreparedNetwork =>
  problem.kind === 'network' ? problem : assert.fail('a network is expected');

/** @param from where the specification's files are @returns a check that it is refused at a path, in these words */
export const refusedBy =
  (from: Files) =>
  (spec: RunSpecification, path: string, message: RegExp): Promise<void> =>
    assert.rejects(prepare(spec, from), (error) => {
      assert(error instanceof SpecificationError, String(error));
      assert.equal(error.path, path, error.message);
      assert.match(error.message, message);
      return true;
    });

export const refused = refusedBy(files);
