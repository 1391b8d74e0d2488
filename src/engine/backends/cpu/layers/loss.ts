/** The loss as kernels on a block of outputs: each row's, with the gradient, then the sum of all in the order of the rows. */
import type { Loss } from '../../../network/losses';
import { call, type WasmFunction } from '../assembler';
import { f64, i32 } from '../instructions';
import type { Kernels } from '../kernels';
import { rowBytes } from '../matrix';

/** Bytes that each row's loss takes: `total` and `rest`. */
export const lossBytes = 16;

/** How many totals of at most `columns` are multiplied before their logarithm is taken: the product stays below 1e300. */
const together = (columns: number): number => Math.max(1, Math.floor(300 / Math.log10(Math.max(2, columns + 1))));

export interface LossKernels {
  /** Of outputs, wanted, gradient, losses, rows, weight. */
  readonly gradient: string;
  /** The same without the gradient, whose place is not touched. */
  readonly value: string;
  /** Of losses and rows: their sum. */
  readonly sum: WasmFunction<'f64'>;
}

/** @param logarithm an imported function */
export function emitLoss(kernels: Kernels, loss: Loss, columns: number, logarithm: WasmFunction<'f64'>): LossKernels {
  const outputRow = rowBytes(columns);
  const wantedRow = loss.against === 'class' ? 4 : outputRow;
  let logarithms = false;
  const rowsKernel = (name: string, withGradient: boolean): string =>
    kernels.emit(`${loss.name}.${name}`, ['i32', 'i32', 'i32', 'i32', 'i32', 'f32'], (code, operands, part) => {
      const [outputs, wanted, gradient, losses, samples, weight] = operands;
      const [row, end] = kernels.share(code, samples, 1, part);
      const moves = [
        [outputs, outputRow],
        [wanted, wantedRow],
        [gradient, outputRow],
        [losses, lossBytes],
      ] as const;
      for (const [pointer, bytes] of moves) code.set(pointer, i32.add(pointer, i32.mul(row, bytes)));
      code.while(i32.lt_u(row, end), () => {
        const { total, rest } = loss.row(code, { outputs, wanted, gradient: withGradient ? gradient : null, columns, weight });
        if (total !== null) code.store('f64', losses, total);
        logarithms = total !== null;
        code.store('f64', losses, rest, 8);
        for (const [pointer, bytes] of moves) code.set(pointer, i32.add(pointer, bytes));
        code.set(row, i32.add(row, 1));
      });
    });
  const [gradient, value] = [rowsKernel('gradient', true), rowsKernel('value', false)];
  const sum = kernels.assembler.function(`${loss.name}.sum`, ['i32', 'i32'], 'f64', (code, [at, samples]) => {
    const [result, product] = [code.local('f64', f64.const(0)), code.local('f64', f64.const(1))];
    const left = code.local('i32', together(columns));
    const take = () => code.set(result, f64.add(result, call(logarithm, product)));
    code.while(samples, () => {
      code.set(result, f64.add(result, f64.load(at, 8)));
      if (logarithms) {
        code.set(product, f64.mul(product, f64.load(at)));
        code.set(left, i32.sub(left, 1));
        code.if(i32.eqz(left), () => {
          take();
          code.set(product, f64.const(1));
          code.set(left, together(columns));
        });
      }
      code.set(at, i32.add(at, lossBytes));
      code.set(samples, i32.sub(samples, 1));
    });
    if (logarithms) take();
    code.return(result);
  });
  return { gradient, value, sum };
}
