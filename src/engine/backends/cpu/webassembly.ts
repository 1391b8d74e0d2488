/**
 * The part of the WebAssembly interface that the CPU backend uses. ECMAScript's own library does not declare it (it comes with
 * the DOM's and Node's), and the engine may use neither; so it is declared here, under our own names, and taken off the global object.
 */

export interface WasmMemory {
  /** A `SharedArrayBuffer` where threads share the memory. */
  readonly buffer: ArrayBufferLike;
}

/** Compiled code, not yet linked to a memory. */
export type WasmModule = object;

/** What an instance offers: its functions, by name. All arguments and results are numbers. */
export type WasmExports = Readonly<Record<string, (...operands: number[]) => number>>;

interface WasmFace {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: unknown };
  readonly Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
}

const { Module, Instance, Memory, validate } = (globalThis as unknown as { readonly WebAssembly: WasmFace }).WebAssembly;

/** Bytes of a page, the unit of WebAssembly memory. */
export const pageBytes = 65_536;

/** A memory of exactly so many pages; it never grows, so views of it stay valid. @throws RangeError where the system refuses so much */
export const createMemory = (pages: number, shared = false): WasmMemory => new Memory({ initial: pages, maximum: pages, shared });

/** Whether the engine knows every instruction of a module, and the module is well formed. */
export const isValid = (bytes: Uint8Array): boolean => validate(bytes);

/** Compiles a module; it can be linked to any number of memories, and they share its machine code. */
export const compile = (bytes: Uint8Array): WasmModule => new Module(bytes);

/** Links a module to a memory. @param functions what it imports besides the memory, by name */
export function link(
  module: WasmModule,
  memory: WasmMemory,
  functions: Readonly<Record<string, (...operands: number[]) => number>> = {},
): WasmExports {
  return new Instance(module, { env: { ...functions, memory } }).exports as WasmExports;
}

/** Compiles and links a module that is needed once. */
export const instantiate = (
  bytes: Uint8Array,
  memory: WasmMemory,
  functions?: Readonly<Record<string, (...operands: number[]) => number>>,
): WasmExports => link(compile(bytes), memory, functions);
