/**
 * A dense layer: three matrix products, z = x·Wᵀ + b, ∂W = δᵀ·x and ∂x = δ·W, of which the first computes the activation with its sums and
 * the last multiplies by the slope of the activation before. Along a direction (V, c), with R as in `hessian.ts`,
 *
 *   Rz = x·Vᵀ + c + Rx·Wᵀ     R∂W = Rδᵀ·x + δᵀ·Rx     R∂b = Σ Rδ     R∂x = Rδ·W + δ·V
 */
import type { DenseOperation } from '../../../network/operations';
import { f32x4, i32, v128 } from '../instructions';
import { type Call, type Kernels, type Operand, rows } from '../kernels';
import type { Epilogue } from '../matmul/shape';
import { rowBytes, stride } from '../matrix';
import type { Part, Site } from './definition';

export function dense(operation: DenseOperation, index: number, site: Site): Part {
  const { kernels, capacity } = site;
  const { inputs, outputs } = operation;
  const [from] = operation.from;
  const to = index + 1;
  const [weight, bias] = operation.parameters;
  const name = `dense/${inputs}x${outputs}`;
  const [x, z] = [stride(inputs), stride(outputs)];
  const moving = site.wanted(from);

  const after = site.fused(operation);
  const value: Epilogue | undefined = after ? (code, sum) => after.function.vector.value(code, sum) : undefined;
  const before = moving ? site.slope(operation, from) : null;
  const beforeZ = before ? site.value(before.from[0]) : null;
  const same = beforeZ !== null && address(beforeZ) === address(site.value(from));
  const slope: Epilogue | undefined = before
    ? (code, sum, at) => {
        const read = ({ address: place, offset }: (typeof at)[number]) => code.local('v128', v128.load(place, offset));
        const a = read(at[0]);
        return f32x4.mul(sum, before.function.vector.slope(code, same ? a : read(at[1]), a));
      }
    : undefined;

  const common = { mostRows: capacity } as const;
  const samples = { m: 'rows', k: inputs, n: outputs, a: { rowStep: x, columnStep: 1 }, c: { rowStep: z } } as const;
  const columns = { rowStep: 1, columnStep: inputs };
  const forward = kernels.product(`${name}.forward${after ? `.${after.function.name}` : ''}`, {
    ...common,
    ...samples,
    b: columns,
    start: 'row',
    ...(value && { epilogue: value }),
  });
  const weights = kernels.product(`${name}.weightGradient`, {
    ...common,
    m: outputs,
    k: 'rows',
    n: inputs,
    a: { rowStep: 1, columnStep: z },
    b: { rowStep: x, columnStep: 1 },
    c: { rowStep: inputs },
    start: 'add',
  });
  const first = site.first(operation, from);
  const back = moving
    ? kernels.product(`${name}.inputGradient${before ? `.${before.function.name}${same ? '' : '.z'}` : ''}`, {
        ...common,
        m: 'rows',
        k: outputs,
        n: inputs,
        a: { rowStep: z, columnStep: 1 },
        b: { rowStep: inputs, columnStep: 1 },
        c: { rowStep: x },
        start: 'add',
        ...(slope && { epilogue: slope, extras: same ? 1 : 2 }),
      })
    : null;
  const further = site.curvature ? kernels.product(`${name}.more`, { ...common, ...samples, b: columns, start: 'add' }) : null;
  const scratch = site.scratch(0, Math.max(forward.scratch, back?.scratch ?? 0, further?.scratch ?? 0));
  const weightScratch = site.scratch(1, weights.scratch);
  const sums = biasGradient(kernels, outputs);

  const learn = (delta: Operand, input: Operand, add: Operand): Call =>
    weights.call({ a: delta, b: input, c: site.gradient(weight), add, scratch: weightScratch() });
  const sum = (delta: Operand): Call => ({ kernel: sums, operands: [delta, site.gradient(bias), rows, 'add'] });
  const meanwhile = (call: Call): Call => ({ ...call, independent: true });
  const carry = (delta: Operand, w: Operand, into: Operand, add: Operand): Call[] => {
    if (back === null) return [];
    const extras = before && beforeZ ? [site.value(from), ...(same ? [] : [beforeZ])] : [];
    return [back.call({ a: delta, b: w, c: into, add, scratch: scratch(), extras })];
  };
  return {
    forward: () => [
      forward.call({
        a: site.value(from),
        b: site.parameter(weight),
        c: site.value(to),
        start: site.parameter(bias),
        scratch: scratch(),
      }),
    ],
    backward() {
      const delta = site.error(to);
      const through = carry(delta, site.parameter(weight), moving ? site.error(from) : 0, first ? 0 : 1);
      return [meanwhile(learn(delta, site.value(from), 'add')), meanwhile(sum(delta)), ...through];
    },
    tangent() {
      const [v, c] = [site.direction(weight), site.direction(bias)];
      const along = forward.call({ a: site.value(from), b: v, c: site.tangent(to), start: c, scratch: scratch() });
      if (!moving || further === null) return [along];
      const w = site.parameter(weight);
      return [along, further.call({ a: site.tangent(from), b: w, c: site.tangent(to), add: 1, scratch: scratch() })];
    },
    tangentBackward(matrix) {
      const [delta, along] = [site.error(to), site.tangentError(to)];
      const calls = [learn(along, site.value(from), 'add'), sum(along)];
      if (!moving) return calls;
      if (matrix === 'hessian') calls.push(learn(delta, site.tangent(from), 1));
      calls.push(...carry(along, site.parameter(weight), site.tangentError(from), first ? 0 : 1));
      if (matrix === 'hessian') calls.push(...carry(delta, site.direction(weight), site.tangentError(from), 1));
      return calls;
    },
  };
}

/** Two operands are the same place. */
const address = (operand: Operand): string => JSON.stringify(operand);

/** Vectors of columns that are summed at a time. */
const together = 4;

/** db[outputs] = the sum of d[rows, outputs] over its rows, added to what is there where `add` is not 0. Operands: d, db, rows, add. */
function biasGradient(kernels: Kernels, outputs: number): string {
  const row = rowBytes(outputs);
  return kernels.map(`biasGradient/${outputs}`, 4, (code, [d, db, samples, add], part) => {
    const bytes = 16 * Math.ceil(outputs / 4);
    const [at, end] = kernels.share(code, i32.const(bytes), 16 * together, part);
    const [place, stop] = [code.local('i32'), code.local('i32')];
    const length = code.local('i32', i32.mul(samples, row));
    const sums = Array.from({ length: together }, () => code.local('v128'));
    const strip = (wide: number) => {
      const used = sums.slice(0, wide);
      code.if(
        add,
        () => used.forEach((sum, i) => code.set(sum, v128.load(i32.add(db, at), 16 * i))),
        () => used.forEach((sum) => code.set(sum, f32x4.const(0))),
      );
      code.set(place, i32.add(d, at));
      code.set(stop, i32.add(place, length));
      code.while(i32.lt_u(place, stop), () => {
        used.forEach((sum, i) => code.set(sum, f32x4.add(sum, v128.load(place, 16 * i))));
        code.set(place, i32.add(place, row));
      });
      used.forEach((sum, i) => code.store('v128', i32.add(db, at), sum, 16 * i));
      code.set(at, i32.add(at, 16 * wide));
    };
    for (const wide of [together, 1]) code.while(i32.gt_s(i32.sub(end, at), 16 * wide - 1), () => strip(wide));
  });
}
