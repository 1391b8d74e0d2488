/** Every activation's part on a GPU beside its plain code in float64. */
import { type Place, type Site, stride } from '../../../src/engine/backends/webgpu/definition';
import { activation } from '../../../src/engine/backends/webgpu/layers/activation';
import type { Activation } from '../../../src/engine/network/activations';
import type { ActivationOperation } from '../../../src/engine/network/operations';
import type { Structure } from '../../../src/engine/network/structure';
import type { GpuContext } from '../../../src/webview/gpu/context';
import { corners } from '../../engine/network/corners';
import { Places } from '../places';

/** Of max(1, |what is expected|). */
const tolerance = 4e-6;

/** Dense from −120 to 120, most of it round 0; where derivatives jump; the ends of what a float holds; no number. */
const points = ({ name }: Activation): number[] => [
  ...Array.from({ length: 2400 }, (_, i) => 120 * ((i - 1199.5) / 1200) ** 5),
  ...[0, 1e-37, 1e-30, 1e-20, 1e-10, 1e-6, 0.35, 0.5, 1, 3, 6, 9.01, 10, 16, 20, 87, 88, 89, 100, 1e4, 1e10, 1e30, 3e38, Infinity].flatMap(
    (z) => [z, -z],
  ),
  ...(corners[name] ?? []),
  NaN,
];

/** A network of two operations, of which the second is the activation: its input learns. */
class ActivationSite {
  readonly structure: Structure;
  readonly operation: ActivationOperation;

  constructor(
    readonly places: Places,
    readonly rows: number,
    readonly size: number,
    of: Activation,
  ) {
    this.operation = { kind: 'activation', name: 'activation1', from: [1], parameters: [], function: of };
    const first: ActivationOperation = { ...this.operation, from: [0] };
    this.structure = { operations: [first, this.operation], values: [[size], [size], [size]] } as Pick<
      Structure,
      'operations' | 'values'
    > as Structure;
  }

  /** @param adds whether another reader of the input has its error before */
  site(adds: boolean): Site {
    const named = (what: string) => (v: number) => this.matrix(`${what}${v}`);
    return {
      structure: this.structure,
      info: this.places.info,
      adapter: this.places.adapter,
      ...{ value: named('value'), error: named('error'), tangent: named('tangent'), tangentError: named('tangentError') },
      ...{ wanted: () => true, first: () => !adds, fused: () => null, slope: () => null },
    } as Partial<Site> as Site;
  }

  matrix = (name: string): Place => this.places.place(name, this.rows * stride(this.size));

  /** @param numbers row after row, without gaps */
  set(name: string, numbers: (k: number) => number): void {
    const all = new Float32Array(this.rows * stride(this.size)).fill(NaN);
    for (let k = 0; k < this.rows * this.size; k++) all[this.at(k)] = numbers(k);
    this.places.set(this.matrix(name), all);
  }

  at = (k: number): number => Math.floor(k / this.size) * stride(this.size) + (k % this.size);
}

/** @returns what is wrong first; null where nothing is */
export async function activationFault(context: GpuContext, of: Activation): Promise<string | null> {
  const size = 5;
  const all = points(of);
  while (all.length % size > 0) all.push(0.25);
  const z = Float32Array.from(all);
  const places = new Places(context);
  const one = new ActivationSite(places, z.length / size, size, of);
  const part = activation(one.operation, 1, one.site(false));
  const adding = activation(one.operation, 1, one.site(true));
  const rows = one.rows;
  places.setInfo({ rows });
  one.set('value1', (k) => z[k]);
  one.set('error2', (k) => 1 + (k % 3));
  one.set('tangent1', (k) => 2 - (k % 5));
  one.set('tangentError2', (k) => (k % 4) - 1);
  const found: Promise<readonly Float32Array[]>[] = [];
  const run = async (dispatches: ReturnType<typeof part.forward>, into: string): Promise<void> => {
    await places.run(dispatches, rows);
    found.push(places.read(one.matrix(into)));
  };
  await run(part.forward(), 'value2');
  await run(part.backward(), 'error1');
  await run(adding.backward(), 'error1');
  await run(part.tangent(), 'tangent2');
  await run(part.tangentBackward('hessian'), 'tangentError1');
  await run(adding.tangentBackward('gaussNewton'), 'tangentError1');
  places.submit();
  const [values, errors, doubled, tangents, bends, joined] = (await Promise.all(found)).map(([numbers]) => numbers);
  places.close();
  const slope = (x: number): number => of.slope(x, of.value(x));
  const second = (x: number): number => of.second(x, of.value(x));
  const bend = (x: number, k: number): number => ((k % 4) - 1) * slope(x) + (1 + (k % 3)) * (2 - (k % 5)) * second(x);
  const checks: readonly [string, Float32Array, (x: number, k: number) => number, number][] = [
    ['value', values, (x) => of.value(x), 1],
    ['error', errors, (x, k) => (1 + (k % 3)) * slope(x), 3],
    ['error added', doubled, (x, k) => 2 * (1 + (k % 3)) * slope(x), 6],
    ['tangent', tangents, (x, k) => (2 - (k % 5)) * slope(x), 2],
    ['Hessian', bends, bend, 8],
    ['Gauss–Newton added', joined, (x, k) => bend(x, k) + ((k % 4) - 1) * slope(x), 10],
  ];
  for (const [what, numbers, expected, scale] of checks)
    for (let k = 0; k < z.length; k++) {
      // A derivative of what is no number may be anything.
      if (Number.isNaN(z[k]) && what !== 'value') continue;
      const wanted = expected(z[k], k);
      const got = numbers[one.at(k)];
      const near = Math.abs(got - wanted) <= tolerance * Math.max(scale, Math.abs(wanted));
      if (!near && !Object.is(got, Math.fround(wanted))) return `${what} at ${z[k]}: ${got}, not ${wanted}`;
    }
  return null;
}
