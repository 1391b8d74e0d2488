/** What is to be learnt: a network on data, or a function of named variables. Names, types and sizes; no file is opened here. */
import { LanguageError } from '../language/rule';
import { readFunction } from '../language';
import { LayerFault, NetworkBuilder } from '../network/builder';
import { completeLayers } from '../network/complete';
import type { LayerSpecification } from '../network/layers';
import { losses } from '../network/losses';
import { findGenerator, generators } from '../problems/generators';
import { mostColumns } from '../problems/limits';
import { checkDraws, checkLayers } from './checkLayers';
import { checkValues } from './checkValues';
import { anyObject, array, fault, flag, list, number, object, oneOf, text, type Fields } from './fields';
import { longestFunction, mostVariables } from './limits';
import {
  SpecificationError,
  type CsvSource,
  type DataOptions,
  type DataSource,
  type FunctionProblem,
  type NetworkSpecification,
  type RunSpecification,
} from './specification';

const path = 'problem';

/** Checks `problem`. */
export function checkProblem(value: unknown): RunSpecification['problem'] {
  const fields = object(
    value,
    path,
    ['network', 'data', 'function', 'start'],
    'an object with `network` and `data`, or `function` and `start`,',
  );
  const network = 'network' in fields || 'data' in fields;
  if (network && ('function' in fields || 'start' in fields))
    throw new SpecificationError(path, 'both a network and a function are given; keep `network` and `data`, or `function` and `start`.');
  if (network) return { network: checkNetwork(fields.network), data: checkData(fields.data) };
  if ('function' in fields || 'start' in fields) return checkFunction(fields.function, fields.start);
  throw new SpecificationError(path, 'empty; `network` and `data`, or `function` and `start`, are expected.');
}

function checkNetwork(value: unknown): NetworkSpecification {
  const at = 'problem.network';
  const fields = object(value, at, ['inputs', 'layers', 'loss'], 'an object with `layers`');
  const inputs = fields.inputs === undefined ? undefined : checkInputs(fields.inputs, `${at}.inputs`);
  const layers = checkLayers(fields.layers, `${at}.layers`);
  checkDraws(layers, `${at}.layers`);
  checkSize(layers, inputs);
  return {
    ...(inputs === undefined ? {} : { inputs }),
    layers,
    ...(fields.loss === undefined ? {} : { loss: oneOf(fields.loss, `${at}.loss`, names(losses)) }),
  };
}

/** A number of features, [channels, height, width] or [height, width]. */
function checkInputs(value: unknown, at: string): number | readonly number[] {
  if (!Array.isArray(value)) return number(value, at, 'a whole number of features or [channels, height, width]', whole);
  if (value.length !== 2 && value.length !== 3) throw fault(at, value, '[channels, height, width] or [height, width]');
  return Array.from<unknown>(value).map((extent, i) => number(extent, `${at}[${i}]`, 'a whole number', whole));
}

/** Sees to sizes before any data are read. Where the inputs are still open, it takes one, and leaves what depends on them for later. */
function checkSize(layers: readonly LayerSpecification[], inputs: number | readonly number[] = 1): void {
  const builder = new NetworkBuilder(typeof inputs === 'number' ? [inputs] : inputs.length === 2 ? [1, ...inputs] : inputs);
  try {
    builder.chain(completeLayers(layers), 0);
  } catch (error) {
    if (!(error instanceof LayerFault)) throw error;
    if (error.about === 'size') throw new SpecificationError(`problem.network.${error.path}`, error.message);
  }
}

const whole = { min: 1, whole: true };
const names = (definitions: readonly { readonly name: string }[]): string[] => definitions.map((definition) => definition.name);

const dataOptions = ['heldOut', 'labelNoise', 'randomLabels'];

function checkData(value: unknown): DataSource {
  const at = 'problem.data';
  const given = anyObject(value, at, 'an object with `idx`, `csv` or `generator`');
  const kinds = ['idx', 'csv', 'generator'].filter((kind) => kind in given);
  if (kinds.length > 1) throw new SpecificationError(at, `${list(kinds).replace(' or ', ' and ')} are given; keep one of them.`);
  const options = checkDataOptions(given, at);
  if (kinds[0] === 'generator') {
    const name = oneOf(given.generator, `${at}.generator`, names(generators));
    const settings = findGenerator(name)?.settings ?? {};
    return { generator: name, ...checkValues(given, at, `the generator \`${name}\``, settings, ['generator', ...dataOptions]), ...options };
  }
  const fields = object(given, at, ['idx', 'csv', 'generator', ...dataOptions]);
  if (kinds[0] === 'csv') return { csv: checkCsv(fields.csv), ...options };
  if (kinds.length === 0)
    throw new SpecificationError(at, `missing where the data come from; ${list(['idx', 'csv', 'generator'])} is expected.`);
  const idx = object(fields.idx, `${at}.idx`, ['images', 'labels'], 'an object with `images` and `labels`');
  const file = (key: 'images' | 'labels'): string => text(idx[key], `${at}.idx.${key}`, 'the path of an IDX file');
  return { idx: { images: file('images'), labels: file('labels') }, ...options };
}

function checkDataOptions({ heldOut, labelNoise, randomLabels }: Fields, at: string): DataOptions {
  const options: DataOptions = {
    ...(heldOut === undefined ? {} : { heldOut: number(heldOut, `${at}.heldOut`, 'a share of the samples', { min: 0, below: 1 }) }),
    ...(labelNoise === undefined
      ? {}
      : { labelNoise: number(labelNoise, `${at}.labelNoise`, 'a share of the training labels', { min: 0, max: 1 }) }),
    ...(randomLabels === undefined ? {} : { randomLabels: flag(randomLabels, `${at}.randomLabels`) }),
  };
  if (options.randomLabels && (options.labelNoise ?? 0) > 0)
    throw new SpecificationError(`${at}.labelNoise`, 'labels that `randomLabels` draws anew cannot become noisier; keep one of them.');
  return options;
}

function checkCsv(value: unknown): CsvSource['csv'] {
  const at = 'problem.data.csv';
  const known = ['file', 'label', 'targets', 'header', 'ignore', 'categories', 'missing', 'standardise'];
  const fields = object(value, at, known, 'an object with `file` and `label` or `targets`');
  const file = text(fields.file, `${at}.file`, 'the path of a CSV file');
  if (fields.label !== undefined && fields.targets !== undefined)
    throw new SpecificationError(
      at,
      'both `label` and `targets` are given; `label` names a column of classes, `targets` columns of numbers: keep one.',
    );
  if (fields.label === undefined && fields.targets === undefined)
    throw new SpecificationError(
      at,
      'missing what is to be learnt; `label` (a column of classes) or `targets` (columns of numbers) is expected.',
    );
  return {
    file,
    ...(fields.label === undefined
      ? { targets: checkColumns(fields.targets, `${at}.targets`) }
      : { label: text(fields.label, `${at}.label`, 'the name of the column of classes') }),
    ...(fields.header === undefined ? {} : { header: flag(fields.header, `${at}.header`) }),
    ...(fields.ignore === undefined ? {} : { ignore: checkColumns(fields.ignore, `${at}.ignore`, true) }),
    ...(fields.categories === undefined ? {} : { categories: checkColumns(fields.categories, `${at}.categories`, true) }),
    ...(fields.missing === undefined ? {} : { missing: oneOf(fields.missing, `${at}.missing`, ['refuse', 'drop', 'mean']) }),
    ...(fields.standardise === undefined ? {} : { standardise: flag(fields.standardise, `${at}.standardise`) }),
  };
}

/** Names of columns, each once. */
function checkColumns(value: unknown, at: string, mayBeEmpty = false): readonly string[] {
  if (mayBeEmpty && Array.isArray(value) && value.length === 0) return [];
  const columns = array(value, at, mostColumns, 'a list of columns').map((column, i) =>
    text(column, `${at}[${i}]`, 'the name of a column'),
  );
  const seen = new Set<string>();
  columns.forEach((column, i) => {
    if (seen.has(column)) throw new SpecificationError(`${at}[${i}]`, `${JSON.stringify(column)} is listed twice; remove one.`);
    seen.add(column);
  });
  return columns;
}

function checkFunction(value: unknown, startValue: unknown): FunctionProblem {
  const source = text(value, 'problem.function', 'a function such as "(1 - x)^2 + 100*(y - x^2)^2"');
  if (source.length > longestFunction)
    throw new SpecificationError('problem.function', `${source.length} characters; at most ${longestFunction} are allowed.`);
  const variables = functionVariables(source);
  if (variables.length === 0) throw new SpecificationError('problem.function', 'no variable occurs in it: there is nothing to change.');
  if (variables.length > mostVariables)
    throw new SpecificationError('problem.function', `${variables.length} variables; at most ${mostVariables} are allowed.`);
  const example = variables.map((name) => `"${name}": 1`).join(', ');
  const fields = object(startValue, 'problem.start', variables, `an object such as { ${example} }`);
  const start = variables.map((name) => [name, number(fields[name], `problem.start.${name}`, 'a finite number')] as const);
  return { function: source, start: Object.fromEntries(start) };
}

/** The variables of a function in order of appearance. */
function functionVariables(source: string): readonly string[] {
  try {
    return readFunction(source).variables;
  } catch (error) {
    if (error instanceof LanguageError) throw new SpecificationError('problem.function', `column ${error.column}: ${error.problem}`);
    throw error;
  }
}
