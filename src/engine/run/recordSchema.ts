/**
 * The JSON Schema of one line of a record. `scripts/generate.mjs` writes it to `schemas/record.schema.json`, beside the
 * specification's, to which it refers. A number that is not finite is written as a string, so every measured number may be one of three.
 */
import { backendNames } from './backendNames';
import type { Schema } from './schema';

const number: Schema = { $ref: '#/definitions/number' };
const numberOrNull: Schema = { anyOf: [number, { type: 'null' }] };
const count: Schema = { type: 'integer', minimum: 0 };
const text: Schema = { type: 'string' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const dictionary = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

/** An object with just these fields; those whose name ends in `?` may be missing. */
function exactly(fields: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), fields[name]])),
    required: names.filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

const event = (type: string, description: string, fields: Readonly<Record<string, Schema>>): Schema => ({
  ...exactly({ type: { const: type }, ...fields }),
  description,
});

const settings = dictionary({ type: ['number', 'string', 'boolean'] });
const layer = exactly({ name: text, shape: list({ type: 'integer', minimum: 1 }), parameters: { type: 'integer', minimum: 1 } });
const quantiles = exactly({ q05: number, q25: number, q50: number, q75: number, q95: number });

/** A complete specification: valid as one, and nothing left out. */
const complete: Schema = {
  allOf: [
    { $ref: 'run.schema.json' },
    {
      required: ['problem', 'optimizer', 'wrappers', 'schedule', 'batchSize', 'seed', 'order', 'backend', 'measure'],
      oneOf: [{ required: ['steps'] }, { required: ['epochs'] }],
      properties: {
        schedule: { required: ['warmup', 'warmupFrom'] },
        backend: { enum: backendNames },
        measure: { required: ['every', 'curvatureEvery', 'evaluateEvery', 'probeSamples', 'perWeight'] },
      },
    },
  ],
};

const events: readonly Schema[] = [
  event('start', 'The first line: what runs.', {
    title: text,
    details: text,
    spec: complete,
    rule: text,
    wrapperRules: list(text),
    parameters: { type: 'integer', minimum: 1 },
    layers: { ...list(layer), minItems: 1 },
    backend: { enum: backendNames },
    precision: { enum: ['float32', 'float64'] },
    steps: { type: 'integer', minimum: 1 },
    trainSamples: { type: 'integer', minimum: 1 },
    heldOutSamples: count,
    version: text,
  }),
  event('step', 'One step: the loss before its update, and what was measured of it, one number a layer.', {
    step: { type: 'integer', minimum: 1 },
    epoch: number,
    loss: number,
    lr: number,
    gradientNorm: list(number),
    updateNorm: list(number),
    weightNorm: list(number),
    effectiveRate: list(quantiles),
    'effectiveRatePerWeight?': list(list(number)),
    'position?': dictionary(number),
    'value?': number,
    'gradient?': dictionary(number),
  }),
  event('evaluation', 'Mean loss and accuracy over all training samples and all held out.', {
    step: count,
    trainLoss: number,
    trainAccuracy: numberOrNull,
    heldOutLoss: numberOrNull,
    heldOutAccuracy: numberOrNull,
  }),
  event('curvature', 'The two ends of the Hessian’s spectrum with their residuals, and what they say of the place.', {
    step: count,
    lambdaMax: number,
    lambdaMin: number,
    residualMax: number,
    residualMin: number,
    trace: number,
    traceError: number,
    negativeFraction: number,
    preconditionedSharpness: number,
    stabilityLimit: numberOrNull,
    gradientNorm: number,
    verdict: { enum: ['minimum', 'saddle', 'maximum', 'plateau', 'slope'] },
    reason: text,
    probeSamples: count,
    products: count,
  }),
  event('rule', 'Another text of a rule that the run has from a file, used from the next step on.', {
    step: count,
    file: text,
    text,
    title: text,
    details: text,
    settings,
    kept: list(text),
    fresh: list(text),
  }),
  event('settings', 'Other hyperparameters, changed while the run stood still, used from the next step on.', {
    step: count,
    changed: { ...settings, minProperties: 1 },
    title: text,
    details: text,
    settings,
  }),
  event('finding', 'A conclusion with its evidence.', {
    id: text,
    severity: { enum: ['error', 'warning', 'information'] },
    step: count,
    layer: { type: ['string', 'null'] },
    evidence: dictionary(number),
    message: text,
    suggestion: { anyOf: [dictionary({ type: ['number', 'string', 'boolean'] }), { type: 'null' }] },
    source: text,
  }),
  event('end', 'The last line: why and when it ended.', {
    reason: { enum: ['completed', 'stopped', 'diverged', 'error'] },
    step: count,
    seconds: number,
    stepsPerSecond: number,
    'message?': text,
  }),
];

/** The schema of one line. */
export const recordSchema = (): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'record.schema.json',
  title: 'Run record',
  description: 'One event of a run: one line of a record in JSON Lines.',
  definitions: { number: { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] } },
  type: 'object',
  required: ['type'],
  oneOf: events,
});
