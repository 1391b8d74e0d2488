/** The machine that a benchmark runs on, and how much of it others use meanwhile. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fusedMultiplyAdd } from '../src/engine/backends/cpu/features';
import { createMemory } from '../src/engine/backends/cpu/webassembly';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** What of its vector instructions matters here: AVX2, FMA, AVX-512, …; empty where the system does not tell. */
  readonly features: readonly string[];
  /** GiB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** Can WebAssembly fuse multiply and add? */
  readonly relaxedSimd: boolean;
  /** Who checks the bounds of WebAssembly memory: guard pages cost nothing, checks in code a fifth and more. */
  readonly bounds: 'guarded by pages' | 'checked in code' | 'of unknown cost';
  /** Load averages over 1, 5 and 15 minutes, at the start. */
  readonly load: readonly number[];
  /** The share of all cores that others had at work for a second before and for one after measuring, the larger. */
  readonly busy: number;
  /** How far a fixed piece of work, repeated between measurements, fell below and rose above its median (the 10th and the 90th percentile). */
  readonly drift: readonly [number, number] | null;
}

/** Of /proc/cpuinfo, and what people call them. */
const known: Readonly<Record<string, string>> = { avx2: 'AVX2', fma: 'FMA', avx512f: 'AVX-512', asimd: 'NEON', sve: 'SVE' };

function featuresOf(): string[] {
  try {
    const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].trim().split(/\s+/) ?? [];
    return flags.flatMap((flag) => known[flag] ?? []);
  } catch {
    return []; // no Linux
  }
}

/** Guard pages need gigabytes of address space for every memory, however small. */
function boundsOf(): Machine['bounds'] {
  const addressSpace = (): number => Number(/^VmSize:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 2 ** 20;
  try {
    const before = addressSpace();
    const memory = createMemory(1);
    const grown = addressSpace() - before;
    return memory.buffer.byteLength > 0 && grown > 4 ? 'guarded by pages' : 'checked in code';
  } catch {
    return 'of unknown cost';
  }
}

/** The share of all cores that is at work during so many seconds. */
export async function busyFor(seconds: number): Promise<number> {
  const count = (): { idle: number; all: number } => {
    const times = cpus().map((cpu) => cpu.times);
    const idle = times.reduce((sum, each) => sum + each.idle, 0);
    return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) };
  };
  const before = count();
  await sleep(1000 * seconds);
  const after = count();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

/** A fixed piece of work of some milliseconds: if it takes longer than before, so would everything. @returns milliseconds */
export function yardstick(): number {
  const began = performance.now();
  let x = 0.5;
  for (let i = 0; i < 5_000_000; i++) x = 3.9 * x * (1 - x);
  const took = performance.now() - began;
  return x >= 0 ? took : NaN;
}

/** @param times of the yardstick */
export function driftOf(times: readonly number[]): readonly [number, number] | null {
  if (times.length === 0) return null;
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))];
  const middle = at(0.5);
  return [1 - at(0.1) / middle, at(0.9) / middle - 1];
}

/** Everything but the drift, which is known at the end. */
export async function describeMachine(): Promise<Machine> {
  const load = loadavg();
  const busy = await busyFor(1);
  return {
    processor: cpus()[0]?.model.trim() || 'an unknown processor',
    cores: cpus().length,
    features: featuresOf(),
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    relaxedSimd: fusedMultiplyAdd(),
    bounds: boundsOf(),
    ...{ load, busy, drift: null },
  };
}
