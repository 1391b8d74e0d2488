/**
 * One layer of a network as JSON Schema, made from the fields of its kinds; layers within a layer refer to `#/definitions/layer`. An object is of the
 * kind whose key it has. A key that is also a field of other kinds, such as `activation`, means a layer only where none of these is meant.
 */
import { type LayerDefinition, layerKinds } from './layers';

type Schema = Readonly<Record<string, unknown>>;

export function layerSchema(): Schema {
  return {
    type: 'object',
    description: 'One layer of a network.',
    properties: Object.fromEntries(layerKinds.map(({ name, doc }) => [name, { description: doc }])),
    oneOf: layerKinds.map((kind) => ({ ...meant(kind), required: [kind.name, ...requiredBeside(kind)] })),
    allOf: layerKinds.map((kind) => ({ if: meant(kind), then: { properties: fieldsOf(kind), additionalProperties: false } })),
  };
}

/** Whether a kind is meant. */
function meant({ name }: LayerDefinition): Schema {
  const others = layerKinds.filter((other) => other.name !== name && name in other.fields);
  return {
    required: [name],
    ...(others.length > 0 ? { not: { anyOf: others.map((other) => ({ required: [other.name] })) } } : {}),
  };
}

const requiredBeside = ({ name, fields }: LayerDefinition): string[] =>
  Object.keys(fields).filter((key) => key !== name && fields[key].standard === '');

const fieldsOf = ({ fields }: LayerDefinition): Record<string, Schema> =>
  Object.fromEntries(
    Object.entries(fields).map(([key, { schema, doc, standard }]) => {
      const told = standard === '' || 'default' in schema ? doc : `${doc} Left out: ${standard}.`;
      return [key, { ...schema, description: told }];
    }),
  );
