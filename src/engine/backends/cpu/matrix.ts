/**
 * How matrices of samples lie in memory: a row a sample, rows beginning every `stride(columns)` floats. Weights have no gaps. Vectors may
 * read past a row's end, never past the memory's, and what they find there is masked or dropped.
 */
import { sizeOf as sizeOfShape } from '../../network/builder';
import type { Structure } from '../../network/structure';

/** Floats from one row to the next: whole vectors, and no multiple of 1 KiB, at which cache lines would collide. */
export function stride(columns: number): number {
  const whole = Math.ceil(columns / 4) * 4;
  return whole % 256 === 0 ? whole + 16 : whole;
}

/** Bytes from one row to the next. */
export const rowBytes = (columns: number): number => 4 * stride(columns);

/** Numbers of one sample's value v. */
export const sizeOf = ({ values }: Structure, v: number): number => sizeOfShape(values[v]);
