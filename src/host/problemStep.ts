/**
 * The second step of "Train with…": on what. Data that are built in, functions, files of the workspace; of a table, which column is learnt; of a function
 * of one's own, where to start.
 */
import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { readFunction } from '../engine/language';
import { findLoss } from '../engine/network/losses';
import { isCsv } from '../engine/problems/load';
import { showNumber } from '../engine/run/describe';
import { titleOf, type OptimizerChoice } from './optimizerChoice';
import { of, separator, title, type Context } from './optimizerStep';
import {
  describeLength,
  functionChoices,
  generatorChoices,
  type DataChoice,
  type FunctionChoice,
  type ProblemChoice,
} from './problemChoice';
import { parseStart } from './startText';
import { ask, back, hasLeft, pick, type Choice, type Left } from './wizard';
import {
  chooseColumn,
  findProblemFiles,
  findTables,
  openIdx,
  openSpecification,
  openTable,
  type TableColumn,
  type WorkspaceFile,
} from './workspaceProblems';

/**
 * One list of all of them. First what the program itself reads, then what was chosen last, so that two optimizers are compared on the same.
 * @param last what was trained on before; null at first
 */
export async function pickProblem(optimizer: OptimizerChoice, context: Context, last: ProblemChoice | null): Promise<ProblemChoice | Left> {
  const { document, reading } = context;
  const loss = findLoss(reading?.losses[0] ?? '');
  const regression = loss?.against === 'numbers' && loss.wants === undefined;
  const data = generatorChoices();
  const sorted = regression ? [...data].sort((a, b) => Number(b.outputs === 1) - Number(a.outputs === 1)) : data;
  const read = document && reading ? await findTables(reading.tables, document.uri) : [];
  const tables = read.filter(({ path }) => !last || path !== tableOf(last));
  const own = { own: true } as const;
  for (;;) {
    const chosen = await pick<ProblemChoice | WorkspaceFile | typeof own>({
      title: `${title} ${titleOf(optimizer)}`,
      step: 2,
      of,
      canGoBack: true,
      placeholder: 'On what? Enter takes the first.',
      items: [
        ...section('read in this file', tables.map(itemOf)),
        ...section('as last time', last ? [itemOf(last)] : []),
        ...section('generated data', sorted.map(itemOf)),
        ...section('functions', functionChoices.map(itemOf)),
        { label: 'A function of your own…', detail: 'Type it with named variables, as in (1 - x)^2 + 100*(y - x^2)^2', value: own },
      ],
      more: [
        findProblemFiles().then((files) =>
          section(
            'files of the workspace',
            files.filter((file) => !('path' in file && tables.some(({ path }) => path === file.path))).map(itemOf),
          ),
        ),
      ],
    });
    if (hasLeft(chosen)) return chosen;
    const opened = 'own' in chosen ? await askFunction(optimizer) : await open(chosen, optimizer);
    if (opened !== back) return opened;
  }
}

/** The table that was chosen, column and all: it need not be asked about again. */
const tableOf = (problem: ProblemChoice): string | null =>
  problem.kind === 'data' && isCsv(problem.source) ? resolve(problem.folder, problem.source.csv.file) : null;

const section = <T>(label: string, items: readonly Choice<T>[]): Choice<T>[] => (items.length === 0 ? [] : [separator(label), ...items]);

/** What there is to choose, with how long it takes where that is known. */
function itemOf<T extends ProblemChoice | WorkspaceFile>(value: T): Choice<T> {
  const { kind, title: label, detail } = value;
  if (kind === 'data') return { label, description: describeLength(value, value.batchSize), detail, value };
  if (kind === 'function') return { label, description: `${value.steps.toLocaleString('en')} steps`, detail, value };
  return { label, detail, value };
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
  const last = table.columns.at(-1)!;
  const columns = [last, ...table.columns.slice(0, -1)].sort((a, b) => Number(a.numeric) - Number(b.numeric));
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
