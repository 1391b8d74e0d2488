/**
 * Our side of a timed step: the one that a run takes, with a mini-batch gathered from the data set, the loss, the gradient, Adam's update,
 * and the gradient's norm and the mean rate of every layer. Also a float64 reference of it, by the same calls.
 */
import type { Backend, HessianOperator, Model, Updater } from '../src/engine/backends/backend';
import type { NetworkPlan } from '../src/engine/network/plan';
import { findRule } from '../src/engine/optimizers';
import type { Dataset } from '../src/engine/problems/dataset';
import { completeNetwork, planNetwork } from '../src/engine/run/completeNetwork';
import type { Case } from './cases';
import { batches, problemOf, type Problem } from './problem';

/** Adam's step, as everywhere by default. */
const lr = 0.001;

export function planOf({ widths, activation, loss }: Case, data: Dataset): NetworkPlan {
  const layers = widths
    .slice(1)
    .map((outputs, l) => ({ dense: outputs, activation: l === widths.length - 2 ? 'identity' : activation, init: 'torchUniform' }));
  return planNetwork(completeNetwork({ layers, loss }, data), 1);
}

/** A network in training. */
export interface Training {
  readonly model: Model;
  readonly updater: Updater;
  /** Takes step t, from 1. @returns the mini-batch's mean loss */
  step(t: number): number;
  /** The Hessian on the first `samples` samples. */
  hessian(samples: number): HessianOperator;
}

export function trainingOf(one: Case, backend: Backend, { data, rows, weights }: Problem = problemOf(one)): Training {
  const model = backend.network(planOf(one, data), data, one.batch);
  weights.forEach((values, i) => model.weights[i].set(values));
  const rule = findRule('adam');
  if (!rule) throw new Error('The library has no rule adam.');
  const settings = Object.fromEntries(rule.hyperparameters.map((each) => [each.name, each.name === 'lr' ? lr : each.default]));
  const updater = backend.updater(rule, settings, model, 1);
  return {
    model,
    updater,
    step(t) {
      const batch = rows[(t - 1) % batches];
      model.begin(t);
      const loss = model.gradient(batch);
      updater.step(t, lr, 'statistics', { rows: batch, loss });
      return loss;
    },
    hessian: (samples) => model.hessian(Uint32Array.from({ length: samples }, (_, i) => i)),
  };
}
