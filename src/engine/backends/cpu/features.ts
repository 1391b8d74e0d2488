/**
 * What the WebAssembly engine can do beyond what every engine can. It is found by asking the engine to validate a tiny module, once,
 * when the first kernel is emitted: by then whoever starts the program has set the flags that an engine may need (Node 20 has
 * relaxed SIMD only behind one).
 */
import { isValid } from './webassembly';

/** () -> v128: relaxed_madd(0, 0, 0). */
const fusedProbe = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version 1
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: no operands, a vector
  ...[0x03, 0x02, 0x01, 0x00], // one function of that type
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // its code, 17 bytes, no locals
  ...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f], // i8x16.splat(0), three times
  ...[0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
];

/** Asks the engine anew: for whoever sets its flags. */
export const hasFusedMultiplyAdd = (): boolean => isValid(Uint8Array.from(fusedProbe));

let fused: boolean | undefined;

/** Whether vectors can be multiplied and added in one instruction: relaxed SIMD. The same for as long as the program runs. */
export const fusedMultiplyAdd = (): boolean => (fused ??= hasFusedMultiplyAdd());
