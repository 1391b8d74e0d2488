/** One Hessian-vector product, and the float64 reference's step: what the instruments and the oracle cost beside a step. */
import { cpuBackend } from '../src/engine/backends/cpu';
import { referenceBackend } from '../src/engine/backends/reference';
import { cases, nameOf } from './cases';
import type { Figure } from './report';
import { time } from './timing';
import { trainingOf } from './training';

/** Samples of a Hessian-vector product. */
const samples = 512;
/** The networks that are small enough for the reference. */
const small = ['a', 'b', 'c'];
const seconds = 0.7;

/** @returns three figures for each of a, b and c */
export function curvatureFigures(): Figure[] {
  return cases
    .filter(({ id }) => small.includes(id))
    .flatMap((one) => {
      const training = trainingOf(one, cpuBackend);
      let t = 0;
      const step = (): void => void training.step(++t);
      time(seconds / 2, step);
      const own = time(seconds, step).microseconds;
      const hessian = training.hessian(samples);
      const v = Float64Array.from({ length: hessian.size }, (_, i) => Math.sin(i));
      const out = new Float64Array(hessian.size);
      const product = (): void => hessian.apply(v, out);
      time(seconds / 2, product);
      const { microseconds } = time(seconds, product);
      const reference = trainingOf(one, referenceBackend);
      let r = 0;
      const slow = time(seconds, () => void reference.step(++r)).microseconds;
      return [
        { name: `${one.id}. ${nameOf(one)}: H·v on ${samples} samples`, value: microseconds, unit: 'µs' },
        { name: `${one.id}. a step of the float64 reference`, value: slow, unit: 'µs' },
        { name: `${one.id}. reference ÷ ours`, value: slow / own, unit: '×' },
      ];
    });
}
