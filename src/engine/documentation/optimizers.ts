/** The page of all optimizers and wrappers: what each does, its rule as papers write it, its hyperparameters, source and kin. */
import { formula, type Hyperparameter, type Rule } from '../language';
import { anchor, block, code, note, page, plain, table } from './markdown';

/** @param rules the optimizers @param wrappers what goes round them */
export function optimizersPage(rules: readonly Rule[], wrappers: readonly Rule[]): string {
  const known = new Map([...rules, ...wrappers].map((rule) => [rule.name, rule]));
  return page(
    note,
    '# Optimizers',
    `${rules.length} optimizers and ${wrappers.length} wrappers. Each is one file in \`src/engine/optimizers\` or \`src/engine/wrappers\`; the formula, the table and the code that runs are all made from it. ` +
      'How such a file is written: [the rule language](rule-language.md). The learning rate over time: [schedules](schedules.md).',
    'In the formulas w are the weights, g the gradient of the mini-batch’s mean loss, t the step from 1, f the loss; ← changes what lasts from step to step, = names a value of this step. ' +
      'A name in the first column is what a run specification calls it.',
    overview('Optimizer', rules),
    overview('Wrapper', wrappers),
    rules.flatMap((rule) => entry(rule, known)),
    '# Wrappers',
    'A wrapper goes round any optimizer but those in TypeScript: `"wrappers": [{ "name": "clipGlobalNorm", "maxNorm": 1 }]` in a run specification, the outermost first. *inner* is where the wrapped rule’s lines stand.',
    wrappers.flatMap((rule) => entry(rule, known)),
  );
}

const heading = ({ title, name }: Rule): string => `${title} (${name})`;
const link = (rule: Rule): string => `[${plain(rule.title)}](#${anchor(heading(rule))})`;
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;

const overview = (what: string, rules: readonly Rule[]): string =>
  table(
    ['', what, 'In short'],
    rules.map((rule) => [code(rule.name), link(rule), plain(firstSentence(rule.summary))]),
  );

function entry(rule: Rule, known: ReadonlyMap<string, Rule>): string[] {
  const kin = rule.relatives.map((name) => known.get(name)).filter((each) => each !== undefined);
  return [
    `## ${heading(rule)}`,
    plain(rule.summary),
    block(linesOf(rule)),
    ...(rule.hyperparameters.length > 0 ? [settings(rule.hyperparameters)] : []),
    ...(rule.use ? [`**When to use it.** ${plain(rule.use)}`] : []),
    `**Source.** ${plain(rule.source)}`,
    ...(kin.length > 0 ? [`**See also.** ${kin.map(link).join(', ')}`] : []),
  ];
}

/** The formula, with a line of its own where the wrapped rule stands. */
function linesOf(rule: Rule): readonly string[] {
  if (rule.kind === 'code' || rule.tree.inner === null) return formula(rule);
  const { lines, inner } = rule.tree;
  const part = (some: typeof lines): readonly string[] => formula({ ...rule, tree: { ...rule.tree, lines: some } });
  return [...part(lines.slice(0, inner)), '… inner …', ...part(lines.slice(inner))];
}

const settings = (hyperparameters: readonly Hyperparameter[]): string =>
  table(
    ['Symbol', 'Name', 'Default', 'Values', 'Meaning'],
    hyperparameters.map(({ symbol, name, aliases, default: value, domain, doc }) => [
      plain(symbol),
      code(name) + (aliases.length > 0 ? ` (${aliases.map(code).join(', ')})` : ''),
      code(String(value)),
      code(domain),
      plain(doc),
    ]),
  );
