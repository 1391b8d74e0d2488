/**
 * Labels made wrong on purpose, to see what a network does with them: a share of the training labels turned into other classes, or all of
 * them drawn anew, so that there is nothing to learn and only memory helps (Zhang et al. 2017, "Understanding deep learning requires rethinking
 * generalization", arXiv:1611.03530). The samples held out keep their true labels. Random numbers are those of two streams of
 * their own, so that nothing else in a run changes.
 */
import { Random } from '../random';
import type { Dataset } from './dataset';

export interface Corruption {
  /** Share of the training labels that get another class, from 0 to 1; rounded to whole samples. */
  readonly labelNoise: number;
  /** Draws every training label anew, each class equally likely. */
  readonly randomLabels: boolean;
}

/** The same data with wrong labels among the training samples; needs two classes. */
export function corruptLabels(data: Dataset, train: Uint32Array, seed: number, { labelNoise, randomLabels }: Corruption): Dataset {
  const { y } = data;
  if (y.kind !== 'classes' || (labelNoise === 0 && !randomLabels)) return data;
  const labels = y.labels.slice();
  if (randomLabels) {
    const random = new Random(seed, 'randomLabels');
    for (const sample of train) labels[sample] = random.integer(y.classes);
  } else {
    const random = new Random(seed, 'labelNoise');
    const chosen = random.permutation(train.length).subarray(0, Math.round(labelNoise * train.length));
    // One of the other classes: 1 … classes − 1 further on, round the end.
    for (const i of chosen) labels[train[i]] = (labels[train[i]] + 1 + random.integer(y.classes - 1)) % y.classes;
  }
  return { ...data, y: { ...y, labels } };
}
