/**
 * The update rules follow their outside implementations over 200 steps of four problems (the fixtures of test/oracle): the float64
 * reference within 1e-10 of each tensor's norm, nearly always 1e-12, the CPU in float32 within 1e-4 of the reference. Rules that
 * nothing outside has are held to the latter.
 */
import assert from 'node:assert/strict';
import type { Updater } from '../../../src/engine/backends/backend';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { referenceUpdater } from '../../../src/engine/language/reference';
import { torch } from '../../../src/source/frameworks/torch';
import { fixtureFiles, readFixture } from './fixtures';
import { apart, apartInFloat32, casesOf, follow, type Case, type OracleCase, type Walk } from './follow';
import { drawnCases, drawnSteps, tame } from './drawn';
import { plainProblem, problems, residentProblem } from './problems';

const oracle: readonly OracleCase[] = fixtureFiles().flatMap((file) => casesOf(file, readFixture(file)));

const seed = 3;

const reference = (one: Case, steps?: readonly number[]): Promise<Walk> => {
  const model = plainProblem(one.problem, Float64Array, one.shapes);
  const { rule, settings } = one;
  const makeUpdater = (): Updater =>
    rule.kind === 'code' ? rule.updater(settings, model, seed) : referenceUpdater(rule, settings, model, seed);
  return follow(one, model, makeUpdater, undefined, steps);
};

/** Element by element only rounding is left; a search along lines and eigenvectors amplify it. */
const closeness = ({ rule, source }: OracleCase): number => (rule.kind === 'text' && /^(torch|optax)/.test(source) ? 1e-12 : 1e-10);

const near = (found: string | null): void => assert.ok(found === null, found ?? '');

async function expectFloat32(one: Case, walk: Walk): Promise<void> {
  const { rule, settings } = one;
  const model = residentProblem(one.problem, one.shapes);
  const makeUpdater = (): Updater =>
    rule.kind === 'code' ? rule.updater(settings, model, seed) : wasmUpdater(rule, settings, model, seed);
  near(await apartInFloat32(one, walk, model, makeUpdater));
}

describe('every optimizer follows its original', () => {
  for (const name of new Set(oracle.map(({ of }) => of)))
    it(`${name} is followed with three settings or more on each problem`, () => {
      for (const problem of Object.keys(problems)) {
        const cases = oracle.filter((each) => each.of === name && each.problemName === problem);
        assert.ok(new Set(cases.map(({ settings }) => JSON.stringify(settings))).size >= 3, problem);
      }
    });

  for (const [name, { rule }] of Object.entries(torch.constructors))
    it(`torch.optim.${name} is followed by ${rule}`, () =>
      assert.ok(oracle.some(({ of, source }) => of === rule && source.startsWith('torch'))));

  for (const one of oracle) {
    let walk: Promise<Walk> | undefined;
    const walked = (): Promise<Walk> => (walk ??= reference(one));
    it(`${one.title}: ${one.source}`, async () => near(apart((await walked()).path, one.path, closeness(one))));
    it(`${one.title}: CPU`, async () => expectFloat32(one, await walked()));
  }
});

describe('every optimizer without an original computes the same on the CPU as on the reference', () => {
  for (const one of drawnCases(new Set(oracle.map(({ of }) => of))))
    it(one.title, async () => {
      const { chosen, walk } = await tame(one, (each) => reference(each, drawnSteps));
      await expectFloat32(chosen, walk);
    });
});
