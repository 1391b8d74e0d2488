/**
 * What a layer says about itself in a specification, field by field: what is allowed, what it is where it is left out, what it means. The
 * check of a specification, the JSON Schema and the page of layers are made from the same fields.
 */
import { fault, flag, number as readNumber, oneOf } from '../run/fields';
import { activations, findActivation } from './activations';
import { initialisers } from './initialisers';
import type { LayerSpecification, LayerValue } from './layers/definition';

/** Where a layer stands, for what it is where it says nothing. */
export interface Place {
  /** Nothing is to be applied to its outputs unless somebody says so: it is the last, or a sum, a batch norm or an activation follows. */
  readonly plain: boolean;
}

/** Checks layers within a layer. */
export type ReadLayers = (value: unknown, path: string) => readonly LayerSpecification[];

export interface Field<Value extends LayerValue> {
  /** What it means, in one line. */
  readonly doc: string;
  /** The values allowed, as a person reads them. */
  readonly domain: string;
  /** What it is where it is left out, as a person reads it; empty where it must be given. */
  readonly standard: string;
  /** The values allowed as a JSON Schema, without the description. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Whether it holds layers. */
  readonly branch: boolean;
  /** @throws SpecificationError where the value is not allowed */
  read(value: unknown, path: string, layers: ReadLayers): Value;
  /** The value where it is left out; undefined where it must be given. @param before the fields before it, complete */
  fill(before: LayerSpecification, place: Place): Value | undefined;
}

interface Options<Value> {
  readonly doc: string;
  readonly default?: Value;
}

function made<Value extends LayerValue>(
  options: Options<Value>,
  face: Pick<Field<Value>, 'domain' | 'schema' | 'read'> & Partial<Field<Value>>,
): Field<Value> {
  const { doc, default: standard } = options;
  return {
    doc,
    standard: standard === undefined ? '' : JSON.stringify(standard),
    branch: false,
    fill: () => standard,
    ...face,
    schema: standard === undefined ? face.schema : { ...face.schema, default: standard },
  };
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/** A number within bounds. @param what as an error calls it: `a finite number` */
export function numberField(what: string, { min, max, above, below }: Bounds, options: Options<number>): Field<number> {
  const least = min !== undefined ? `at least ${min}` : above !== undefined ? `above ${above}` : '';
  const most = max !== undefined ? `at most ${max}` : below !== undefined ? `below ${below}` : '';
  const range = [least, most].filter(Boolean).join(' and ');
  const domain = range ? `${what}, ${range}` : what;
  return made(options, {
    domain,
    schema: {
      type: 'number',
      ...(min === undefined ? {} : { minimum: min }),
      ...(max === undefined ? {} : { maximum: max }),
      ...(above === undefined ? {} : { exclusiveMinimum: above }),
      ...(below === undefined ? {} : { exclusiveMaximum: below }),
    },
    read(value, path) {
      if (above !== undefined && typeof value === 'number' && value <= above) throw fault(path, value, `${domain},`);
      return readNumber(value, path, what, { min, max, below });
    },
  });
}

/** A whole number of something. @param most what the schema allows @param refused what is refused here; more is told better where sizes are known */
export const countField = (what: string, min: number, most: number, options: Options<number>, refused = most): Field<number> =>
  made(options, {
    domain: `${what}, at least ${min}`,
    schema: { type: 'integer', minimum: min, maximum: most },
    read: (value, path) => readNumber(value, path, what, { min, max: refused, whole: true }),
  });

/** The largest extent of a window, a stride or a padding. */
const widest = 4096;

/** The extent of a window: one number for height and width, or both. */
export const windowField = (doc: string): Field<number | readonly number[]> =>
  made<number | readonly number[]>(
    { doc },
    {
      domain: `a whole number, or [height, width], each from 1 to ${widest}`,
      schema: {
        anyOf: [
          { type: 'integer', minimum: 1, maximum: widest },
          { type: 'array', items: { type: 'integer', minimum: 1, maximum: widest }, minItems: 2, maxItems: 2 },
        ],
      },
      read(value, path) {
        const bounds = { min: 1, max: widest, whole: true };
        if (!Array.isArray(value)) return readNumber(value, path, 'the extent of the window, a whole number or [height, width]', bounds);
        if (value.length !== 2) throw fault(path, value, 'a whole number or [height, width]');
        return Array.from<unknown>(value).map((each, i) => readNumber(each, `${path}[${i}]`, 'a whole number of pixels', bounds));
      },
    },
  );

/** [height, width] of what a window field holds. */
export const extents = (window: number | readonly number[]): readonly [number, number] =>
  typeof window === 'number' ? [window, window] : [window[0], window[1]];

export const strideField = (options: Options<number>): Field<number> => countField('a whole number of pixels', 1, widest, options);
/** The stride of a pooling: the window's own extent where nothing is said. */
export const poolStrideField = (doc: string, window: string): Field<number> => ({
  ...strideField({ doc }),
  standard: 'the window',
  fill: (before) => extents(before[window] as number | readonly number[])[0],
});
export const paddingField = (options: Options<number>): Field<number> => countField('a whole number of pixels', 0, widest, options);

/** Padding of a convolution: a number of pixels, or as many as keep height and width. */
export const samePaddingField = (options: Options<number | 'same'>): Field<number | 'same'> => {
  const pixels = paddingField({ doc: '' });
  return made(options, {
    domain: 'a whole number of pixels, at least 0, or "same"',
    schema: { anyOf: [pixels.schema, { const: 'same' }] },
    read(value, path, layers) {
      if (value === 'same') return value;
      if (typeof value === 'string') throw fault(path, value, 'a whole number of pixels or "same"');
      return pixels.read(value, path, layers);
    },
  });
};

interface Named {
  readonly name: string;
  readonly title: string;
  readonly doc: string;
}

const oneOfThese = (known: readonly Named[], doc: string, standard: string, fill: Field<string>['fill']): Field<string> => ({
  ...made<string>(
    { doc },
    {
      domain: 'a name',
      schema: { enum: known.map(({ name }) => name), enumDescriptions: known.map(({ title, doc }) => `${title}. ${doc}`) },
      read: (value, path) =>
        oneOf(
          value,
          path,
          known.map(({ name }) => name),
        ),
    },
  ),
  standard,
  fill,
});

/** What a layer applies to its outputs where nothing else is said. */
const usual = { hidden: 'relu', plain: 'identity' } as const;

/** The activation of a layer of units. */
export const activationField = (): Field<string> =>
  oneOfThese(
    activations,
    'What is applied to each output.',
    'relu; identity in the last layer, and where a batch norm, an activation or a sum follows',
    (_before, { plain }) => (plain ? usual.plain : usual.hidden),
  );

/** An activation that does not depend on where the layer stands. @param standard undefined where one must be named */
export const fixedActivationField = (doc: string, standard?: string): Field<string> => {
  const field = oneOfThese(activations, doc, standard ?? '', () => standard);
  return standard === undefined ? field : { ...field, schema: { ...field.schema, default: standard } };
};

/** The initialiser that weights have with an activation. */
export const initWith = (activation: string): string => findActivation(activation)?.init ?? 'xavierUniform';

/** How weights start. */
export const initField = (): Field<string> =>
  oneOfThese(
    initialisers,
    'How the weights start.',
    'as suits the activation: heUniform for relu and its kin, lecunNormal for selu, otherwise xavierUniform',
    ({ activation }) => initWith(String(activation)),
  );

export const biasField = (): Field<number> => numberField('a finite number', {}, { doc: 'What every bias starts as.', default: 0 });

/** Says only that the layer is there: true. */
export const presenceField = (doc: string): Field<boolean> =>
  made<boolean>(
    { doc },
    {
      domain: 'true',
      schema: { const: true },
      read(value, path) {
        if (!flag(value, path)) throw fault(path, value, 'true');
        return true;
      },
    },
  );

/** Layers within a layer. */
export const layersField = (options: Options<readonly LayerSpecification[]>): Field<readonly LayerSpecification[]> =>
  made(options, {
    domain: 'a list of layers',
    branch: true,
    schema: { type: 'array', items: { $ref: '#/definitions/layer' }, ...(options.default ? {} : { minItems: 1 }) },
    read: (value, path, layers) => (options.default && Array.isArray(value) && value.length === 0 ? [] : layers(value, path)),
  });
