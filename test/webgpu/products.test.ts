/**
 * Matrix products as the shaders for software and for hardware compute them, beside float64: all orientations, extents that fit no tile,
 * starts and epilogues, long sums in parts, and shapes that nobody chose.
 */
import assert from 'node:assert/strict';
import { openPage } from './browser';
import { productCases } from './productCases';

describe('matrix products on WebGPU are right', () => {
  let faults: readonly (string | null)[] = [];

  before(async () => {
    const open = await openPage('products.page.ts');
    try {
      faults = await open.page.evaluate((cases) => productsPage.products(cases), productCases);
    } finally {
      await open.close();
    }
  });

  productCases.forEach(({ title }, i) => it(title, () => assert.equal(faults[i], null, faults[i] ?? 'the page did not run it')));
});
