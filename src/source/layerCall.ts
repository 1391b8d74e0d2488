/**
 * One layer of the user's program: from its constructor's (or its function's) arguments to a layer as a specification has it. What our layers
 * cannot do, and what only the running program knows, is said in a sentence with its place and never guessed.
 */
import { activations } from '../engine/network/activations';
import { type LayerDefinition, layerKinds, type LayerSpecification, type LayerValue } from '../engine/network/layers';
import { SpecificationError } from '../engine/run/specification';
import { suggestion } from '../engine/suggest';
import type { Evaluator } from './evaluate';
import type { LayerConstructor, LayerParameter, LayerTable } from './layers/definition';
import type { Call } from './names';
import { argumentsOf, rangeOf } from './optimizers';
import type { Literal, Range } from './reading';

/** A layer of the program, or what stands in the way of having it here. */
export interface ReadLayer {
  readonly layer: LayerSpecification;
  readonly kind: LayerDefinition;
  /** How much it says that comes in, where it has weights. */
  readonly incoming: number | null;
  /** Whether the program's has no bias, as ours always have. */
  readonly unbiased: boolean;
  /** As the program calls it: `nn.Conv2d`. */
  readonly written: string;
  readonly range: Range;
}

/** Ends the reading of a network: what is in the way, and where. */
export class LayerObstacle extends Error {
  constructor(
    readonly range: Range,
    message: string,
  ) {
    super(message);
  }
}

const kindsByPath: ReadonlyMap<string, LayerDefinition> = new Map(
  layerKinds.flatMap((kind) => kind.written.map((path) => [path, kind] as const)),
);
const activationsByPath: ReadonlyMap<string, string> = new Map(
  activations.flatMap(({ name, written }) => written.map((path) => [path, name] as const)),
);
const activationKind = layerKinds.find(({ name }) => name === 'activation');

/** The activation that a path names. */
export const activationOf = (path: string): string | undefined => activationsByPath.get(path);

/** What a path names, if it is a layer or an activation here, and of this framework. */
function find(paths: readonly string[], table: LayerTable): { readonly path: string; readonly constructor: LayerConstructor } | null {
  const path = paths.find((each) => (kindsByPath.has(each) || activationsByPath.has(each)) && Object.hasOwn(table.constructors, each));
  return path === undefined ? null : { path, constructor: table.constructors[path] };
}

/** Whether a call makes or applies a layer that there is here. */
export const isLayer = (paths: readonly string[], table: LayerTable): boolean => find(paths, table) !== null;

/**
 * Reads a layer.
 * @returns null where the call is of no layer that there is here
 * @throws LayerObstacle where ours cannot do the same, or where a value is not known
 */
export function readLayer(call: Call, evaluator: Evaluator, table: LayerTable): ReadLayer | null {
  const { node } = call;
  const callee = node.firstChild;
  const found = callee && find(evaluator.callee(call), table);
  if (!callee || !found) return null;
  const written = evaluator.text(callee);
  const range = rangeOf(node);
  const kind = kindsByPath.get(found.path) ?? activationKind;
  if (!kind) return null;
  const given = argumentsByName(call, found.constructor, written, evaluator);
  const layer: Record<string, LayerValue | undefined> = { ...found.constructor.fixed };
  if (kind === activationKind) layer.activation = activationsByPath.get(found.path);
  let incoming: number | null = null;
  let unbiased = false;

  for (const parameter of found.constructor.parameters) {
    if (parameter.as === 'mechanical' || parameter.as === 'input') continue;
    const value = given.has(parameter.name) ? given.get(parameter.name) : parameter.default;
    const at = `${parameter.name} of ${written}`;
    if (value === undefined) throw new LayerObstacle(range, `${written} is given no ${parameter.name}.`);
    switch (parameter.as) {
      case 'incoming':
        if (typeof value !== 'number') throw new LayerObstacle(range, `${at} is ${show(value)}, which is no number.`);
        incoming = value;
        break;
      case 'bias':
        unbiased = value === false;
        break;
      case 'only':
        if (!parameter.values.some((each) => same(each, value)))
          throw new LayerObstacle(range, `${at} is ${show(value)}; here it can only be ${parameter.values.map(show).join(' or ')}.`);
        break;
      case 'activation': {
        const name = Object.hasOwn(parameter.names, String(value)) ? parameter.names[String(value)] : undefined;
        if (name === undefined)
          throw new LayerObstacle(range, `${at} is ${show(value)}; here it can be ${Object.keys(parameter.names).map(show).join(' or ')}.`);
        layer.activation = name;
        break;
      }
      default:
        putField(layer, kind, parameter, value, given.has(parameter.name), at, range);
    }
  }
  if (kind.fields[kind.name].domain === 'true') layer[kind.name] = true;
  const refused = found.constructor.refuse?.(layer) ?? null;
  if (refused !== null) throw new LayerObstacle(range, `${written} ${refused}`);
  return { layer, kind, incoming, unbiased, written, range };
}

/** Puts a value into a field of ours, unless it says what ours says anyway. */
function putField(
  layer: Record<string, LayerValue | undefined>,
  kind: LayerDefinition,
  parameter: Extract<LayerParameter, { as: 'field' }>,
  value: Literal,
  written: boolean,
  at: string,
  range: Range,
): void {
  if (value === null && parameter.default === null) return;
  const field = kind.fields[parameter.field];
  const taken = parameter.take ? parameter.take(value) : (value as LayerValue);
  if (taken === undefined || taken === null)
    throw new LayerObstacle(range, `${at} is ${show(value)}; here it is ${parameter.holds ?? field.domain}.`);
  if (!written && JSON.stringify(taken) === field.standard) return;
  try {
    layer[parameter.field] = field.read(taken, at, () => []);
  } catch (error) {
    if (error instanceof SpecificationError) throw new LayerObstacle(range, `${at} is ${show(value)}; here it is ${field.domain}.`);
    throw error;
  }
}

/** The arguments of a call, by the names of the parameters, with their values. */
function argumentsByName(
  { node, scope }: Call,
  { parameters, positional = parameters.length }: LayerConstructor,
  written: string,
  evaluator: Evaluator,
): ReadonlyMap<string, Literal> {
  const values = new Map<string, Literal>();
  const { written: all, spread } = argumentsOf(node);
  if (spread.length > 0)
    throw new LayerObstacle(rangeOf(node), `What ${evaluator.text(spread[0])} passes to ${written} is known only when the program runs.`);
  let position = 0;
  for (const { keyword, value } of all) {
    const name = keyword && evaluator.text(keyword);
    const parameter =
      name === null ? (position < positional ? parameters[position++] : undefined) : parameters.find((known) => known.name === name);
    if (!parameter)
      throw new LayerObstacle(
        rangeOf(keyword ?? value),
        name === null
          ? `${written} takes ${positional} arguments by position; ${evaluator.text(value)} is one too many.`
          : `${written} has no argument ${name}.${suggestion(
              name,
              parameters.map((known) => known.name),
            )}`,
      );
    if (parameter.as === 'mechanical' || parameter.as === 'input') continue;
    const reading = evaluator.read(value, scope);
    if (!('known' in reading))
      throw new LayerObstacle(
        rangeOf(value),
        `${parameter.name} of ${written} is ${reading.unknown.source}, known only when the program runs.`,
      );
    values.set(parameter.name, reading.known);
  }
  return values;
}

/** A value as Python writes it. */
function show(value: Literal): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? String(value) : `(${value.map(show).join(', ')})`;
}

/** Equal, where a pair of equal numbers is as good as one of them. */
function same(a: Literal, b: Literal): boolean {
  if (Array.isArray(b) && !Array.isArray(a)) return b.length > 0 && b.every((each: Literal) => each === a);
  return JSON.stringify(a) === JSON.stringify(b);
}
