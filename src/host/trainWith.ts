/**
 * "Train with…": optimizer, then problem and data, then network, each step with a way back, and defaults so that Enter all the way
 * trains. Values that only the running program knows are asked for.
 */
import * as vscode from 'vscode';
import { register } from './commands';
import { backendSetting } from './gpu/commands';
import { elsewhere, pickWhere, type Where } from './gpu/whereStep';
import { pickNetwork } from './networkStep';
import type { NetworkChoice } from './networkText';
import type { CallReference, OptimizerChoice } from './optimizerChoice';
import { complete, findContext, pickOptimizer, preselect, type Context, type RuleSources } from './optimizerStep';
import { placeRules } from './placeRules';
import { specify, type DataChoice, type ProblemChoice } from './problemChoice';
import { pickProblem } from './problemStep';
import { language } from './rules/documents';
import { openRule, saved, showFault } from './rules/open';
import type { Runs } from './runs';
import type { Sources } from './sources';
import { back, cancelled, hasLeft, type Left } from './wizard';
import { readSpecification } from './workspaceProblems';

export function registerTrainWith(sources: Sources, rules: RuleSources, runs: Runs, showTraining: () => Promise<void>): vscode.Disposable {
  const start = async (spec: Parameters<Runs['start']>[0]): Promise<void> => {
    await showTraining();
    await runs.start(spec);
  };
  const memory: Memory = { problem: null };
  return vscode.Disposable.from(
    register('optimizerDebugger.trainWith', async (reference) => {
      const context = findContext(sources, isReference(reference) ? reference : null);
      const chosen = await runWizard(context, rules, preselect(context, isReference(reference) ? reference : null), memory);
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
      const chosen = await runWizard(findContext(sources, null), rules, choice, memory);
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

/** What is offered again, as long as the window is open. */
interface Memory {
  problem: ProblemChoice | null;
}

/** Asks step by step. @returns null where the person left */
async function runWizard(
  context: Context,
  rules: RuleSources,
  preset: OptimizerChoice | null,
  memory: Memory,
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
      const chosen: ProblemChoice | Left = await pickProblem(optimizer, context, memory.problem);
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
      memory.problem = problem;
      const spec = { ...specify(optimizer, problem, network, usable), ...(where !== null && { backend: where }) };
      return { ...placeRules({ spec, folder: problem.kind === 'function' ? '' : problem.folder }), origin: optimizer.origin };
    }
  }
}

/** Training samples that there surely are. */
const smallestTraining = ({ source }: DataChoice): number =>
  'generator' in source ? Math.floor(Number(source.samples ?? 1000) * 0.8) : 'idx' in source ? 1000 : 0;
