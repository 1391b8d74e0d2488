/**
 * The rounds of a schedule as actions on the layers: each pass, operation and reduction bound to its buffers and to the numbers it
 * reads. What concerns one layer is done layer by layer; what concerns all of them is done once, when every layer has come so far.
 */
import type { Floats } from '../backends/backend';
import { Products } from '../backends/cpu/product';
import type { Room } from './buffers';
import { reductions, type Reduction } from './functions';
import { matrixIn, matrixOperation, productSizes, type Call } from './matrixOperations';
import { atOnce } from '../eventually';
import type { ModelCalls } from './model';
import type { Guards } from './needs';
import type { RunnablePass } from './passes';
import type { Scalars } from './scalars';
import { isGlobal, type Pass, type ReduceStep, type Round, type ScheduledOperation } from './schedule';
import { countIn, isScalar, type Shape } from './shape';

/** What is done for each layer, or once for all of them. */
export type Action = { readonly each: (layer: number) => void } | { readonly once: () => void };

/** Runs actions so that a layer goes as far as it can before the next begins. */
export function inOrder(layers: number, scalars: Scalars, actions: readonly Action[]): () => void {
  const stretches: (readonly ((layer: number) => void)[] | (() => void))[] = [];
  let stretch: ((layer: number) => void)[] = [];
  for (const action of actions) {
    if ('each' in action) {
      if (stretch.length === 0) stretches.push(stretch);
      stretch.push(action.each);
    } else {
      stretches.push(action.once);
      stretch = [];
    }
  }
  return () => {
    for (const each of stretches) {
      if (typeof each === 'function') each();
      else
        for (let layer = 0; layer < layers; layer++) {
          scalars.at(layer);
          for (const act of each) act(layer);
        }
    }
  };
}

export class Rounds {
  private readonly layers: readonly number[];

  /** @param views where a name's values lie, layer by layer */
  constructor(
    private readonly room: Room,
    private readonly scalars: Scalars,
    private readonly guards: Guards,
    private readonly calls: ModelCalls,
    private readonly views: (name: string, shape: Shape) => Float32Array[],
  ) {
    this.layers = room.sizes.map((_, layer) => layer);
  }

  actions(rounds: readonly Round[], runnable: (pass: Pass) => RunnablePass): Action[] {
    const inLayers = rounds.flatMap((round) => round.operations.filter(({ step }) => !isGlobal(step)));
    const bound = new Map(inLayers.map((operation) => [operation, this.layers.map((layer) => this.call(operation, layer))]));
    const sizes = [...bound.values()].flat().flatMap(productSizes);
    const products = sizes.length > 0 ? new Products(sizes) : null;
    return rounds.flatMap((round, i): Action[] => {
      const operations = round.operations.map((operation) => {
        const calls = bound.get(operation);
        return calls === undefined ? this.ofModel(operation) : this.ofLayers(operation, calls, products);
      });
      const [each, once] = [operations.filter((action) => 'each' in action), operations.filter((action) => 'once' in action)];
      const passes = round.passes.map((pass) => this.pass(pass, runnable(pass)));
      const scalars = round.scalars.map(({ name, value }) => this.scalars.assign(name, value));
      return [
        ...this.judgement(round, i + 1),
        ...passes.map(({ action }) => action),
        ...each,
        ...passes.flatMap(({ together }) => together),
        ...round.ofScalars.map((step) => this.ofScalar(step)),
        ...once,
        ...(scalars.length > 0 ? [{ each: () => scalars.forEach((compute) => compute()) }] : []),
      ];
    });
  }

  /** Finds out what of a round can be left out, where anything can. */
  private judgement({ passes, operations }: Round, round: number): Action[] {
    const tests = [
      ...passes.map((pass) => this.guards.test(outputsOf(pass))),
      ...operations.map(({ step }) => this.guards.test([step.name])),
    ];
    if (tests.every((test) => test === null)) return [];
    const judge = this.guards.judge(round);
    const { length } = this.layers;
    return [this.guards.together ? { once: () => judge(0, length) } : { each: (layer) => judge(layer, layer + 1) }];
  }

  private pass(pass: Pass, { hand, run, totals }: RunnablePass): { action: Action; together: Action[] } {
    const { scalars } = this;
    const needed = this.guards.test(outputsOf(pass));
    const counts = this.room.sizes.map((size) => countIn(pass.shape, size));
    const finishes = pass.reductions.map((step, k) => {
      const { finish } = reductionOf(step);
      const slot = scalars.slot(step.name);
      if (step.over === 'layer') return { slot, k, finish, parts: null };
      return { slot, k, finish, parts: new Float64Array(this.layers.length) };
    });
    const action: Action = {
      each: (layer) => {
        if (needed !== null && !needed(layer)) return;
        hand();
        run(layer, layer + 1, 'nothing');
        for (const { slot, k, finish, parts } of finishes)
          if (parts === null) scalars.set(slot, finish(totals[k], counts[layer]));
          else parts[layer] = totals[k];
      },
    };
    const count = counts.reduce((sum, each) => sum + each, 0);
    const together = finishes.flatMap(({ parts, k }) => (parts === null ? [] : [this.together(pass.reductions[k], parts, count)]));
    return { action, together };
  }

  /** A reduction over all layers, from what each layer gave. */
  private together(step: ReduceStep, parts: Float64Array, count: number): Action {
    const { by, finish } = reductionOf(step);
    const slot = this.scalars.slot(step.name);
    return {
      once: () => {
        let total = parts[0];
        for (let layer = 1; layer < parts.length; layer++)
          total = by === 'sum' ? total + parts[layer] : by === 'max' ? Math.max(total, parts[layer]) : Math.min(total, parts[layer]);
        this.everywhere(slot, finish(total, count));
      },
    };
  }

  /** A reduction over all layers of what is one number for each. */
  private ofScalar(step: ReduceStep): Action {
    const operand = this.scalars.compile(step.operand);
    const square = reductionOf(step).term === 'square';
    const parts = new Float64Array(this.layers.length);
    const gather = (): void => {
      for (const layer of this.layers) {
        this.scalars.at(layer);
        const value = operand();
        parts[layer] = square ? value * value : value;
      }
    };
    const together = this.together(step, parts, parts.length);
    return {
      once: () => {
        gather();
        if ('once' in together) together.once();
      },
    };
  }

  private everywhere(slot: number, value: number): void {
    for (const layer of this.layers) {
      this.scalars.at(layer);
      this.scalars.set(slot, value);
    }
  }

  private call({ step, operands }: ScheduledOperation, layer: number): Call {
    const size = this.room.sizes[layer];
    return {
      operation: step.operation,
      operands: operands.map(({ name, shape, transposed }) => matrixIn(this.views(name, shape)[layer], shape, size, transposed)),
      out: matrixIn(isScalar(step.shape) ? new Float32Array(1) : this.views(step.name, step.shape)[layer], step.shape, size),
      numbers: step.numbers.map((value) => this.scalars.compile(value)),
    };
  }

  private ofLayers({ step }: ScheduledOperation, bound: readonly Call[], products: Products | null): Action {
    const { operation, name, site } = step;
    const needed = this.guards.test([name]);
    const slot = isScalar(step.shape) ? this.scalars.slot(name) : -1;
    const run = bound.map((call, layer) =>
      operation === 'normal' || operation === 'rademacher'
        ? () => void this.calls.draw(operation, site, layer, call.out.values)
        : matrixOperation(call, products),
    );
    return {
      each: (layer) => {
        if (needed !== null && !needed(layer)) return;
        run[layer]();
        if (slot >= 0) this.scalars.set(slot, bound[layer].out.values[0]);
      },
    };
  }

  /** What is asked of the model. */
  private ofModel({ step, operands }: ScheduledOperation): Action {
    const needed = this.guards.test([step.name]);
    const v: readonly Floats[] = operands.length > 0 ? this.views(operands[0].name, operands[0].shape) : [];
    const out: readonly Floats[] = isScalar(step.shape) ? [] : this.views(step.name, step.shape);
    const [damping] = step.numbers.map((value) => this.scalars.compile(value));
    const ask = this.question(step.operation, v, out, damping, isScalar(step.shape) ? this.scalars.slot(step.name) : -1);
    return {
      once: () => {
        if (needed !== null && !needed(0)) return;
        this.scalars.at(0);
        ask();
      },
    };
  }

  private question(operation: string, v: readonly Floats[], out: readonly Floats[], damping: () => number, slot: number): () => void {
    const { calls } = this;
    switch (operation) {
      case 'gradient':
        return () => atOnce(calls.gradient(v, out));
      case 'loss':
        return () => this.everywhere(slot, atOnce(calls.loss(v)));
      case 'hessian':
      case 'gaussNewton':
        return () => atOnce(calls.product(operation, v, out));
      case 'hessianSolve':
      case 'hessianAbsSolve':
        return () => atOnce(calls.hessianSolve(v, damping(), operation === 'hessianAbsSolve', out));
      case 'gaussNewtonSolve':
        return () => atOnce(calls.gaussNewtonSolve(v, damping(), out));
      case 'inputMoment':
      case 'errorMoment': {
        const which = operation === 'inputMoment' ? 'input' : 'error';
        return () => atOnce(calls.moments()).forEach((moments, layer) => out[layer].set(moments[which]));
      }
      default:
        throw new Error(`${operation} is no question to the model.`);
    }
  }
}

/** The names whose values a pass is for. */
const outputsOf = ({ stores, reductions }: Pass): string[] => [...stores.map(({ value }) => value), ...reductions.map(({ name }) => name)];

function reductionOf({ reduction }: ReduceStep): Reduction {
  const found = reductions.get(reduction);
  if (found === undefined) throw new Error(`There is no reduction ${reduction}.`);
  return found;
}
