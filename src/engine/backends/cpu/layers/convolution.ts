/**
 * A convolution, sample by sample, as a matrix product with the patches of the image: Y = W·P + b. With E = ∂loss/∂Y, ∂W = Σ E·Pᵀ and
 * ∂P = Wᵀ·E, which is added back to the image. Samples are shared among threads; the gradient of the weights is summed over fixed groups
 * of samples first, then over the groups, so that its bits do not depend on who sums which. Along a direction it is bilinear, as a dense
 * layer is.
 */
import type { ConvolutionOperation } from '../../../network/operations';
import type { Code, Local } from '../assembler';
import { f32, f32x4, i32, type I32, pick, v128 } from '../instructions';
import { type Call, type Operand, rows, shifted } from '../kernels';
import type { Product } from '../matmul/product';
import type { ProductShape } from '../matmul/shape';
import { rowBytes, sizeOf } from '../matrix';
import type { Part, Site } from './definition';
import { gatherPatches, patchBytes, patchColumns, patchRows, scatterPatches } from './patches';
import { clear, eachSample } from './window';

type Pointer = Local<'i32'>;

/** Groups in which the gradient of the weights is summed: as many threads can share that work. */
const groups = 4;

export function convolution(operation: ConvolutionOperation, index: number, site: Site): Part {
  const { kernels, structure } = site;
  const { window, filters } = operation;
  const [from] = operation.from;
  const to = index + 1;
  const [weight, bias] = operation.parameters;
  const [depth, places] = [patchRows(window), patchColumns(window)];
  const [inRow, outRow] = [rowBytes(sizeOf(structure, from)), rowBytes(sizeOf(structure, to))];
  const name = `convolution/${filters}/${Object.values(window).join()}`;
  const moving = site.wanted(from);
  const after = site.fused(operation);

  const product = (what: string, shape: ProductShape): Product => kernels.inner(`${name}.${what}`, shape);
  const image = { rowStep: places, columnStep: 1 };
  const forward = (start: 'column' | 'add', epilogue: typeof after) =>
    product(`product.${start}${epilogue ? `.${epilogue.function.name}` : ''}`, {
      m: filters,
      k: depth,
      n: places,
      a: { rowStep: depth, columnStep: 1 },
      b: image,
      c: { rowStep: places },
      start,
      ...(epilogue && { epilogue: (code, sum) => epilogue.function.vector.value(code, sum) }),
    });
  const toWeights = product('weights', {
    m: filters,
    k: places,
    n: depth,
    a: image,
    b: { rowStep: 1, columnStep: places },
    c: { rowStep: depth },
    start: 'add',
  });
  const toPatches = product('patches', {
    m: depth,
    k: filters,
    n: places,
    a: { rowStep: 1, columnStep: depth },
    b: image,
    c: { rowStep: places },
    start: 'zero',
  });
  const fresh = forward('column', after);
  const further = site.curvature ? forward('add', null) : null;
  const bytes = patchBytes(window);
  const most = Math.max(fresh.scratch, further?.scratch ?? 0, toWeights.scratch, toPatches.scratch);
  const perThread = bytes + Math.ceil(most / 64) * 64;
  const scratch = site.scratch(0, perThread * kernels.threads);
  const tensor = Math.ceil((filters * depth) / 4) * 16;
  const partial = site.scratch(1, groups * (tensor + 16 * Math.ceil(filters / 4)));

  /** Where a thread's patches and its products' scratch lie. */
  const own = (code: Code, room: Pointer, part: I32): [Pointer, Pointer] => {
    const patches = code.local('i32', i32.add(room, i32.mul(part, perThread)));
    return [patches, code.local('i32', i32.add(patches, bytes))];
  };
  // x, w, b or whether to add, y, scratch, rows
  const emitForward = (what: string, made: Product, adds: boolean): string =>
    kernels.map(`${name}.${what}`, 6, (code, [x, w, b, y, room, samples], part) => {
      const [first, end] = kernels.share(code, samples, 1, part);
      const [patches, spare] = own(code, room, part);
      const moves = [
        [x, inRow],
        [y, outRow],
      ] as const;
      eachSample(code, first, end, moves, () => {
        gatherPatches(code, window, x, patches);
        made.multiply(code, { a: w, b: patches, c: y, ...(adds ? { add: b } : { start: b }), scratch: spare });
      });
    });
  // e, w, ∂x, scratch, rows
  const emitBack = (replace: boolean): string =>
    kernels.map(`${name}.${replace ? 'back' : 'addBack'}`, 5, (code, [e, w, x, room, samples], part) => {
      const [first, end] = kernels.share(code, samples, 1, part);
      const [patches, spare] = own(code, room, part);
      const moves = [
        [x, inRow],
        [e, outRow],
      ] as const;
      eachSample(code, first, end, moves, () => {
        toPatches.multiply(code, { a: w, b: e, c: patches, scratch: spare });
        scatterPatches(code, window, patches, x, inRow, replace);
      });
    });
  // e, x, sums of each group, scratch, rows
  const emitLearn = (): string =>
    kernels.map(`${name}.learn`, 5, (code, [e, x, sums, room, samples], part) => {
      const [group, last] = kernels.share(code, i32.const(groups), 1, part);
      const [patches, spare] = own(code, room, part);
      const [sample, end, add] = [code.local('i32'), code.local('i32'), code.local('i32')];
      const [image0, error0, target] = [code.local('i32'), code.local('i32'), code.local('i32')];
      const bound = (of: I32) => i32.div_u(i32.mul(samples, of), groups);
      code.while(i32.lt_u(group, last), () => {
        code.set(sample, bound(group));
        code.set(end, bound(i32.add(group, 1)));
        code.set(image0, x);
        code.set(error0, e);
        code.set(target, i32.add(sums, i32.mul(group, tensor)));
        const biases = code.local('i32', i32.add(i32.add(sums, groups * tensor), i32.mul(group, 16 * Math.ceil(filters / 4))));
        clear(code, biases, 16 * Math.ceil(filters / 4));
        code.if(i32.eq(sample, end), () => clear(code, target, tensor));
        code.set(add, 0);
        const moves = [
          [image0, inRow],
          [error0, outRow],
        ] as const;
        eachSample(code, sample, end, moves, () => {
          gatherPatches(code, window, image0, patches);
          toWeights.multiply(code, { a: error0, b: patches, c: target, add, scratch: spare });
          sumPlanes(code, error0, biases, filters, places);
          code.set(add, 1);
        });
        code.set(group, i32.add(group, 1));
      });
    });
  // sums of each group, bytes of one, bytes from one to the next, where they go, whether to add
  const gathered = kernels.map(`groups/${groups}`, 4, (code, [sums, size, target, add], part) => {
    const [at, end] = kernels.share(code, size, 64, part);
    const sum = code.local('v128');
    code.while(i32.lt_u(at, end), () => {
      code.set(sum, v128.load(i32.add(sums, at)));
      for (let group = 1; group < groups; group++)
        code.set(sum, f32x4.add(sum, v128.load(i32.add(sums, i32.add(at, i32.mul(size, group))))));
      const place = code.local('i32', i32.add(target, at));
      code.if(add, () => code.set(sum, f32x4.add(sum, v128.load(place))));
      code.store('v128', place, sum);
      code.set(at, i32.add(at, 16));
    });
  });

  const make = emitForward(after ? `forward.${after.function.name}` : 'forward', fresh, false);
  const more = further && emitForward('more', further, true);
  const learn = emitLearn();
  const first = site.first(operation, from);
  const learned = (e: Operand, x: Operand, add: Operand, biases: boolean): Call[] => {
    const sums = partial();
    const call = (offset: number, size: number, target: Operand): Call => ({
      kernel: gathered,
      operands: [shifted(sums, offset), size, target, add],
      independent: true,
    });
    return [
      { kernel: learn, operands: [e, x, sums, scratch(), rows] },
      ...(biases ? [call(groups * tensor, 16 * Math.ceil(filters / 4), site.gradient(bias))] : []),
      { ...call(0, tensor, site.gradient(weight)), independent: false },
    ];
  };
  const carried = (e: Operand, w: Operand, x: Operand, replace: boolean): Call[] =>
    moving ? [{ kernel: emitBack(replace), operands: [e, w, x, scratch(), rows] }] : [];
  return {
    forward: () => [
      { kernel: make, operands: [site.value(from), site.parameter(weight), site.parameter(bias), site.value(to), scratch(), rows] },
    ],
    backward: () => [
      ...learned(site.error(to), site.value(from), 'add', true),
      ...carried(site.error(to), site.parameter(weight), moving ? site.error(from) : 0, first),
    ],
    tangent() {
      const [v, c, y] = [site.direction(weight), site.direction(bias), site.tangent(to)];
      const along: Call = { kernel: make, operands: [site.value(from), v, c, y, scratch(), rows] };
      if (!moving || more === null) return [along];
      return [along, { kernel: more, operands: [site.tangent(from), site.parameter(weight), 1, y, scratch(), rows] }];
    },
    tangentBackward(matrix) {
      const [e, re] = [site.error(to), site.tangentError(to)];
      const whole = matrix === 'hessian' && moving;
      return [
        ...learned(re, site.value(from), 'add', true),
        ...(whole ? learned(e, site.tangent(from), 1, false) : []),
        ...carried(re, site.parameter(weight), moving ? site.tangentError(from) : 0, first),
        ...(whole ? carried(e, site.direction(weight), site.tangentError(from), false) : []),
      ];
    },
  };
}

/** Adds to each filter's number the sum of its plane of a sample. */
function sumPlanes(code: Code, sample: Pointer, sums: Pointer, filters: number, places: number): void {
  const [at, end, sum, target] = [code.local('i32', sample), code.local('i32'), code.local('v128'), code.local('i32', sums)];
  const left = code.local('i32', filters);
  const whole = places - (places % 4);
  code.while(left, () => {
    code.set(sum, f32x4.replace_lane(f32x4.const(0), 0, f32.load(target)));
    code.set(end, i32.add(at, 4 * whole));
    code.while(i32.lt_u(at, end), () => {
      code.set(sum, f32x4.add(sum, v128.load(at)));
      code.set(at, i32.add(at, 16));
    });
    for (let k = whole; k < places; k++) {
      code.set(sum, f32x4.add(sum, v128.load32_zero(at)));
      code.set(at, i32.add(at, 4));
    }
    code.set(sum, f32x4.add(sum, pick(sum, sum, [2, 3, 2, 3])));
    code.store('f32', target, f32.add(f32x4.extract_lane(sum, 0), f32x4.extract_lane(sum, 1)));
    code.set(target, i32.add(target, 4));
    code.set(left, i32.sub(left, 1));
  });
}
