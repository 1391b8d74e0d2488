/**
 * Cases for the rules and wrappers that no fixture follows: the defaults, and settings drawn from the domains of the hyperparameters. They
 * hold one backend against another. It imports nothing of Node, so that a page in a browser can run the same cases.
 */
import { checkSettings, type Hyperparameter, type Rule } from '../../../src/engine/language';
import { rules } from '../../../src/engine/optimizers';
import { Random } from '../../../src/engine/random';
import { wrappers } from '../../../src/engine/wrappers';
import { ready, type Case, type Walk } from './follow';
import { problems } from './problems';

/** Short: far enough for every state to have been used, too near for a path to be lost in the problem. */
export const drawnSteps: readonly number[] = [1, 2, 5];

/** What the wrappers stand round. */
const inner = 'sgd';
const innerRate = 0.001;
const draws = 3;

/** A value of the domain near the default. */
function draw({ default: value, domain, check }: Hyperparameter, random: Random): number | boolean | string {
  if (typeof value === 'boolean') return random.integer(2) === 1;
  if (typeof value === 'string') {
    const choices = [...domain.matchAll(/"([^"]*)"/g)].map(([, choice]) => choice);
    return choices[random.integer(choices.length)];
  }
  const factor = 2 ** (2 * random.uniform() - 1);
  // A whole default, 5 steps, asks for whole numbers; one below 1, 0.999, may be as near to 1 as to 0; 0 is most often "off".
  const whole = Number.isInteger(value) && value > 1;
  const near = whole ? [Math.round(value * factor)] : value === 0 ? [factor / 4] : [value * factor, 1 - (1 - value) * factor];
  const from = random.integer(near.length);
  return near.slice(from).find((each) => check(each) === null) ?? value;
}

/** Settings that the rule accepts: requirements may forbid what the domains allow one by one. */
function drawn(rule: Rule, random: Random): Record<string, number | boolean | string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const settings = Object.fromEntries(
      rule.hyperparameters.filter(({ name }) => name !== 'lr').map((each) => [each.name, draw(each, random)]),
    );
    try {
      checkSettings(rule, settings);
      return settings;
    } catch {
      continue;
    }
  }
  throw new Error(`No settings drawn for ${rule.name} meet its requirements.`);
}

/** A case without its learning rate, which `tame` chooses. */
export interface DrawnCase {
  readonly title: string;
  readonly of: string;
  at(lr: number): Case;
}

/** @param followed the rules and wrappers that have a fixture */
export function drawnCases(followed: ReadonlySet<string>): DrawnCase[] {
  const random = new Random(7, 'drawn settings');
  const ruleCases = rules().map((rule) => ({ rule, round: undefined }));
  const wrapperCases = wrappers().map((rule) => ({ rule, round: inner }));
  return [...ruleCases, ...wrapperCases]
    .filter(({ rule }) => !followed.has(rule.name))
    .flatMap(({ rule, round }) =>
      [{}, ...Array.from({ length: draws }, () => drawn(rule, random))].flatMap((given) =>
        Object.entries(problems)
          .filter(([, { moments, flat }]) => !(rule.needs.has('moments') && moments === null) && !(rule.needs.has('hessian') && flat))
          .map(([problemName, problem]): DrawnCase => {
            const title = `${rule.name} ${JSON.stringify(given)} on ${problemName}`;
            const made = (lr: number) =>
              round === undefined ? ready(rule.name, { ...given, lr }) : ready(round, { lr }, [{ ...given, name: rule.name }]);
            return {
              title,
              of: rule.name,
              at: (lr) => ({ title, of: rule.name, problem, problemName, start: problem.start, ...made(lr) }),
            };
          }),
      ),
    );
}

/**
 * The walk at the largest learning rate among the default, a tenth, a hundredth, … at which it stays in reach: past the limit of
 * stability, rounding is all that two walks have in common.
 * @param walk follows a case on the reference
 */
export async function tame(one: DrawnCase, walk: (one: Case) => Promise<Walk>): Promise<{ readonly chosen: Case; readonly walk: Walk }> {
  const { rule } = one.at(innerRate);
  const base =
    rule.name === inner && one.of !== inner ? innerRate : Number(rule.hyperparameters.find(({ name }) => name === 'lr')?.default);
  for (let lr = base; lr > base * 1e-9; lr /= 10) {
    const chosen = one.at(lr);
    const walked = await walk(chosen);
    const reach = 10 * (1 + Math.hypot(...chosen.start.flat()));
    if ([...walked.path.values()].every((tensors) => Math.hypot(...tensors.flat()) <= reach)) return { chosen, walk: walked };
  }
  throw new Error(`${one.title} leaves every bound at any learning rate.`);
}
