/**
 * What the rules in TypeScript share: their hyperparameters declared as a text's are, and the model as one vector of all parameters.
 * A text in the language is always preferred; here is only what no text can say.
 */
import type { Batch, EventualModel, Floats, Model } from '../../backends/backend';
import { withStatistics } from '../../backends/statistics';
import { wait, type Waiting } from '../../eventually';
import { hyperparameter } from '../../language/settings';
import type { CodeRule, Need } from '../../language/rule';
import type { Domain, ParameterDeclaration } from '../../language/tree';

const nowhere = { line: 1, column: 1, endLine: 1, endColumn: 1 };

export type Declared = Omit<ParameterDeclaration, 'at' | 'name'>;

/** Numbers from `from` to `to`; the ends belong to them unless `open` says otherwise. */
export const interval = (from: number, to: number, open: 'neither' | 'from' | 'to' | 'both' = 'neither'): Domain => ({
  kind: 'interval',
  from,
  fromIncluded: open === 'neither' || open === 'to',
  to,
  toIncluded: open === 'neither' || open === 'from',
});

type Definition = Omit<CodeRule, 'kind' | 'hyperparameters' | 'needs' | 'file' | 'updater'> & {
  readonly needs: readonly Need[];
  /** By name, `lr` first. */
  readonly parameters: Readonly<Record<string, Declared>>;
};

/** A rule in TypeScript, with the face of a text. */
export function defineRule({ parameters, needs, ...definition }: Definition): CodeRule {
  return {
    ...definition,
    kind: 'code',
    needs: new Set(needs),
    updater: (settings, model, seed) => withStatistics(definition.walker(settings, model, seed), model),
    file: `${definition.name}.ts`,
    hyperparameters: Object.entries(parameters).map(([name, declared]) => hyperparameter({ name, ...declared, at: nowhere })),
  };
}

/** The model's parameters as one vector, in float64, with loss and gradient at any point of it. */
export class FlatModel {
  readonly size: number;
  private readonly offsets: readonly number[];

  constructor(private readonly model: EventualModel) {
    this.size = model.parameters;
    let offset = 0;
    this.offsets = model.layers.map(({ parameters }) => (offset += parameters) - parameters);
  }

  read(from: readonly Floats[], to = new Float64Array(this.size)): Float64Array {
    from.forEach((values, layer) => to.set(values, this.offsets[layer]));
    return to;
  }

  write(from: Float64Array, to: readonly Floats[]): void {
    to.forEach((values, layer) => values.set(from.subarray(this.offsets[layer], this.offsets[layer] + values.length)));
  }

  /** Puts the model to `point`. @returns the loss and the gradient there */
  *at(point: Float64Array, batch: Batch): Waiting<{ readonly loss: number; readonly gradient: Float64Array }> {
    this.write(point, this.model.weights);
    const loss = yield* wait(this.model.gradient(batch.rows));
    return { loss, gradient: this.read(this.model.gradients) };
  }
}

/** State that belongs to no single layer, as an updater shows it: it stands with the first, and the others have none. */
export const stateOfAll = (model: Pick<Model, 'layers'>, state: Readonly<Record<string, Float64Array>>): Record<string, Floats[]> =>
  Object.fromEntries(
    Object.entries(state).map(([name, values]) => [name, model.layers.map((_, layer) => (layer === 0 ? values : new Float64Array(0)))]),
  );

/** Largest absolute component. */
export const largest = (a: Float64Array): number => a.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

/** a + scale·b, a new vector. */
export const plus = (a: Float64Array, scale: number, b: Float64Array): Float64Array => a.map((each, i) => each + scale * b[i]);
