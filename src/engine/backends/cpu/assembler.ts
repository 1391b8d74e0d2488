/**
 * A small WebAssembly assembler: kernels are emitted for the shapes of one run, so no toolchain is needed and nothing is shipped
 * compiled. A module imports one memory and perhaps some functions; its own functions are written as a callback that states
 * statements (`set`, `store`, `loop`, …) over expressions (`instructions.ts`). The binary format is WebAssembly Core 2.0, section 5.
 *
 *   const assembler = new Assembler();
 *   assembler.function('scale', ['i32', 'i32', 'f32'], null, (code, [values, count, factor]) => {
 *     const end = code.local('i32', i32.add(values, i32.shl(count, 2)));
 *     code.while(i32.lt_u(values, end), () => {
 *       code.store('f32', values, f32.mul(f32.load(values), factor));
 *       code.set(values, i32.add(values, 4));
 *     });
 *   });
 *   instantiate(assembler.bytes(), memory).scale(address, 5, 0.1);
 */
import { atomicStore, constants, type Expression, i32, laneStores, type Operand, stores, unsigned, type ValueType } from './instructions';
import { memoryLimit } from './memory';
import { pageBytes } from './webassembly';

/** A parameter or a variable of a function: reading it is an expression. */
export interface Local<T extends ValueType> extends Expression<T> {
  readonly index: number;
}

/** A function to call, of this module or imported. */
export interface WasmFunction<R extends ValueType | null> {
  readonly index: number;
  readonly result: R;
}

type Locals<P extends readonly ValueType[]> = { readonly [K in keyof P]: Local<P[K]> };

const typeByte = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
const localOf = <T extends ValueType>(type: T, index: number): Local<T> => ({ type, index, code: [0x20, ...unsigned(index)] });
const code = (type: ValueType, value: Operand<ValueType>): readonly number[] =>
  typeof value === 'number' ? constants[type === 'v128' ? 'f32x4' : type](value).code : value.code;
const text = (name: string) => [...unsigned(name.length), ...[...name].map((letter) => letter.charCodeAt(0))];

/** A stretch of a module, which may have thousands of bytes: put together once, at the end. */
type Bytes = Uint8Array | readonly number[];

const vector = (items: readonly Bytes[]): readonly Bytes[] => [unsigned(items.length), ...items];
const section = (id: number, content: readonly Bytes[]): readonly Bytes[] => [[id], unsigned(lengthOf(content)), ...content];
const lengthOf = (parts: readonly Bytes[]): number => parts.reduce((sum, { length }) => sum + length, 0);

function joined(parts: readonly Bytes[]): Uint8Array {
  const all = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The value of calling a function that has one. */
export const call = <R extends ValueType>(callee: WasmFunction<R>, ...operands: readonly Expression<ValueType>[]): Expression<R> => ({
  type: callee.result,
  code: [...operands.flatMap((operand) => operand.code), 0x10, ...unsigned(callee.index)],
});

/** The body of one function, as it is being written. */
export class Code {
  private readonly body: number[] = [];
  private readonly types: ValueType[] = [];

  constructor(private readonly parameterCount: number) {}

  /** Bytes and stretches of them; a stretch may be longer than a call can have operands. */
  private emit(...parts: readonly (number | readonly number[])[]): void {
    for (const part of parts) {
      if (typeof part === 'number') this.body.push(part);
      else for (const byte of part) this.body.push(byte);
    }
  }

  /** A new variable, zero unless `value` is given. */
  local<T extends ValueType>(type: T, value?: Operand<T>): Local<T> {
    const local = localOf(type, this.parameterCount + this.types.push(type) - 1);
    if (value !== undefined) this.set(local, value);
    return local;
  }

  /** A number for a vector stands for four 32-bit floats. */
  set<T extends ValueType>(local: Local<T>, value: Operand<T>): void {
    this.emit(code(local.type, value), 0x21, unsigned(local.index));
  }

  /** memory[address + offset] = value @param offset bytes */
  store<T extends ValueType>(type: T, address: Expression<'i32'>, value: Expression<T>, offset = 0): void {
    this.emit(address.code, value.code, stores[type], unsigned(offset));
  }

  /** memory[address + offset] = the lane of `bits` width with number `index` @param offset bytes */
  storeLane(bits: 32 | 64, address: Expression<'i32'>, vector: Expression<'v128'>, index: number, offset = 0): void {
    this.emit(address.code, vector.code, laneStores[bits], unsigned(offset), index);
  }

  /** memory[address + offset] = value, seen by other threads after all that was written before. @param offset bytes */
  atomicStore(address: Expression<'i32'>, value: Operand<'i32'>, offset = 0): void {
    this.emit(address.code, code('i32', value), atomicStore, unsigned(offset));
  }

  /** Computes a value for what it does besides, and drops it. */
  drop(value: Expression<ValueType>): void {
    this.emit(value.code, 0x1a);
  }

  /** Ends the program with an error. */
  trap(): void {
    this.emit(0x00);
  }

  /** Calls a function that has no result. */
  call(callee: WasmFunction<null>, ...operands: readonly Expression<ValueType>[]): void {
    this.emit(
      operands.flatMap((operand) => operand.code),
      0x10,
      unsigned(callee.index),
    );
  }

  if(condition: Expression<'i32'>, then: () => void, otherwise?: () => void): void {
    this.emit(condition.code, 0x04, 0x40);
    then();
    if (otherwise) {
      this.emit(0x05);
      otherwise();
    }
    this.emit(0x0b);
  }

  /** Repeats the body as long as the condition holds; it is tested before each time. */
  while(condition: Expression<'i32'>, body: () => void): void {
    this.if(condition, () => {
      this.emit(0x03, 0x40);
      body();
      this.emit(condition.code, 0x0d, 0, 0x0b);
    });
  }

  /** A loop that never repeats. V8 does not unroll a loop that has another one inside. */
  emptyLoop(): void {
    this.emit(0x03, 0x40, 0x0b);
  }

  /** Counts `counter` from where it stands up to `below`, in steps of `step`, as long as a whole step is left. */
  steps(counter: Local<'i32'>, below: Expression<'i32'>, step: number, body: () => void): void {
    const last = step === 1 ? below : this.local('i32', i32.sub(below, step - 1));
    this.while(i32.lt_s(counter, last), () => {
      body();
      this.set(counter, i32.add(counter, step));
    });
  }

  return(value?: Expression<ValueType>): void {
    this.emit(value?.code ?? [], 0x0f);
  }

  /** The function's code entry. */
  bytes(): Uint8Array {
    const content = [...vector(this.types.map((type) => [1, typeByte[type]])), this.body, [0x00, 0x0b]];
    return joined([unsigned(lengthOf(content)), ...content]);
  }
}

/** One module. */
export class Assembler {
  /** Whether the memory is one that threads share. */
  readonly shared: boolean;
  private readonly types: number[][] = [];
  private readonly imports: number[][] = [];
  private readonly functions: { readonly type: number; readonly name: string; readonly code: Code }[] = [];

  constructor({ shared = false }: { readonly shared?: boolean } = {}) {
    this.shared = shared;
  }

  /** A function that the instance must be given, e.g. `pow`. Imports come before the module's own functions. */
  import<R extends ValueType | null>(name: string, parameters: readonly ValueType[], result: R): WasmFunction<R> {
    if (this.functions.length > 0) throw new Error(`The import ${name} comes after a function; state all imports first.`);
    const index = this.imports.length;
    this.imports.push([...text('env'), ...text(name), 0x00, ...unsigned(this.typeOf(parameters, result))]);
    return { index, result };
  }

  /** A function, exported under its name. With a result, every path through the body must `return`. */
  function<const P extends readonly ValueType[], R extends ValueType | null>(
    name: string,
    parameters: P,
    result: R,
    write: (code: Code, parameters: Locals<P>) => void,
  ): WasmFunction<R> {
    const code = new Code(parameters.length);
    const index = this.imports.length + this.functions.length;
    this.functions.push({ type: this.typeOf(parameters, result), name, code });
    write(code, parameters.map((type, position) => localOf(type, position)) as unknown as Locals<P>);
    if (result === null) code.return();
    return { index, result };
  }

  private typeOf(parameters: readonly ValueType[], result: ValueType | null): number {
    const types = (of: readonly ValueType[]) => [of.length, ...of.map((each) => typeByte[each])];
    const type = [0x60, ...types(parameters), ...types(result === null ? [] : [result])];
    const known = this.types.findIndex((other) => other.join() === type.join());
    return known >= 0 ? known : this.types.push(type) - 1;
  }

  /** The module in binary form. It imports its memory as `env.memory`. */
  bytes(): Uint8Array {
    const memory = [
      ...text('env'),
      ...text('memory'),
      0x02,
      this.shared ? 0x03 : 0x01,
      ...unsigned(0),
      ...unsigned(memoryLimit / pageBytes),
    ];
    // By these, profilers call the functions.
    const names = this.functions.map(({ name }, position) => [...unsigned(this.imports.length + position), ...text(name)]);
    return joined([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, vector(this.types)),
      ...section(2, vector([...this.imports, memory])),
      ...section(3, vector(this.functions.map(({ type }) => unsigned(type)))),
      ...section(7, vector(this.functions.map(({ name }, position) => [...text(name), 0x00, ...unsigned(this.imports.length + position)]))),
      ...section(10, vector(this.functions.map(({ code }) => code.bytes()))),
      ...section(0, [text('name'), ...section(1, vector(names))]),
    ]);
  }
}
