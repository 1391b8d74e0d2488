/**
 * The update rules follow their outside implementations over 200 steps of four problems (the fixtures of test/oracle): the float64
 * reference within 1e-10 of each tensor's norm, the CPU in float32 within 1e-4 of the reference. Rules that nothing outside has are
 * held to the latter.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Updater } from '../../../src/engine/backends/backend';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { referenceUpdater } from '../../../src/engine/language/reference';
import { rules } from '../../../src/engine/optimizers';
import { casesOf, distance, distanceInFloat32, follow, type Case, type Fixture, type OracleCase, type Path, type Walk } from './follow';
import { plainProblem, problems, residentProblem } from './problems';

const folder = 'test/oracle/optimizers';
const oracle: readonly OracleCase[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => casesOf(file, JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Fixture));

const seed = 3;

const reference = (one: Case): Promise<Walk> => {
  const model = plainProblem(one.problem, Float64Array, one.shapes);
  const { rule, settings } = one;
  return follow(one, model, () =>
    rule.kind === 'code' ? rule.updater(settings, model, seed) : referenceUpdater(rule, settings, model, seed),
  );
};

function expectClose(path: Path, expected: Path, tolerance: number): void {
  const { error, where } = distance(path, expected);
  assert.ok(error <= tolerance, `${error.toExponential(1)} apart at ${where}`);
}

async function expectFloat32(one: Case, walk: Walk): Promise<void> {
  const { rule, settings } = one;
  const model = residentProblem(one.problem, one.shapes);
  const makeUpdater = (): Updater =>
    rule.kind === 'code' ? rule.updater(settings, model, seed) : wasmUpdater(rule, settings, model, seed);
  const { error, where } = await distanceInFloat32(one, walk, model, makeUpdater);
  assert.ok(error <= 1e-4, `${error.toExponential(1)} apart at ${where}`);
}

describe('every optimizer follows its original', () => {
  for (const name of new Set(oracle.map(({ of }) => of)))
    it(`${name} is followed with three settings or more on each problem`, () => {
      for (const problem of Object.keys(problems)) {
        const cases = oracle.filter((each) => each.of === name && each.problemName === problem);
        assert.ok(new Set(cases.map(({ settings }) => JSON.stringify(settings))).size >= 3, problem);
      }
    });

  for (const one of oracle) {
    let walk: Promise<Walk> | undefined;
    const walked = (): Promise<Walk> => (walk ??= reference(one));
    it(`${one.title}: ${one.source}`, async () => expectClose((await walked()).path, one.path, 1e-10));
    it(`${one.title}: CPU`, async () => expectFloat32(one, await walked()));
  }
});
