/**
 * Relaxed SIMD, which has the fused multiply-add, is behind a flag in Node 20 and simply there from 22 on. This module sets the flag
 * where it is missing. It must be evaluated before the first module is compiled, so it is the first import of everything that runs.
 */
import { setFlagsFromString } from 'node:v8';
import { hasFusedMultiplyAdd } from '../engine/backends/cpu/features';

if (!hasFusedMultiplyAdd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
