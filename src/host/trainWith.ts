/**
 * "Train with…": optimizer, then problem and data, then network, each step with a way back, and defaults so that Enter all the way
 * trains. Values that only the running program knows are asked for.
 */
import * as vscode from 'vscode';
import { readFunction } from '../engine/language';
import { findLoss } from '../engine/network/losses';
import { showNumber } from '../engine/run/describe';
import { register } from './commands';
import { backendSetting } from './gpu/commands';
import { elsewhere, pickWhere, type Where } from './gpu/whereStep';
import { pickNetwork } from './networkStep';
import type { NetworkChoice } from './networkText';
import { titleOf, type CallReference, type OptimizerChoice } from './optimizerChoice';
import { complete, findContext, of, pickOptimizer, preselect, separator, title, type Context, type RuleSources } from './optimizerStep';
import { placeRules } from './placeRules';
import {
  describeLength,
  functionChoices,
  generatorChoices,
  specify,
  type DataChoice,
  type FunctionChoice,
  type ProblemChoice,
} from './problemChoice';
import { language } from './rules/documents';
import { openRule, saved, showFault } from './rules/open';
import type { Runs } from './runs';
import type { Sources } from './sources';
import { parseStart } from './startText';
import { ask, back, cancelled, hasLeft, pick, type Choice, type Left } from './wizard';
import {
  chooseColumn,
  findProblemFiles,
  openIdx,
  openSpecification,
  openTable,
  readSpecification,
  type TableColumn,
  type WorkspaceFile,
} from './workspaceProblems';

export function registerTrainWith(sources: Sources, rules: RuleSources, runs: Runs, showTraining: () => Promise<void>): vscode.Disposable {
  const start = async (spec: Parameters<Runs['start']>[0]): Promise<void> => {
    await showTraining();
    await runs.start(spec);
  };
  return vscode.Disposable.from(
    register('optimizerDebugger.trainWith', async (reference) => {
      const context = findContext(sources, isReference(reference) ? reference : null);
      const chosen = await runWizard(context, rules, preselect(context, isReference(reference) ? reference : null));
      if (chosen) await start(chosen);
    }),
    register('optimizerDebugger.trainRule', async (resource) => {
      const uri = resource instanceof vscode.Uri ? resource : vscode.window.activeTextEditor?.document.uri;
      const shown = uri && (await vscode.workspace.openTextDocument(uri));
      if (shown?.languageId !== language) throw new Error('Open a rule (a file ending in .optim) first.');
      const faulty = openRule(rules.documents, shown);
      if (faulty && 'fault' in faulty) return showFault(faulty);
      const document = await saved(shown);
      const choice = document && openRule(rules.documents, document);
      if (!document || (choice && 'fault' in choice)) return;
      if (!choice) throw new Error('A rule is trained from a file on disk; save it there first.');
      const chosen = await runWizard(findContext(sources, null), rules, choice);
      if (chosen) await start(chosen);
    }),
    register('optimizerDebugger.trainSpecification', async (resource) => {
      const uri = resource instanceof vscode.Uri ? resource : vscode.window.activeTextEditor?.document.uri;
      if (!uri) throw new Error('Open a run specification (a file ending in .run.json) first.');
      const document = await vscode.workspace.openTextDocument(uri);
      const { spec, folder } = await readSpecification(uri.fsPath, document.getText());
      await start({ spec, folder, origin: null });
    }),
    register('optimizerDebugger.trainAgain', async () => {
      await showTraining();
      await runs.again();
    }),
  );
}

const isReference = (value: unknown): value is CallReference =>
  typeof value === 'object' && value !== null && 'uri' in value && 'constructorName' in value && 'ordinal' in value;

/** Asks step by step. @returns null where the person left */
async function runWizard(
  context: Context,
  rules: RuleSources,
  preset: OptimizerChoice | null,
): Promise<Parameters<Runs['start']>[0] | null> {
  let optimizer: OptimizerChoice | null = null;
  let problem: ProblemChoice | null = null;
  let where: Where | null = null;
  for (let step = 1; ;) {
    if (step === 1) {
      const chosen: OptimizerChoice | Left = preset && !optimizer ? preset : await pickOptimizer(context, rules);
      if (hasLeft(chosen)) return null;
      const answered = await complete(chosen, context, rules);
      if (answered === back && preset && !optimizer) {
        optimizer = preset; // show the list from now on
        continue;
      }
      if (answered === back) continue;
      if (hasLeft(answered)) return null;
      optimizer = answered;
      step = 2;
    } else if (step === 2 && optimizer) {
      const chosen: ProblemChoice | Left = await pickProblem(optimizer, context);
      if (chosen === back) step = 1;
      else if (hasLeft(chosen)) return null;
      else {
        problem = chosen;
        step = 3;
      }
    } else if (optimizer && problem) {
      const batchSize = context.reading?.batchSizes[0];
      const network: NetworkChoice | null | Left | typeof elsewhere =
        problem.kind === 'data' ? await pickNetwork(problem, optimizer, context, where ?? backendSetting()) : null;
      if (network === elsewhere) {
        const chosen: Where | Left = await pickWhere(where ?? backendSetting());
        if (chosen === cancelled) return null;
        if (chosen !== back) where = chosen;
        continue;
      }
      if (network === back) {
        step = 2;
        continue;
      }
      if (network !== null && hasLeft(network)) return null;
      const usable = problem.kind === 'data' && batchSize !== undefined && batchSize <= smallestTraining(problem) ? batchSize : undefined;
      const spec = { ...specify(optimizer, problem, network, usable), ...(where !== null && { backend: where }) };
      return { ...placeRules({ spec, folder: problem.kind === 'function' ? '' : problem.folder }), origin: optimizer.origin };
    }
  }
}

/** Training samples that there surely are. */
const smallestTraining = ({ source }: DataChoice): number =>
  'generator' in source ? Math.floor(Number(source.samples ?? 1000) * 0.8) : 'idx' in source ? 1000 : 0;

/** Step 2: data that are built in, functions, files of the workspace. */
async function pickProblem(optimizer: OptimizerChoice, context: Context): Promise<ProblemChoice | Left> {
  const loss = findLoss(context.reading?.losses[0] ?? '');
  const regression = loss?.against === 'numbers' && loss.wants === undefined;
  const data = generatorChoices();
  const sorted = regression ? [...data].sort((a, b) => Number(b.outputs === 1) - Number(a.outputs === 1)) : data;
  const own = { own: true } as const;
  for (;;) {
    const chosen = await pick<ProblemChoice | WorkspaceFile | typeof own>({
      title: `${title} ${titleOf(optimizer)}`,
      step: 2,
      of,
      canGoBack: true,
      placeholder: 'On what? Enter takes the first.',
      items: [
        separator('generated data'),
        ...sorted.map((value) => ({
          label: value.title,
          description: describeLength(value, value.batchSize),
          detail: value.detail,
          value,
        })),
        separator('functions'),
        ...functionChoices.map((value) => ({
          label: value.title,
          description: `${value.steps.toLocaleString('en')} steps`,
          detail: value.detail,
          value,
        })),
        { label: 'A function of your own…', detail: 'Type it with named variables, as in (1 - x)^2 + 100*(y - x^2)^2', value: own },
      ],
      more: [
        findProblemFiles().then((files) =>
          files.length === 0
            ? []
            : [separator('files of the workspace'), ...files.map((value) => ({ label: value.title, detail: value.detail, value }))],
        ),
      ],
    });
    if (hasLeft(chosen)) return chosen;
    const opened = 'own' in chosen ? await askFunction(optimizer) : await open(chosen, optimizer);
    if (opened !== back) return opened;
  }
}

/** Looks into what was chosen. A file that is at fault is told, and the list shown again. */
async function open(chosen: ProblemChoice | WorkspaceFile, optimizer: OptimizerChoice): Promise<ProblemChoice | Left> {
  try {
    switch (chosen.kind) {
      case 'idx':
        return await openIdx(chosen);
      case 'run':
        return await openSpecification(chosen);
      case 'csv':
        return await pickColumn(chosen.path, optimizer);
      default:
        return chosen;
    }
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return back;
  }
}

/** What is to be learnt from a table. */
async function pickColumn(path: string, optimizer: OptimizerChoice): Promise<DataChoice | Left> {
  const table = await openTable(path);
  // the last first, and a column of names before all numbers: that is what one predicts
  const columns = [...table.columns].reverse().sort((a, b) => Number(a.numeric) - Number(b.numeric));
  const items = columns.flatMap((column): Choice<{ column: TableColumn; as: 'class' | 'number' }>[] => {
    const classes = { label: column.name, description: `class · ${column.values} seen`, value: { column, as: 'class' } } as const;
    const number = { label: column.name, description: 'number', value: { column, as: 'number' } } as const;
    if (!column.numeric) return [classes];
    return column.values <= 20 && column.values < table.rows / 2 ? [classes, number] : [number];
  });
  const chosen = await pick({
    title: `${title} ${titleOf(optimizer)}`,
    step: 2,
    of,
    canGoBack: true,
    placeholder: 'Which column is to be predicted?',
    items,
  });
  return hasLeft(chosen) ? chosen : chooseColumn(table, chosen.column, chosen.as);
}

/** A function, then where to start. */
async function askFunction(optimizer: OptimizerChoice): Promise<FunctionChoice | Left> {
  const common = { title: `${title} ${titleOf(optimizer)}`, step: 2, of, canGoBack: true };
  let text = '(1 - x)^2 + 100*(y - x^2)^2';
  for (;;) {
    const typed = await ask({
      ...common,
      placeholder: 'x^2 + 10*y^2',
      prompt: 'A function of named variables, to be made small',
      value: text,
      validate: (value) => faultOf(() => readFunction(value)),
    });
    if (hasLeft(typed)) return typed;
    text = typed;
    const { variables } = readFunction(text);
    const start = await ask({
      ...common,
      placeholder: variables.map((name) => `${name}=1`).join(', '),
      prompt: 'Where to start',
      value: variables.map((name) => `${name}=1`).join(', '),
      validate: (value) => {
        const parsed = parseStart(value, variables);
        return typeof parsed === 'string' ? parsed : null;
      },
    });
    if (start === back) continue;
    if (hasLeft(start)) return start;
    const parsed = parseStart(start, variables);
    if (typeof parsed === 'string') continue;
    const detail = Object.entries(parsed).map(([name, value]) => `${name} = ${showNumber(value)}`);
    return { kind: 'function', title: text, detail: `from ${detail.join(', ')}`, problem: { function: text, start: parsed }, steps: 1000 };
  }
}

function faultOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
