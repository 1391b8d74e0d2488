/**
 * What a measured step did, as reduced on WebGPU: norms and means within 1e-6 of exact ones in float64, and exactly the quantiles that sorting
 * gives, for layers of many sizes and numbers of every kind, with the shaders for hardware and those for software.
 */
import assert from 'node:assert/strict';
import { openPage } from './browser';
import type { FiguresCase } from './figures.page';

const sizes = [1, 2, 63, 64, 65, 257, 5000];
const cases: readonly FiguresCase[] = [
  { numbers: 'over many powers of two', sizes: [...sizes, 100_000, 3] },
  { numbers: 'all equal', sizes: [...sizes, 20_000] },
  { numbers: 'mostly ties and zeros of either sign', sizes },
  { numbers: 'almost alike', sizes },
  { numbers: 'whose squares overflow', sizes },
  { numbers: 'whose squares vanish', sizes },
  { numbers: 'of which one is much larger than all others', sizes },
  { numbers: 'with a NaN in each layer', sizes },
  { numbers: 'with infinities', sizes },
];

describe('what a step did is measured on WebGPU', () => {
  let faults: readonly (readonly string[])[] = [];

  before(async () => {
    const open = await openPage('figures.page.ts');
    try {
      faults = await open.page.evaluate((given) => figuresPage.all(given), cases);
    } finally {
      await open.close();
    }
  });

  cases.forEach(({ numbers }, i) =>
    it(`of numbers ${numbers}: norms and means to 1e-6, quantiles exactly`, () =>
      assert.deepEqual(faults[i] ?? ['the page did not run it'], [])),
  );
});
