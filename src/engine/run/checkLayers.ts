/** The layers of a network: kinds, fields and their values; whether they fit each other and the data is seen later. */
import { type LayerDefinition, layerKinds, kindsOf, layerOf, type LayerSpecification, type LayerValue } from '../network/layers';
import { suggestion } from '../suggest';
import { anyObject, array, below, list, object } from './fields';
import { mostLayers } from './limits';
import { SpecificationError } from './specification';

/** How deep layers may lie within layers. */
const deepest = 16;

/** Checks a list of layers. @throws SpecificationError for the first fault */
export function checkLayers(value: unknown, path: string, depth = 0): readonly LayerSpecification[] {
  if (depth > deepest) throw new SpecificationError(path, `layers within layers more than ${deepest} deep; take them apart.`);
  const layers = array(value, path, mostLayers, 'a list of layers such as [{ "dense": 16 }, { "dense": 2 }]');
  return layers.map((layer, i) => checkLayer(layer, `${path}[${i}]`, depth));
}

function checkLayer(value: unknown, at: string, depth: number): LayerSpecification {
  const given = anyObject(value, at, 'a layer such as { "dense": 16, "activation": "relu" }');
  const { name, fields } = kindOf(given, at);
  const known = object(given, at, Object.keys(fields));
  const checked: Record<string, LayerValue> = {};
  for (const [key, field] of Object.entries(fields)) {
    const path = below(at, key);
    if (known[key] === undefined && key !== name && field.standard !== '') continue;
    checked[key] = field.read(known[key], path, (inner, innerPath) => checkLayers(inner, innerPath, depth + 1));
  }
  return checked;
}

function kindOf(given: object, at: string): LayerDefinition {
  const kinds = kindsOf(given);
  if (kinds.length === 1) return kinds[0];
  const names = layerKinds.map(({ name }) => name);
  if (kinds.length > 1)
    throw new SpecificationError(
      at,
      `${list(kinds.map(({ name }) => name)).replace(' or ', ' and ')} are given; each is a layer by itself: keep one of them.`,
    );
  const keys = Object.keys(given).map((key) => key.slice(0, 60));
  if (keys.length === 0) throw new SpecificationError(at, `the layer is empty; ${list(names)} is expected.`);
  // The key that is meant: one that is nearly a kind, or the first.
  const meant = keys.find((key) => suggestion(key, names) !== '') ?? keys[0];
  throw new SpecificationError(below(at, meant), `there is no such kind of layer; ${list(names)} is expected.${suggestion(meant, names)}`);
}

/**
 * What is drawn in training must be mixed by a dense layer or a convolution before it reaches the loss.
 * @throws SpecificationError where a layer that draws stands after the last of these
 */
export function checkDraws(layers: readonly LayerSpecification[], path: string): void {
  for (let i = layers.length - 1; i >= 0; i--) {
    const { name, draws, mixes, fields, title } = layerOf(layers[i]);
    if (draws)
      throw new SpecificationError(
        `${path}[${i}].${name}`,
        `${title.toLowerCase()} on the outputs, after the last layer with weights, would only garble the loss; put it before that layer.`,
      );
    if (mixes) return;
    const branches = Object.keys(fields).filter((key) => fields[key].branch);
    for (const key of branches) checkDraws((layers[i][key] ?? []) as readonly LayerSpecification[], `${path}[${i}].${key}`);
    if (branches.length > 0) return;
  }
}
