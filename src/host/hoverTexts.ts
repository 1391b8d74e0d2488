/** What hovers say, as Markdown. Knows nothing of the editor but how a command is linked. */
import { findRule } from '../engine/optimizers';
import type { HyperparameterValue } from '../engine/language/rule';
import type { Hyperparameter, Rule } from '../engine/language';
import { formula } from '../engine/language/formula';
import { showNumber } from '../engine/run/describe';
import { defaultsOf } from '../source/frameworks/definition';
import type { CallArgument, Literal, OptimizerCall } from '../source/reading';
import type { Measured } from './measurements';
import { chooseCall, frameworkOf, type CallReference, type OptimizerChoice } from './optimizerChoice';
import { sparkline } from './sparkline';

/** Text that Markdown must take as it is. */
export const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');

/** Three or four digits, enough to compare by eye. */
export const short = (value: number): string => (Number.isFinite(value) ? showNumber(Number(value.toPrecision(3))) : String(value));

const show = (value: HyperparameterValue | Literal): string =>
  typeof value === 'number' ? showNumber(value) : value === null ? 'None' : String(value);

/** Lines of Markdown, each on its own line. */
const lines = (parts: readonly string[]): string => parts.join('  \n');

/** The rule as its paper writes it, in the form that the settings choose. @param mark a hyperparameter to be emphasised */
function ruleLines({ rule, settings }: OptimizerChoice, mark?: string): string {
  // forms are chosen by the settings; numbers stay symbols, but for those that are switched off
  const chosen = Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => typeof value !== 'number' || (value === 0 && name !== mark)),
  );
  const written = formula(rule, { mark: mark ?? '', settings: chosen });
  return lines(written.map((line) => `\u2003${line}`));
}

/** `0.001 here · PyTorch's default 0.001 · allowed (0, inf)` */
function valueLine(call: OptimizerCall, argument: CallArgument | undefined, hyperparameter: Hyperparameter): string {
  const framework = frameworkOf(call);
  const standard = defaultsOf(framework.constructors[call.constructorName])[hyperparameter.name];
  const parts: string[] = [];
  if (argument && 'known' in argument.value) {
    const { known } = argument.value;
    parts.push(`**${plain(show(known))}** here`);
    const fault = typeof known === typeof hyperparameter.default ? hyperparameter.check(known as HyperparameterValue) : null;
    if (fault !== null) parts.push(`⚠ ${plain(fault)} is expected`);
  } else if (argument && 'unknown' in argument.value) {
    const { source, suggestion } = argument.value.unknown;
    parts.push(
      `\`${source}\` here, known only when the program runs${suggestion === undefined ? '' : ` (probably ${plain(show(suggestion))})`}`,
    );
  }
  if (standard !== undefined) parts.push(`${framework.title}’s default ${plain(show(standard))}`);
  parts.push(`allowed ${plain(hyperparameter.domain)}`);
  return parts.join(' · ');
}

/** What the last run of this line says about one hyperparameter. */
function measuredLines(rule: Rule, name: string, measured: Measured): string[] {
  const { curvature, layers, lr, settings } = measured;
  const ran = name in settings ? `with ${show(settings[name])}` : '';
  const head = `*Last run of this line${ran === '' ? '' : `, ${plain(ran)}`}, step ${measured.step.toLocaleString('en')}:* loss ${short(measured.loss)}`;
  const found: string[] = [head];
  if (name === 'lr' && curvature) {
    found.push(
      `lr·λmax **${short(lr * curvature.lambdaMax)}** (plain gradient descent is stable below 2), λmax ${short(curvature.lambdaMax)} at step ${curvature.step.toLocaleString('en')}`,
    );
    if (curvature.stabilityLimit !== null && Number.isFinite(curvature.preconditionedSharpness))
      found.push(
        `sharpness as ${rule.title} sees it **${short(curvature.preconditionedSharpness)}**, stable below ${short(curvature.stabilityLimit)}`,
      );
  }
  if (layers.length > 0 && name !== 'lr') {
    const widest = layers.reduce((most, layer) => (layer.rate95 / layer.rate05 > most.rate95 / most.rate05 ? layer : most));
    if (widest.rate95 > widest.rate05)
      found.push(
        `effective rates in ${plain(widest.name)}: ${short(widest.rate05)} … **${short(widest.rate50)}** … ${short(widest.rate95)} (5 %, median, 95 %)`,
      );
  }
  const norms = layers.map(({ gradientNorm }) => gradientNorm);
  if (norms.length > 0)
    found.push(`gradient norms ${short(Math.min(...norms))} to ${short(Math.max(...norms))} over ${norms.length} layers`);
  const chart = sparkline(measured.losses);
  if (chart !== '') found.push(`![loss over the run](${chart})`);
  return found;
}

/** How a command is linked: text, command, its argument. */
export type Link = (
  text: string,
  command: 'optimizerDebugger.trainWith' | 'optimizerDebugger.openGradientInspector',
  argument?: unknown,
) => string;

const footer = (rule: Rule, reference: CallReference, link: Link): string =>
  [
    link('▶ Train with this', 'optimizerDebugger.trainWith', reference),
    link('Open the gradient inspector', 'optimizerDebugger.openGradientInspector'),
    `*${linked(rule.source)}*`,
  ].join(' · ');

/** A source with its arXiv number as a link. */
const linked = (source: string): string => plain(source).replace(/arXiv:(\d{4}\.\d{4,5})/g, '[arXiv:$1](https://arxiv.org/abs/$1)');

/** The hover on a hyperparameter: one argument, or those of one tuple. Empty where the rule knows none of them. */
export function hyperparameterHover(
  call: OptimizerCall,
  chosen: readonly CallArgument[],
  reference: CallReference,
  measured: Measured | null,
  link: Link,
): string {
  const choice = chooseCall(call, reference);
  if (!choice) return optimizerHover(call, reference, measured, link);
  const { rule } = choice;
  const blocks: string[] = [];
  for (const argument of chosen) {
    const hyperparameter = rule.hyperparameters.find(({ name }) => name === argument.ours);
    if (!hyperparameter) {
      blocks.push(`**${plain(argument.name)}** is not in this version of ${rule.title}; a run leaves it out.`);
      continue;
    }
    const { name, symbol, doc } = hyperparameter;
    const title = symbol !== '' && symbol !== name ? `**${plain(argument.name)}** ${plain(symbol)}` : `**${plain(argument.name)}**`;
    blocks.push(lines([`${title} — ${plain(doc)}`, valueLine(call, argument, hyperparameter)]));
  }
  const known = chosen.filter(({ ours }) => rule.hyperparameters.some(({ name }) => name === ours));
  if (known.length > 0) {
    if (measured) blocks.push(lines(measuredLines(rule, known[known.length - 1].ours ?? '', measured)));
    blocks.push(ruleLines(choice, known.length === 1 ? (known[0].ours ?? undefined) : undefined));
  }
  blocks.push(footer(rule, reference, link));
  return blocks.join('\n\n');
}

/** The hover on the constructor: what it does, the whole rule, its hyperparameters. */
export function optimizerHover(call: OptimizerCall, reference: CallReference, measured: Measured | null, link: Link): string {
  const framework = frameworkOf(call);
  const choice = chooseCall(call, reference);
  if (!choice)
    return `**${framework.title} ${plain(call.constructorName)}** is not in this version of Optimizer Debugger: there is no rule to train with yet.`;
  const { rule } = choice;
  const standard = defaultsOf(framework.constructors[call.constructorName]);
  const table = rule.hyperparameters
    .filter(({ name }) => name in standard)
    .map(({ name, symbol, doc }) => {
      const argument = call.arguments.find(({ ours }) => ours === name);
      const here = !argument ? '' : 'known' in argument.value ? show(argument.value.known) : argument.value.unknown.source;
      return `| ${plain(name)} | ${plain(symbol === name ? '' : symbol)} | ${plain(here)} | ${plain(show(standard[name]))} | ${plain(doc)} |`;
    });
  return [
    `**${plain(rule.title)}** — ${plain(rule.summary)}`,
    ruleLines(choice),
    [`| | | here | ${framework.title} | |`, '|:--|:--|--:|--:|:--|', ...table].join('\n'),
    ...(choice.notes.length > 0 ? [choice.notes.map((note) => `⚠ ${plain(note)}`).join('  \n')] : []),
    ...(rule.use ? [plain(rule.use)] : []),
    ...(rule.relatives.length > 0 ? [`See also ${rule.relatives.map((name) => plain(findRule(name)?.title ?? name)).join(', ')}.`] : []),
    ...(measured ? [lines(measuredLines(rule, 'lr', measured))] : []),
    footer(rule, reference, link),
  ].join('\n\n');
}
