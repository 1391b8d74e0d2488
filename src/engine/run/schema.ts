/**
 * The JSON Schema of a specification, made from the same definitions that check it: what an editor completes and describes is what
 * the engine takes. `scripts/generate.mjs` writes it to `schemas/run.schema.json`. A schema cannot say everything (a function's
 * variables, sizes); `checkSpecification` does.
 */
import type { Hyperparameter, Rule, TextRule } from '../language/rule';
import type { Domain } from '../language/tree';
import { layerSchema } from '../network/layerSchema';
import { losses } from '../network/losses';
import { generators } from '../problems/generators';
import { mostColumns } from '../problems/limits';
import { partSchedules, schedules, type Schedule } from '../schedules';
import type { Setting, Settings } from '../setting';
import { backendChoices } from './backendNames';
import { defaults } from './defaults';
import { longestFunction, mostEpochs, mostLayers, mostParameters, mostSteps, mostWrappers } from './limits';

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

const closed = (properties: Readonly<Record<string, Schema>>, required: readonly string[], more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...more,
});

const whole = (minimum: number, maximum: number, description: string, standard?: number): Schema => ({
  type: 'integer',
  minimum,
  maximum,
  description,
  ...(standard === undefined ? {} : { default: standard }),
});

interface Named {
  readonly name: string;
  readonly title: string;
  readonly doc: string;
}

/** One of some definitions, each with its meaning. */
const choice = (known: readonly Named[], description: string, standard?: string): Schema => ({
  enum: known.map(({ name }) => name),
  enumDescriptions: known.map(({ title, doc }) => `${title}. ${doc}`),
  description,
  ...(standard === undefined ? {} : { default: standard }),
});

/** What an object may hold beside a name that it gives. */
interface Variant {
  /** The name, and others that mean the same. */
  readonly names: readonly string[];
  readonly properties: Readonly<Record<string, Schema>>;
  /** What must be given, each by one of its names. */
  readonly required?: readonly (readonly string[])[];
}

/** Conditions for an object with a name, whose other properties are those of what the name stands for. */
const byName = (variants: readonly Variant[]): readonly Schema[] =>
  variants.map(({ names, properties, required = [] }) => ({
    if: { required: ['name'], properties: { name: { enum: names } } },
    then: {
      properties: { name: {}, ...properties },
      additionalProperties: false,
      ...(required.length > 0 ? { allOf: required.map((keys) => ({ anyOf: keys.map((key) => ({ required: [key] })) })) } : {}),
    },
  }));

/** @param rules the optimizers that may be named @param wrappers what may go round them */
export function runSchema(rules: readonly Rule[], wrappers: readonly TextRule[]): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Run specification',
    description: 'One training run of Optimizer Debugger: what is learnt, by which optimizer, for how long, and what is measured.',
    allowTrailingCommas: true,
    definitions: { layer: layerSchema(), part: { ...schedule(partSchedules()), description: 'A schedule within another.' } },
    ...closed(
      {
        $schema: { type: 'string' },
        problem: problem(),
        optimizer: { ...ruleChoice(rules, 'optimizer'), description: 'The update rule with its hyperparameters.' },
        wrappers: {
          type: 'array',
          maxItems: mostWrappers,
          default: [],
          items: ruleChoice(wrappers, 'wrapper'),
          description: 'What goes round the optimizer: the first is the outermost and the first to see the gradient.',
        },
        schedule: schedule(schedules),
        batchSize: {
          anyOf: [{ type: 'integer', minimum: 1 }, { const: 'all' }],
          default: defaults.batchSize,
          description: 'Samples a step; "all" takes every training sample in every step. A function takes "all".',
        },
        steps: whole(1, mostSteps, 'Updates of the weights. Give steps or epochs.', defaults.steps),
        epochs: whole(1, mostEpochs, 'Passes over the training samples. Give steps or epochs.'),
        seed: whole(0, Number.MAX_SAFE_INTEGER, 'The same seed gives the same run, bit for bit.', defaults.seed),
        order: { enum: ['shuffled', 'sequential'], default: defaults.order, description: 'Order of the samples within a pass.' },
        initialWeights: {
          type: 'string',
          minLength: 1,
          description:
            'JSON file of weights to start from: [{ "weight": [[…]], "bias": […] }, …], one entry for each layer with weights, weight[out][in].',
        },
        backend: {
          enum: backendChoices,
          default: 'auto',
          description:
            'Where it computes: the CPU in float32, WebGPU in float32 (in the editor only), or the slow float64 reference. `auto` is the faster of the first two for this network on this machine; on the command line the CPU. A function always takes the reference.',
        },
        measure: measure(),
      },
      ['problem', 'optimizer'],
      { not: { required: ['steps', 'epochs'] } },
    ),
  };
}

function problem(): Schema {
  return closed(
    {
      network: network(),
      data: data(),
      function: {
        type: 'string',
        minLength: 1,
        maxLength: longestFunction,
        description: 'A function of named variables: (1 - x)^2 + 100*(y - x^2)^2',
      },
      start: { type: 'object', minProperties: 1, additionalProperties: { type: 'number' }, description: 'Where each variable starts.' },
    },
    [],
    {
      description: 'A network on data, or a function of named variables.',
      dependencies: { network: ['data'], data: ['network'], function: ['start'], start: ['function'] },
      oneOf: [{ required: ['network'] }, { required: ['function'] }],
    },
  );
}

function network(): Schema {
  const extent = { type: 'integer', minimum: 1, maximum: mostParameters };
  return closed(
    {
      inputs: {
        anyOf: [extent, { type: 'array', items: extent, minItems: 2, maxItems: 3 }],
        description: 'Features of a sample, or [channels, height, width]; taken from the data where left out.',
      },
      layers: {
        type: 'array',
        minItems: 1,
        maxItems: mostLayers,
        items: { $ref: '#/definitions/layer' },
        description: 'Layers in order; the last gives logits or plain outputs.',
      },
      loss: choice(losses, 'What is made small: crossEntropy for classes, otherwise meanSquaredError.'),
    },
    ['layers'],
    { description: 'A network: layers one after another.' },
  );
}

function data(): Schema {
  const options: Readonly<Record<string, Schema>> = {
    heldOut: {
      type: 'number',
      minimum: 0,
      exclusiveMaximum: 1,
      default: defaults.heldOut,
      description: 'Share of the samples held out of the training.',
    },
    labelNoise: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: defaults.labelNoise,
      description: 'Share of the training labels that get another class, by the seed.',
    },
    randomLabels: {
      type: 'boolean',
      default: defaults.randomLabels,
      description: 'Draw all training labels anew, to see what a network can memorise.',
    },
  };
  const path = (description: string): Schema => ({ type: 'string', minLength: 1, description });
  const columns = (minItems: number, description: string): Schema => ({
    type: 'array',
    minItems,
    maxItems: mostColumns,
    uniqueItems: true,
    items: { type: 'string', minLength: 1 },
    description,
    ...(minItems === 0 ? { default: [] } : {}),
  });
  const idx = closed({ images: path('IDX file of images, gzipped or not.'), labels: path('IDX file of their labels.') }, [
    'images',
    'labels',
  ]);
  const csv = closed(
    {
      file: path('CSV file, gzipped or not: one sample a row.'),
      label: path('The column of classes, numbered by the sorted order of their names.'),
      targets: columns(1, 'The columns of numbers to be predicted.'),
      header: {
        type: 'boolean',
        description:
          'Whether the first row names the columns; otherwise they are called column 1, column 2, …. Left out: it does unless it holds numbers.',
      },
      ignore: columns(0, 'Columns that are not learnt from, such as names and row numbers.'),
      categories: columns(0, 'Columns that look like numbers and are categories: each value becomes a feature of its own, 0 or 1.'),
      missing: {
        enum: ['refuse', 'drop', 'mean'],
        enumDescriptions: [
          'A missing cell is a fault, and told.',
          'Rows with a missing cell are left out.',
          'A missing feature gets its mean over the training samples.',
        ],
        default: defaults.missing,
        description: 'What is done about cells that are empty, NA, N/A, NaN, null or ?.',
      },
      standardise: {
        type: 'boolean',
        default: defaults.standardise,
        description: 'Shift and scale each feature to mean 0 and standard deviation 1.',
      },
    },
    ['file'],
    { oneOf: [{ required: ['label'] }, { required: ['targets'] }] },
  );
  const generator = choice(generators, 'Data made by a formula and the seed.');
  const only = (properties: Readonly<Record<string, Schema>>): Schema => ({
    properties: { ...properties, ...Object.fromEntries(Object.keys(options).map((name) => [name, {}])) },
    additionalProperties: false,
  });
  return {
    type: 'object',
    description: 'Where the samples come from: IDX files, a CSV file, or a generator.',
    properties: { idx, csv, generator, ...options },
    oneOf: [{ required: ['idx'] }, { required: ['csv'] }, { required: ['generator'] }],
    not: {
      required: ['randomLabels', 'labelNoise'],
      properties: { randomLabels: { const: true }, labelNoise: { exclusiveMinimum: 0 } },
    },
    allOf: [
      { if: { required: ['idx'] }, then: only({ idx: {} }) },
      { if: { required: ['csv'] }, then: only({ csv: {} }) },
      ...generators.map(({ name, settings }) => ({
        if: { required: ['generator'], properties: { generator: { const: name } } },
        then: only({ generator: {}, ...settingsOf(settings) }),
      })),
    ],
  };
}

/** A rule of the library by name, or one of the user's own by file. */
function ruleChoice(rules: readonly Rule[], kind: 'optimizer' | 'wrapper'): Schema {
  return {
    type: 'object',
    properties: {
      name: {
        enum: rules.map(({ name }) => name),
        enumDescriptions: rules.map(({ title, summary }) => `${title}. ${summary}`),
        description: `The ${kind}, by its name in the library.`,
      },
      file: { type: 'string', pattern: '\\S', description: `The ${kind}, a text in the rule language in a file of your own: my.optim.` },
    },
    oneOf: [{ required: ['name'] }, { required: ['file'] }],
    allOf: [
      { if: { required: ['file'] }, then: { additionalProperties: { type: ['number', 'string', 'boolean'] } } },
      ...byName(
        rules.map((rule) => ({
          names: [rule.name],
          properties: Object.fromEntries(
            rule.hyperparameters.flatMap((known) => {
              const domain = rule.kind === 'text' ? rule.tree.parameters.find(({ name }) => name === known.name)?.domain : undefined;
              return [known.name, ...known.aliases].map((key) => [key, hyperparameter(known, domain)] as const);
            }),
          ),
        })),
      ),
    ],
  };
}

/** @param schedules those that may stand there */
function schedule(schedules: readonly Schedule[]): Schema {
  const foreign = schedules.flatMap(({ aliases, name }) => aliases.map((alias) => ({ alias, name })));
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name: {
        enum: [...schedules.map(({ name }) => name), ...foreign.map(({ alias }) => alias)],
        enumDescriptions: [
          ...schedules.map(({ title, doc }) => `${title}. ${doc}`),
          ...foreign.map(({ name }) => `Another name of ${name}.`),
        ],
        default: defaults.schedule,
        description: 'How the learning rate changes from step to step.',
      },
    },
    allOf: byName(
      schedules.map(({ name, aliases, settings }) => ({
        names: [name, ...aliases],
        properties: settingsOf(settings),
        required: Object.entries(settings)
          .filter(([, setting]) => setting.default === undefined && !('ofRun' in setting && setting.ofRun))
          .map(([key, setting]) => [key, ...setting.aliases]),
      })),
    ),
  };
}

function hyperparameter({ symbol, doc, domain: allowed, default: standard }: Hyperparameter, domain: Domain | undefined): Schema {
  return { ...domainOf(domain), default: standard, description: `${symbol}: ${doc}${allowed ? ` (${allowed})` : ''}` };
}

function domainOf(domain: Domain | undefined): Schema {
  if (domain?.kind === 'choices') return { enum: domain.values };
  if (domain?.kind === 'truth') return { type: 'boolean' };
  if (domain?.kind !== 'interval') return {};
  const { from, fromIncluded, to, toIncluded } = domain;
  return {
    type: 'number',
    ...(Number.isFinite(from) ? { [fromIncluded ? 'minimum' : 'exclusiveMinimum']: from } : {}),
    ...(Number.isFinite(to) ? { [toIncluded ? 'maximum' : 'exclusiveMaximum']: to } : {}),
  };
}

/** Settings by each of their names. */
const settingsOf = (settings: Settings): Record<string, Schema> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]) => {
      const described = {
        ...valueOf(setting),
        ...(setting.default === undefined ? {} : { default: setting.default }),
        description: setting.doc,
      };
      return [name, ...setting.aliases].map((key) => [key, described] as const);
    }),
  );

/** The values that a setting allows, but for the order of a list. */
function valueOf(setting: Setting): Schema {
  if (setting.kind === 'truth') return { type: 'boolean' };
  if (setting.kind === 'choice') return { enum: Object.keys(setting.choices), enumDescriptions: Object.values(setting.choices) };
  if (setting.kind === 'parts')
    return { type: 'array', minItems: setting.least, maxItems: setting.most, items: { $ref: '#/definitions/part' } };
  if (setting.kind === 'list') return { type: 'array', minItems: setting.least, maxItems: setting.most, items: valueOf(setting.of) };
  const { kind, min, max, above, below } = setting;
  return {
    type: kind,
    ...(Number.isFinite(min) ? { minimum: min } : {}),
    ...(Number.isFinite(max) ? { maximum: max } : {}),
    ...(Number.isFinite(above) ? { exclusiveMinimum: above } : {}),
    ...(Number.isFinite(below) ? { exclusiveMaximum: below } : {}),
  };
}

function measure(): Schema {
  const { every, curvatureEvery, probeSamples, perWeight } = defaults.measure;
  return closed(
    {
      every: whole(1, mostSteps, 'A `step` event every so many steps.', every),
      curvatureEvery: whole(0, mostSteps, 'A measurement of the curvature every so many steps; 0 is off.', curvatureEvery),
      evaluateEvery: whole(
        0,
        mostSteps,
        'An evaluation on all samples every so many steps; 0 is only at the start and the end. Left out: once an epoch.',
      ),
      probeSamples: {
        type: 'integer',
        minimum: 1,
        default: probeSamples,
        description: 'The most samples that a curvature measurement uses.',
      },
      perWeight: { type: 'boolean', default: perWeight, description: 'Also record the effective rate of every single weight.' },
    },
    [],
    { description: 'What is measured, and how often.' },
  );
}
