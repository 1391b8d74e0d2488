/**
 * Batch norm: y = γ·x̂ + β with x̂ = (x − μ)·s and s = 1/√(variance + eps), over each channel. In training μ and the variance are the block's
 * own, so a block is the whole mini-batch. With n numbers a channel, and sums over these,
 *
 *   ∂β = Σ e     ∂γ = Σ e·x̂     e₋₁ = γ·s·(e − Σe/n − x̂·Σ(e·x̂)/n)
 *
 * and along a direction, with r = Σ(x̂·Rx)/n, since s and μ move too (R as in `hessian.ts`),
 *
 *   Rx̂ = s·(Rx − ΣRx/n − x̂·r)      Ry = γ·Rx̂ + Rγ·x̂ + Rβ      Rs = −s²·r
 *   R∂β = Σ Re     R∂γ = Σ (Re·x̂ + e·Rx̂)
 *   Re₋₁ = (Rγ·s + γ·Rs)·(e − Σe/n − x̂·Σ(e·x̂)/n) + γ·s·(Re − ΣRe/n − Rx̂·Σ(e·x̂)/n − x̂·R∂γ/n)
 */
import type { BatchNormOperation } from '../../../network/operations';
import type { Code, Local } from '../assembler';
import { f32x4, f64, i32, type V128 } from '../instructions';
import { type Call, type Operand, rows, shifted } from '../kernels';
import { rowBytes, sizeOf } from '../matrix';
import { Channels } from './channels';
import type { Part, Site } from './definition';

type Pointer = Local<'i32'>;
type Vector = Local<'v128'>;

/** What is kept of a block, one number a channel each: mean, variance, 1/√(variance + eps), and the mean of x̂·Rx. */
const kept = ['mean', 'variance', 'scale', 'moved'] as const;

/** Where a batch norm's own statistics of the block lie, for the running ones to follow. */
export interface BlockStatistics {
  readonly operation: BatchNormOperation;
  readonly mean: Operand;
  readonly variance: Operand;
}

export function batchNorm(operation: BatchNormOperation, index: number, site: Site): Part & { readonly statistics: BlockStatistics } {
  const { kernels, structure } = site;
  const channels = new Channels(operation.channels, operation.positions);
  const [from] = operation.from;
  const to = index + 1;
  const row = rowBytes(sizeOf(structure, to));
  const tensor = 16 * Math.ceil(operation.channels / 4);
  const statistics = site.keep(0, kept.length * tensor);
  const offset = (what: (typeof kept)[number]) => kept.indexOf(what) * tensor;
  const [gamma, beta] = operation.parameters;
  const name = `batchNorm/${operation.channels}x${operation.positions}/${operation.eps}`;

  /**
   * A kernel that goes through the thread's channels, all pointers moving on from one to the next.
   * @param matrices how many of its operands are matrices of samples; then come `constants` of tensors with one number a channel; last the
   * samples and whether to add
   */
  const kernel = (
    what: string,
    matrices: number,
    constants: number,
    body: (code: Code, x: Pointer[], c: Pointer[], samples: Pointer, add: Pointer, share: Local<'f64'>) => void,
  ): string =>
    kernels.map(`${name}.${what}`, matrices + constants + 2, (code, operands, part) => {
      const x = operands.slice(0, matrices);
      const c = operands.slice(matrices, matrices + constants);
      const [samples, add] = operands.slice(matrices + constants);
      const [group, end] = kernels.share(code, i32.const(channels.groups), 1, part);
      const share = code.local('f64', f64.div(1, f64.mul(f64.convert_i32_s(samples), operation.positions)));
      const advance = (pointer: Pointer, by: number) => code.set(pointer, i32.add(pointer, by));
      for (const pointer of x) advanceBy(code, pointer, group, channels.step);
      for (const pointer of c) advanceBy(code, pointer, group, channels.constantStep);
      code.while(i32.lt_u(group, end), () => {
        body(code, x, c, samples, add, share);
        for (const pointer of x) advance(pointer, channels.step);
        for (const pointer of c) advance(pointer, channels.constantStep);
        advance(group, 1);
      });
    });

  /** Sums of expressions over a channel's numbers. */
  const sums = (
    code: Code,
    x: readonly Pointer[],
    samples: Pointer,
    count: number,
    terms: (values: readonly Vector[]) => readonly V128[],
  ) => {
    const parts = Array.from({ length: count }, () => code.local('v128', f32x4.const(0)));
    const totals = parts.map(() => channels.totals(code));
    channels.each(
      code,
      x,
      row,
      samples,
      (values, _store, mask) => terms(values).forEach((term, i) => code.set(parts[i], f32x4.add(parts[i], mask(term)))),
      () =>
        parts.forEach((part, i) => {
          channels.collect(code, totals[i], part);
          code.set(part, f32x4.const(0));
        }),
    );
    return totals;
  };
  const constant = (code: Code, address: Pointer, at = 0): Vector => code.local('v128', channels.load(address, at));
  const give = (code: Code, address: Pointer, value: V128, add: Pointer): void =>
    code.if(
      add,
      () => channels.store(code, address, f32x4.add(value, channels.load(address))),
      () => channels.store(code, address, value),
    );
  const normal = (x: V128, mean: V128, scale: V128): V128 => f32x4.mul(f32x4.sub(x, mean), scale);
  const inverseRoot = (variance: V128): V128 => f32x4.div(1, f32x4.sqrt(f32x4.add(variance, operation.eps)));

  // x, y; kept, γ, β
  const train = () =>
    kernel('train', 2, 3, (code, [x, y], [at, g, b], samples, _add, share) => {
      const [sum] = sums(code, [x], samples, 1, ([value]) => [value]);
      const mean = channels.scaled(code, sum, share);
      const deviation = code.local('v128');
      const [squares] = sums(code, [x], samples, 1, ([value]) => {
        code.set(deviation, f32x4.sub(value, mean));
        return [f32x4.mul(deviation, deviation)];
      });
      const variance = channels.scaled(code, squares, share);
      const scale = code.local('v128', inverseRoot(variance));
      channels.store(code, at, mean, offset('mean'));
      channels.store(code, at, variance, offset('variance'));
      channels.store(code, at, scale, offset('scale'));
      const [gain, shift] = [constant(code, g), constant(code, b)];
      channels.each(code, [x, y], row, samples, ([value], store) =>
        store(1, f32x4.add(f32x4.mul(normal(value, mean, scale), gain), shift)),
      );
    });
  // x, y; running mean, running variance, γ, β
  const infer = () =>
    kernel('infer', 2, 4, (code, [x, y], [m, v, g, b], samples) => {
      const [mean, gain, shift] = [constant(code, m), constant(code, g), constant(code, b)];
      const scale = code.local('v128', inverseRoot(channels.load(v)));
      channels.each(code, [x, y], row, samples, ([value], store) =>
        store(1, f32x4.add(f32x4.mul(normal(value, mean, scale), gain), shift)),
      );
    });
  // x, e, e₋₁; kept, γ, ∂γ, ∂β
  const backward = (what: 'back' | 'addBack' | 'parametersOnly') =>
    kernel(what, 3, 4, (code, [x, e, out], [at, g, dg, db], samples, add, share) => {
      const [mean, scale] = [constant(code, at, offset('mean')), constant(code, at, offset('scale'))];
      const one = code.local('f64', f64.const(1));
      const [errors, products] = sums(code, [x, e], samples, 2, ([value, error]) => [error, f32x4.mul(error, normal(value, mean, scale))]);
      give(code, db, channels.scaled(code, errors, one), add);
      give(code, dg, channels.scaled(code, products, one), add);
      if (what === 'parametersOnly') return;
      const [first, second] = [channels.scaled(code, errors, share), channels.scaled(code, products, share)];
      const gain = code.local('v128', f32x4.mul(constant(code, g), scale));
      channels.each(code, [x, e, out], row, samples, ([value, error, before], store) => {
        const centred = f32x4.sub(f32x4.sub(error, first), f32x4.mul(normal(value, mean, scale), second));
        const back = f32x4.mul(gain, centred);
        store(2, what === 'back' ? back : f32x4.add(before, back));
      });
    });
  // x, Rx, Ry; kept, γ, Rγ, Rβ
  const along = (moving: boolean) =>
    kernel(moving ? 'along' : 'alongParameters', 3, 4, (code, [x, rx, ry], [at, g, rg, rb], samples, _add, share) => {
      const [mean, scale] = [constant(code, at, offset('mean')), constant(code, at, offset('scale'))];
      const [gain, rGain, rShift] = [constant(code, g), constant(code, rg), constant(code, rb)];
      const hat = code.local('v128');
      if (!moving) {
        channels.store(code, at, f32x4.const(0), offset('moved'));
        return channels.each(code, [x, ry], row, samples, ([value], store) =>
          store(1, f32x4.add(f32x4.mul(normal(value, mean, scale), rGain), rShift)),
        );
      }
      const [sum, product] = sums(code, [x, rx], samples, 2, ([value, moved]) => [moved, f32x4.mul(moved, normal(value, mean, scale))]);
      const [drift, turn] = [channels.scaled(code, sum, share), channels.scaled(code, product, share)];
      channels.store(code, at, drift, offset('variance')); // the variance itself is not read again
      channels.store(code, at, turn, offset('moved'));
      channels.each(code, [x, rx, ry], row, samples, ([value, moved], store) => {
        code.set(hat, normal(value, mean, scale));
        const rHat = f32x4.mul(scale, f32x4.sub(f32x4.sub(moved, drift), f32x4.mul(hat, turn)));
        store(2, f32x4.add(f32x4.add(f32x4.mul(gain, rHat), f32x4.mul(rGain, hat)), rShift));
      });
    });
  // x, Rx, e, Re, out; kept, γ, Rγ, R∂γ, R∂β
  const alongBack = (whole: boolean, moving: boolean, what: 'replace' | 'add' | 'parametersOnly') =>
    kernel(`alongBack/${whole}/${moving}/${what}`, 5, 5, (code, [x, rx, e, re, out], [at, g, rg, dg, db], samples, add, share) => {
      const [mean, scale] = [constant(code, at, offset('mean')), constant(code, at, offset('scale'))];
      const drift = moving ? constant(code, at, offset('variance')) : null;
      const turn = moving ? constant(code, at, offset('moved')) : null;
      const one = code.local('f64', f64.const(1));
      const [hat, rHat] = [code.local('v128'), code.local('v128', f32x4.const(0))];
      const setHats = (value: V128, moved: V128): void => {
        code.set(hat, normal(value, mean, scale));
        if (whole && drift !== null && turn !== null)
          code.set(rHat, f32x4.mul(scale, f32x4.sub(f32x4.sub(moved, drift), f32x4.mul(hat, turn))));
      };
      const [rErrors, rProducts, errors, products] = sums(code, [x, rx, e, re], samples, 4, ([value, moved, error, rError]) => {
        setHats(value, moved);
        const product = f32x4.mul(rError, hat);
        return [rError, whole ? f32x4.add(product, f32x4.mul(error, rHat)) : product, error, f32x4.mul(error, hat)];
      });
      give(code, db, channels.scaled(code, rErrors, one), add);
      give(code, dg, channels.scaled(code, rProducts, one), add);
      if (what === 'parametersOnly') return;
      const [rFirst, rSecond] = [channels.scaled(code, rErrors, share), channels.scaled(code, rProducts, share)];
      const [first, second] = [channels.scaled(code, errors, share), channels.scaled(code, products, share)];
      const gain = constant(code, g);
      const turned = turn === null ? f32x4.const(0) : f32x4.mul(f32x4.mul(f32x4.mul(scale, scale), turn), gain);
      const rFactor = code.local('v128', f32x4.sub(f32x4.mul(constant(code, rg), scale), turned));
      const factor = code.local('v128', f32x4.mul(gain, scale));
      channels.each(code, [x, rx, e, re, out], row, samples, ([value, moved, error, rError, before], store) => {
        setHats(value, moved);
        const rCentred = f32x4.sub(f32x4.sub(rError, rFirst), f32x4.mul(hat, rSecond));
        const centred = f32x4.sub(f32x4.sub(error, first), f32x4.mul(hat, second));
        const back = whole
          ? f32x4.add(f32x4.mul(rFactor, centred), f32x4.mul(factor, f32x4.sub(rCentred, f32x4.mul(rHat, second))))
          : f32x4.mul(factor, rCentred);
        store(4, what === 'replace' ? back : f32x4.add(before, back));
      });
    });

  const mode = (): 'replace' | 'add' | 'parametersOnly' =>
    !site.wanted(from) ? 'parametersOnly' : site.first(operation, from) ? 'replace' : 'add';
  const call = (made: string, operands: readonly Operand[], add: Operand = 0): Call => ({
    kernel: made,
    operands: [...operands, rows, add],
  });
  const [g, b] = [site.parameter(gamma), site.parameter(beta)];
  const moving = site.wanted(from);
  const ofX = (): Operand => (moving ? site.tangent(from) : site.value(from));
  return {
    statistics: { operation, mean: statistics, variance: shifted(statistics, offset('variance')) },
    forward: (training) =>
      training
        ? [call(train(), [site.value(from), site.value(to), statistics, g, b])]
        : [call(infer(), [site.value(from), site.value(to), site.buffer(operation.buffer), site.buffer(operation.buffer + 1), g, b])],
    backward() {
      const made = backward(({ replace: 'back', add: 'addBack', parametersOnly: 'parametersOnly' } as const)[mode()]);
      const out = moving ? site.error(from) : site.error(to);
      return [call(made, [site.value(from), site.error(to), out, statistics, g, site.gradient(gamma), site.gradient(beta)], 'add')];
    },
    tangent: () => [
      call(along(moving), [site.value(from), ofX(), site.tangent(to), statistics, g, site.direction(gamma), site.direction(beta)]),
    ],
    tangentBackward(matrix) {
      const made = alongBack(matrix === 'hessian', moving, mode());
      const matrices = [
        site.value(from),
        ofX(),
        site.error(to),
        site.tangentError(to),
        moving ? site.tangentError(from) : site.tangentError(to),
      ];
      return [call(made, [...matrices, statistics, g, site.direction(gamma), site.gradient(gamma), site.gradient(beta)], 'add')];
    },
  };
}

const advanceBy = (code: Code, pointer: Pointer, times: Pointer, bytes: number): void =>
  code.set(pointer, i32.add(pointer, i32.mul(times, bytes)));
