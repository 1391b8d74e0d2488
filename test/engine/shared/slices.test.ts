/** Slices of a network's loss as an engine draws them: against dense linear algebra, and without a trace in the run. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { HessianOperator } from '../../../src/engine/backends/backend';
import { joined } from '../../../src/engine/run/lossSurface';
import { prepare, type Prepared } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { StreamTrainer } from '../../../src/engine/run/streamTrainer';
import { Trainer } from '../../../src/engine/run/trainer';
import type { Training } from '../../../src/engine/run/training';
import type { RunState, Slice } from '../../../src/shared/protocol';
import { EngineServer } from '../../../src/shared/run/engineServer';
import { close, eigenvalues } from '../curvature/matrices';
import { DelayedMachine } from '../run/delayedMachine';
import { noFiles, ofFunction, ofNetwork } from '../run/runs';
import { line, Lines } from './bench';

const clock = (): number => 0;
const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

const kept: EngineServer[] = [];

/** An engine with one run in it. */
class Bench {
  readonly lines: readonly string[];
  readonly states: RunState[] = [];
  readonly engine: EngineServer;
  training!: Training;
  private now = 0;

  /** @param tick milliseconds from one look at the clock to the next; 0: nothing takes any time */
  constructor(make: () => Training, tick = 1) {
    const record = new Lines();
    this.lines = record.lines;
    this.engine = new EngineServer({
      open: () => Promise.resolve((this.training = make())),
      record: () => Promise.resolve(record),
      clock: () => (this.now += tick),
      breath: setImmediate,
    });
    this.engine.host = {
      frame: (run, sequence) => this.engine.acknowledge(run, sequence),
      event: () => undefined,
      state: (_, state) => void this.states.push(state),
      checkpoint: () => undefined,
    };
    kept.push(this.engine);
  }

  start = (prepared: Prepared): Promise<unknown> => this.engine.start({ run: 'a', spec: prepared.spec, folder: '.', recordFile: 'record' });

  slice = (resolution: number, reach: number | null = null): Promise<Slice> => this.engine.slice('a', { resolution, reach });

  async until(holds: () => boolean): Promise<void> {
    for (let turns = 0; !holds(); turns++) {
      if (turns > 50_000) throw new Error(`It never came to that: ${this.states.join(', ')}, step ${this.training.step}.`);
      await setImmediate();
    }
  }

  ended = (): Promise<void> => this.until(() => this.states.at(-1) === 'ended');
}

const atOnce = (prepared: Prepared) => (): Training => new Trainer(prepared, { clock });
const later = (prepared: Prepared) => (): Training => new StreamTrainer(prepared, new DelayedMachine(prepared), { clock });

function alone(prepared: Prepared): string[] {
  const trainer = new Trainer(prepared, { clock });
  const lines = trainer.begin().map(line);
  while (!trainer.ended) lines.push(...trainer.advance().map(line));
  return lines;
}

/** The weights after a step, and the whole run's machine there. */
function at(prepared: Prepared, step: number): Trainer {
  const trainer = new Trainer(prepared, { clock });
  trainer.begin();
  while (trainer.step < step) trainer.advance();
  return trainer;
}

const weightsOf = (trainer: Trainer): Float64Array => joined(trainer.machine.model.weights);

/** Every entry of a Hessian. */
function written(operator: HessianOperator): number[][] {
  const columns = Array.from({ length: operator.size }, (_, j) => {
    const unit = new Float64Array(operator.size);
    unit[j] = 1;
    const column = new Float64Array(operator.size);
    operator.apply(unit, column);
    return column;
  });
  return columns.map((column, i) => Array.from(column, (x, j) => 0.5 * (x + columns[j][i])));
}

const reference: Partial<RunSpecification> = { backend: 'reference', steps: 30, measure: { curvatureEvery: 0 } };

describe('a slice of a network’s loss', () => {
  afterEach(() => kept.splice(0).forEach((engine) => engine.abandon()));

  it('lies along the two leading eigenvectors of the dense Hessian, and has the loss itself at each place', async () => {
    const prepared = await prepare(ofNetwork(reference), noFiles);
    const bench = new Bench(atOnce(prepared));
    await bench.start(prepared);
    await bench.ended();
    const slice = await bench.slice(5, 0.3);

    const end = at(prepared, 30);
    const [centre, { model }] = [weightsOf(end), end.machine];
    const rows = end.probed;
    assert.equal(slice.samples, rows.length);
    assert.equal(slice.step, 30);
    const dense = written(model.hessian(rows));
    const expected = eigenvalues(dense).reverse();
    const size = Math.abs(expected[0]);
    slice.eigenvalues.forEach((value, k) => close(value, expected[k], 1e-9 * size));
    slice.residuals.forEach((residual) => assert.ok(residual >= 0 && residual < 1e-3 * size, `residual ${residual}`));

    const axes = [0, 1].map((k) => eigenvector(dense, expected[k]));
    const loss = (u: number, v: number): number => {
      let from = 0;
      for (const layer of model.weights)
        for (let i = 0; i < layer.length; i++, from++) layer[i] = centre[from] + u * axes[0][from] + v * axes[1][from];
      return model.evaluate(rows).loss;
    };
    for (let row = 0; row < 5; row++)
      for (let column = 0; column < 5; column++)
        close(slice.loss[5 * row + column], loss(slice.u[column], slice.v[row]), 1e-8, `at ${row}, ${column}:`);
    close(slice.loss[12], loss(0, 0), 1e-12);
  });

  it('curves at its middle as the eigenvalues say', async () => {
    const prepared = await prepare(ofNetwork(reference), noFiles);
    const bench = new Bench(atOnce(prepared));
    await bench.start(prepared);
    await bench.ended();
    const h = 1e-4;
    const { loss, eigenvalues: values } = await bench.slice(3, h);
    const second = (a: number, b: number): number => (loss[a] - 2 * loss[4] + loss[b]) / h ** 2;
    close(second(3, 5), values[0], 1e-5 * Math.abs(values[0]));
    close(second(1, 7), values[1], 1e-5 * Math.abs(values[0]));
  });

  it('shows where the run came along: the weights of earlier steps, projected', async () => {
    const prepared = await prepare(ofNetwork({ steps: 40, measure: { curvatureEvery: 0 } }), noFiles);
    const bench = new Bench(atOnce(prepared), 0);
    await bench.start(prepared);
    await bench.ended();
    const { path, u, step } = await bench.slice(3);
    assert.equal(step, 40);
    assert.ok(path.length > 3);
    assert.equal(path[0].step, 0);
    assert.deepEqual(path.at(-1), { step: 40, u: 0, v: 0, distance: 0 });
    const walker = at(prepared, 0);
    const weights = new Map([[0, weightsOf(walker)]]);
    while (walker.step < 40) {
      walker.advance();
      weights.set(walker.step, weightsOf(walker));
    }
    const centre = weightsOf(walker);
    for (const point of path) {
      const away = weights.get(point.step)!.map((w, i) => w - centre[i]);
      close(point.u ** 2 + point.v ** 2 + point.distance ** 2, inner(away, away), 1e-9, `step ${point.step}:`);
    }
    const widest = Math.max(...path.flatMap((point) => [Math.abs(point.u), Math.abs(point.v)]));
    close(u[2], 1.15 * widest, 1e-12);
  });

  it('is of the loss that the Hessian is of: nothing drawn, and batch norms with the statistics of the samples', async () => {
    const layers = [{ dense: 6, activation: 'tanh' }, { batchNorm: true }, { noise: 0.3 }, { dropout: 0.4 }, { dense: 2 }];
    const problem = { ...ofNetwork().problem, network: { layers, loss: 'crossEntropy' } } as RunSpecification['problem'];
    const prepared = await prepare(ofNetwork({ ...reference, problem }), noFiles);
    const bench = new Bench(atOnce(prepared));
    await bench.start(prepared);
    await bench.ended();
    const h = 1e-4;
    const { loss, eigenvalues: values } = await bench.slice(3, h);
    const end = at(prepared, 30);
    close(values[0], eigenvalues(written(end.machine.model.hessian(end.probed))).at(-1)!, 1e-8 * values[0]);
    close((loss[3] - 2 * loss[4] + loss[5]) / h ** 2, values[0], 1e-4 * values[0]);
  });

  it('leaves no trace in a run, whose record is that of a run left alone', async () => {
    for (const make of [atOnce, later]) {
      const prepared = await prepare(ofNetwork({ steps: 120, measure: { curvatureEvery: 25, evaluateEvery: 10 } }), noFiles);
      const bench = new Bench(make(prepared));
      await bench.start(prepared);
      const first = await bench.slice(5);
      await bench.until(() => bench.training.step > 50);
      const running = await bench.slice(5);
      assert.ok(running.step > first.step);
      await bench.ended();
      assert.equal((await bench.slice(3)).step, 120);
      assert.deepEqual(bench.lines, alone(prepared));
    }
  });

  it('is of where the run stands: paused, stepped on, gone back', async () => {
    for (const make of [atOnce, later]) {
      const prepared = await prepare(ofNetwork({ steps: 120, measure: { curvatureEvery: 0 } }), noFiles);
      const bench = new Bench(make(prepared));
      await bench.start(prepared);
      await bench.until(() => bench.training.step > 50);
      const stood = await bench.engine.pause('a');
      const paused = await bench.slice(7, 0.5);
      assert.equal(paused.step, stood);
      assert.equal(bench.training.step, stood);
      assert.equal(await bench.engine.step('a'), stood + 1);
      assert.equal((await bench.slice(3)).step, stood + 1);
      await bench.engine.goBack('a', 20);
      const { step, path } = await bench.slice(3);
      assert.equal(step, 20);
      assert.ok(path.every((point, i) => i === 0 || point.step > path[i - 1].step) && path.at(-1)?.step === 20);
      await bench.engine.resume('a');
      await bench.ended();
      assert.deepEqual(bench.lines, alone(prepared));
    }
  });

  it('is the same wherever the run computes: what is on a GPU is drawn from its weights', async () => {
    const prepared = await prepare(ofNetwork({ steps: 20, measure: { curvatureEvery: 0 } }), noFiles);
    const slices: Slice[] = [];
    for (const make of [atOnce, later]) {
      const bench = new Bench(make(prepared));
      await bench.start(prepared);
      await bench.ended();
      slices.push(await bench.slice(5, 1));
    }
    const [here, there] = slices.map(({ path: _, ...slice }) => slice);
    assert.deepEqual(there, here);
    const end = at(prepared, 20);
    close(here.loss[12], end.machine.model.evaluate(end.probed).loss, 1e-6);
  });

  it('is drawn finer from the same plane, so that places in common have the same loss to the bit', async () => {
    const prepared = await prepare(ofNetwork(reference), noFiles);
    const bench = new Bench(atOnce(prepared));
    await bench.start(prepared);
    await bench.ended();
    const [coarse, fine] = [await bench.slice(5, 1), await bench.slice(9, 1)];
    assert.deepEqual(coarse.eigenvalues, fine.eigenvalues);
    for (let row = 0; row < 5; row++)
      for (let column = 0; column < 5; column++) assert.equal(fine.loss[18 * row + 2 * column], coarse.loss[5 * row + column]);
  });

  it('answers pause meanwhile, gives way to a newer one, and to a stop', async () => {
    const prepared = await prepare(ofNetwork({ steps: 100_000, measure: { curvatureEvery: 0 } }), noFiles);
    const bench = new Bench(atOnce(prepared));
    await bench.start(prepared);
    await bench.until(() => bench.training.step > 10);
    let drawn = false;
    const old = bench.slice(101).finally(() => (drawn = true));
    const refused = assert.rejects(old, /Another slice was asked for/);
    await setImmediate();
    const stood = await bench.engine.pause('a');
    assert.ok(!drawn, 'the pause was answered while the slice was being drawn');
    assert.equal((await bench.slice(3)).step, stood);
    await refused;
    const last = assert.rejects(bench.slice(101), /stopped while its slice was drawn/);
    await setImmediate();
    await bench.engine.stop('a');
    await last;
    assert.equal(bench.states.at(-1), 'ended');
  });

  it('is refused where there is none, with the reason', async () => {
    const spec = ofFunction('x^2 + 2*y^2', { x: 1, y: 1 }, { steps: 3 });
    const prepared = await prepare(spec, noFiles);
    const bench = new Bench(atOnce(prepared));
    await bench.start(prepared);
    await assert.rejects(bench.slice(5), /function of variables has no slice.*Landscape/);
    await bench.ended();
    const network = new Bench(atOnce(await prepare(ofNetwork(reference), noFiles)));
    await network.start(await prepare(ofNetwork(reference), noFiles));
    await assert.rejects(network.slice(4), /odd number of cells/);
    await assert.rejects(network.slice(5, -1), /distance above 0/);
    assert.equal((await network.slice(3)).loss.length, 9, 'it can be asked again');
  });
});

/** Of length 1, its largest entry positive, by inverse iteration on the dense matrix: nothing of the engine's. */
function eigenvector(matrix: readonly (readonly number[])[], value: number): number[] {
  const n = matrix.length;
  const shifted = matrix.map((row, i) => row.map((x, j) => x - (i === j ? value + 1e-9 : 0)));
  let v = Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  for (let round = 0; round < 4; round++) {
    v = solve(shifted, v);
    const length = Math.sqrt(inner(v, v));
    v = v.map((x) => x / length);
  }
  const largest = v.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return largest < 0 ? v.map((x) => -x) : v;
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]]);
  const n = a.length;
  for (let k = 0; k < n; k++) {
    const pivot = a.reduce((best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(a[best][k]) ? i : best), k);
    [a[k], a[pivot]] = [a[pivot], a[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = a[i][k] / a[k][k];
      for (let j = k; j <= n; j++) a[i][j] -= factor * a[k][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) x[i] = (a[i][n] - inner(a[i].slice(i + 1, n), x.slice(i + 1))) / a[i][i];
  return x;
}
