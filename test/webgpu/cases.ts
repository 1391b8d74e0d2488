/**
 * What the battery runs, the same list for the page that computes and for the tests that report: every case of every fixture, and the
 * built-in rules and wrappers that have none, with drawn settings. Rules that no text says have no shaders: they run where the model is.
 */
import type { Rule, TextRule } from '../../src/engine/language';
import { findRule } from '../../src/engine/optimizers';
import { drawnCases, drawnSteps, tame } from '../engine/optimizers/drawn';
import { casesOf, kept, type Case, type Fixture, type Walk } from '../engine/optimizers/follow';

/** A fixture and the name of its file. */
export interface FixtureFile {
  readonly file: string;
  readonly fixture: Fixture;
}

export interface BatteryCase {
  readonly title: string;
  /** Walks on the reference. @param walk follows a case, for so many steps */
  reference(walk: (one: Case, steps?: readonly number[]) => Promise<Walk>): Promise<{ readonly chosen: Case; readonly walk: Walk }>;
}

/** Of the steps that fixtures keep, those that are compared here: every step is a round trip to the device, and the CPU's battery goes on to 200. */
const steps = kept.filter((t) => t <= 50);

export const isText = (rule: Rule | undefined): rule is TextRule => rule?.kind === 'text';

export function batteryCases(fixtures: readonly FixtureFile[]): BatteryCase[] {
  const oracle = fixtures.flatMap(({ file, fixture }) => casesOf(file, fixture));
  return [
    ...oracle
      .filter(({ rule }) => isText(rule))
      .map((one): BatteryCase => ({
        title: `${one.title}: ${one.source}`,
        reference: async (walk) => ({ chosen: one, walk: await walk(one, steps) }),
      })),
    ...drawnCases(new Set(oracle.map(({ of }) => of)))
      .filter(({ of }) => findRule(of)?.kind !== 'code')
      .map((one): BatteryCase => ({ title: one.title, reference: (walk) => tame(one, (each) => walk(each, drawnSteps)) })),
  ];
}
