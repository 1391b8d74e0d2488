/**
 * The Lanczos process on WebGPU: its T within 1e-4 of that of float64 and its basis orthonormal to 1e-5, spectra at any scale, a whole
 * measurement with honest residuals and the same bits again, and a run that tells the curvature which the CPU tells.
 */
import assert from 'node:assert/strict';
import type { RunSpecification } from '../../src/engine/run/specification';
import { openPage, type OpenPage } from './browser';

const run: RunSpecification = {
  problem: {
    network: { layers: [{ dense: 64, activation: 'tanh' }, { dense: 40, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 60, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.003 },
  batchSize: 16,
  steps: 140,
  measure: { every: 20, curvatureEvery: 140, evaluateEvery: 0 },
};

describe('the Lanczos process on WebGPU', () => {
  let open: OpenPage;
  before(async () => void (open = await openPage('lanczos.page.ts')));
  after(() => open.close());

  it('has the T of float64 and an orthonormal basis, also between two diagonal matrices', async () => {
    for (const { alpha, beta, skewness } of await open.page.evaluate(() => lanczosPage.steps())) {
      assert.ok(alpha <= 1e-4, `alpha is off by ${alpha}`);
      assert.ok(beta <= 1e-4, `beta is off by ${beta}`);
      assert.ok(skewness <= 1e-5, `the basis is not orthonormal by ${skewness}`);
    }
  });

  for (const kind of ['software', 'hardware'] as const)
    it(`goes on outside an invariant space, whatever lies between layers and whatever the unit (${kind})`, async () => {
      const found = await open.page.evaluate((k) => lanczosPage.projected(k, [1, 1e-30, 1e30]), kind);
      for (const { alpha, beta, skewness, invariant } of found.inUnits) {
        assert.ok(invariant);
        assert.ok(Math.max(alpha, beta, skewness) <= 2e-6, JSON.stringify(found));
      }
      assert.ok(Math.abs(found.max - 1) <= 1e-6 && Math.abs(found.min) <= 1e-6, JSON.stringify(found));
      assert.ok(found.residual <= 1e-5, JSON.stringify(found));
    });

  it('measures a network as float64 does, with residuals that are true, and the same bits again', async () => {
    const found = await open.page.evaluate(() => lanczosPage.measured());
    const { lambdaMax, lambdaMin, sharpness, trace, residual, dishonesty, verdicts, differs } = found;
    for (const off of [lambdaMax, lambdaMin, sharpness, trace]) assert.ok(off <= 1e-4, JSON.stringify(found));
    assert.ok(residual <= 1, JSON.stringify(found));
    assert.ok(dishonesty <= 1e-5, JSON.stringify(found));
    assert.equal(verdicts[0], verdicts[1]);
    assert.equal(differs, false);
  });

  it('tells the verdict and the ends of a whole run as the CPU does', async () => {
    const [found, expected] = await open.page.evaluate((spec) => lanczosPage.runs(spec), run);
    assert.deepEqual(
      found.map(({ step, verdict }) => [step, verdict]),
      expected.map(({ step, verdict }) => [step, verdict]),
    );
    assert.deepEqual(
      found.map(({ step }) => step),
      [0, 140],
    );
    found.forEach((event, i) => {
      const { lambdaMax, lambdaMin, preconditionedSharpness } = expected[i];
      const size = Math.max(Math.abs(lambdaMax), Math.abs(lambdaMin));
      const off = Math.max(Math.abs(event.lambdaMax - lambdaMax), Math.abs(event.lambdaMin - lambdaMin)) / size;
      assert.ok(
        off <= 1e-3,
        `step ${event.step}: ends from ${event.lambdaMin} to ${event.lambdaMax}, expected ${lambdaMin} to ${lambdaMax}`,
      );
      const sharp = Math.abs(event.preconditionedSharpness - preconditionedSharpness) / Math.abs(preconditionedSharpness);
      if (event.step > 0) assert.ok(sharp <= 1e-3, `sharpness ${event.preconditionedSharpness}, expected ${preconditionedSharpness}`);
    });
  });
});
