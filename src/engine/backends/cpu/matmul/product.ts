/**
 * Emits matrix products: C = start + A·B for extents and steps known when the code is made, in register blocks, packed where that
 * pays (plan.ts says when). A product is a WebAssembly function; its last operand is the number of the thread that runs it, which
 * does its share of C's columns or rows. All figures are the same, bit for bit, however many threads there are.
 *
 * Factors are read within their extents only, and C is written within its. Where k is cut in blocks, C keeps the sums between them.
 */
import type { Assembler, Code, WasmFunction } from '../assembler';
import { i32, type I32 } from '../instructions';
import { planProduct, scratchOf } from './plan';
import type { ProductShape } from './shape';
import { Writer } from './writer';

/** What a call of a product says. All are addresses, but for `add`, `rows` and `part`. */
export interface ProductOperands {
  readonly a: I32;
  readonly b: I32;
  readonly c: I32;
  /** Of what the sums begin with, where that is a row or a column. */
  readonly start?: I32;
  /** Whether to add to what is in C (start 'add'). */
  readonly add?: I32;
  /** The number of samples, where an extent is that. */
  readonly rows?: I32;
  /** Of as many bytes as the product's `scratch`, where these are any; aligned to 16. */
  readonly scratch?: I32;
  /** Of the matrices beside C that the epilogue uses. */
  readonly extras?: readonly I32[];
  /** The thread's number, from 0. */
  readonly part?: I32;
}

export interface Product {
  /** All operands are i32, in the order of `operands`. */
  readonly function: WasmFunction<null>;
  /** Names of the function's operands: a, b, c, then those of start or add, rows, scratch, extra0, … that there are, and last part. */
  readonly operands: readonly string[];
  /** Bytes of scratch that all threads together need; 0 for none, there is no such operand then. */
  readonly scratch: number;
  /** Writes a call. */
  multiply(code: Code, operands: ProductOperands): void;
}

/** Emits a product as a function of the module. @param name it is exported under */
export function emitProduct(assembler: Assembler, name: string, shape: ProductShape): Product {
  const plan = planProduct(shape);
  const extras = Array.from({ length: shape.extras ?? 0 }, (_, i) => `extra${i}`);
  const scratch = scratchOf(shape, plan).all * (shape.threads ?? 1);
  const operands = [
    ...['a', 'b', 'c'],
    ...(shape.start === 'row' || shape.start === 'column' ? ['start'] : []),
    ...(shape.start === 'add' ? ['add'] : []),
    ...(shape.m === 'rows' || shape.k === 'rows' ? ['rows'] : []),
    ...(scratch > 0 ? ['scratch'] : []),
    ...extras,
    'part',
  ];
  const made = assembler.function(
    name,
    operands.map(() => 'i32' as const),
    null,
    (code, locals) => new Writer(code, shape, plan, Object.fromEntries(operands.map((operand, i) => [operand, locals[i]]))).write(),
  );
  return {
    function: made,
    operands,
    scratch,
    multiply: (code, { extras: more = [], part = i32.const(0), ...given }) => {
      const values: Readonly<Record<string, I32 | undefined>> = {
        ...given,
        ...Object.fromEntries(more.map((value, i) => [`extra${i}`, value])),
        part,
      };
      const missing = operands.find((operand) => values[operand] === undefined);
      if (missing !== undefined) throw new Error(`The product ${name} needs the operand ${missing}.`);
      code.call(made, ...operands.flatMap((operand) => values[operand] ?? []));
    },
  };
}
