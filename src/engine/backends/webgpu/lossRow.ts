/**
 * How a loss is computed in a shader: one row of outputs at a time, by one invocation or by several that share the row. A loss gives the
 * statements; where the row's numbers lie, and how partial results are joined, is for the shader to say.
 */
import { literal, type ShaderFunction } from './functions';

/** A row of outputs as WGSL. `j` is a column, a u32 expression. */
export interface RowText {
  readonly columns: number;
  /** 1/samples, an f32. */
  readonly weight: string;
  /** The number of the wanted class, a u32; for a loss against classes. */
  readonly label: string;
  output(j: string): string;
  /** What it is compared with, an f32; for a loss against numbers. */
  wanted(j: string): string;
  /** A variable for weight·∂loss/∂output; it may be read once it is assigned. */
  error(j: string): string;
  /** A direction of the outputs, and a variable for the error's derivative along it. */
  direction(j: string): string;
  product(j: string): string;
  /** A loop over those of the columns that this invocation takes. @param body statements @param sums variables that they add to, which may be done in parts */
  each(body: (j: string) => string, ...sums: readonly string[]): string;
  /** Statements that make a variable of each invocation its sum, or its largest, over those that share the row. */
  sum(variable: string): string;
  largest(variable: string): string;
}

/** Statements for a row; they may declare variables, and stand in a block of their own. */
export interface LossText {
  /** Declares `loss`, an f32: the row's. */
  value(row: RowText): string;
  /** The same, and assigns every `error`. */
  gradient(row: RowText): string;
  /** Assigns every `product`. */
  curvature(row: RowText): string;
  /** The functions that these call. None if missing. */
  readonly helpers?: readonly ShaderFunction[];
}

/** Expressions of one output y and what it is compared with, t, both names. */
interface Pairwise {
  value(y: string, t: string): string;
  /** Its derivative by y, and that one's. */
  slope(y: string, t: string): string;
  second(y: string, t: string): string;
  readonly helpers?: readonly ShaderFunction[];
}

/** A loss that is the mean over outputs of a function of y and t. */
export function meanOfOutputs({ value, slope, second, helpers }: Pairwise): LossText {
  const begin = ({ output, wanted }: RowText, j: string): string => `let y = ${output(j)};
let t = ${wanted(j)};`;
  const factor = ({ weight, columns }: RowText): string => `let factor = ${weight} * ${literal(1 / columns)};`;
  const sum = (row: RowText, and: (j: string) => string): string => `var loss = 0.0f;
${row.each((j) => `${begin(row, j)}\nloss += ${value('y', 't')};\n${and(j)}`, 'loss')}
${row.sum('loss')}
loss *= ${literal(1 / row.columns)};`;
  return {
    helpers,
    value: (row) => sum(row, () => ''),
    gradient: (row) => `${factor(row)}\n${sum(row, (j) => `${row.error(j)} = factor * (${slope('y', 't')});`)}`,
    curvature: (row) =>
      `${factor(row)}\n${row.each((j) => `${begin(row, j)}\n${row.product(j)} = factor * (${second('y', 't')}) * ${row.direction(j)};`)}`,
  };
}
