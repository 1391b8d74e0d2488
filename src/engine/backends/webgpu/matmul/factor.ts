/**
 * A factor of a product as kernels read it: in lines of four elements. `outer` counts what the other factor does not have: rows of A,
 * columns of B; `k` counts what is summed over. Lines run along k or along outer, as the matrix lies in memory, and are read as vectors
 * where they always begin at a multiple of four.
 */
import { isStrided, type Operand, type ProductShape } from './shape';

export interface Factor {
  readonly name: 'a' | 'b';
  /** Whether it is bound as `array<vec4f>` rather than `array<f32>`. */
  readonly vectors: boolean;
  /** Whether lines run along k; along outer, if not. */
  readonly alongK: boolean;
  readonly operand: Operand;
  /** Steps in floats; 0 where elements are computed. */
  readonly outerStep: number;
  readonly kStep: number;
}

function factor(name: 'a' | 'b', operand: Operand): Factor {
  if (!isStrided(operand)) return { name, operand, vectors: false, alongK: name === 'a', outerStep: 0, kStep: 0 };
  const { rowStep, columnStep } = operand;
  const [outerStep, kStep] = name === 'a' ? [rowStep, columnStep] : [columnStep, rowStep];
  const alongK = kStep === 1 || outerStep !== 1;
  const vectors = alongK ? kStep === 1 && outerStep % 4 === 0 : kStep % 4 === 0;
  return { name, operand, vectors, alongK, outerStep, kStep };
}

export const factors = ({ a, b }: Pick<ProductShape, 'a' | 'b'>): { readonly a: Factor; readonly b: Factor } => ({
  a: factor('a', a),
  b: factor('b', b),
});

const plus = (base: string, offset: number): string => (offset === 0 ? base : `${base} + ${offset}u`);
const times = (index: string, step: number): string => (step === 1 ? index : `${index} * ${step}u`);

/** Index of an element of a strided factor, in floats. @param outer, k u32 names, numbers or expressions in parentheses */
const indexOf = ({ outerStep, kStep }: Factor, outer: string, k: string): string => `${times(outer, outerStep)} + ${times(k, kStep)}`;

/** Where lines begin that are read from there on with `lineAt`: for vectors in units of four floats. @param outer, k as for an element; multiples of four along lines */
export function pointer(factor: Factor, outer: string, k: string): string {
  const { vectors, alongK, outerStep, kStep } = factor;
  if (!vectors) return indexOf(factor, outer, k);
  return alongK ? `${times(outer, outerStep / 4)} + ${k} / 4u` : `${outer} / 4u + ${times(k, kStep / 4)}`;
}

/** How far a pointer goes when k goes on by so much, a multiple of four where lines run along k. */
export const advance = ({ vectors, kStep }: Factor, k: number): number => (k * kStep) / (vectors ? 4 : 1);

/** WGSL of the line of a strided factor, a vec4f, so far from `pointer`. */
export function lineAt(factor: Factor, from: string, outer: number, k: number): string {
  const { name, vectors, alongK, outerStep, kStep } = factor;
  const offset = outer * outerStep + k * kStep;
  if (vectors) return `${name}[${plus(from, offset / 4)}]`;
  const inner = alongK ? kStep : outerStep;
  return `vec4f(${[0, 1, 2, 3].map((i) => `${name}[${plus(from, offset + i * inner)}]`).join(', ')})`;
}

/** WGSL of one element. @param outer, k u32 names, numbers or expressions in parentheses, within the matrix where it is computed */
export function element(factor: Factor, outer: string, k: string): string {
  const { name, operand, vectors } = factor;
  if (!isStrided(operand)) return name === 'a' ? `elementOfA(${outer}, ${k})` : `elementOfB(${k}, ${outer})`;
  const index = indexOf(factor, outer, k);
  return vectors ? `${name}[(${index}) / 4u][(${index}) % 4u]` : `${name}[${index}]`;
}

/**
 * WGSL of the line of any factor that begins at (outer, k). Where elements are computed, none is asked for beyond the matrix.
 * @param outers WGSL of how many rows or columns the factor has @param ks WGSL of how far k goes, where lines may reach over its end
 */
export function line(factor: Factor, outer: string, k: string, outers: string, ks?: string): string {
  if (isStrided(factor.operand)) return lineAt(factor, `(${pointer(factor, outer, k)})`, 0, 0);
  const at = (i: number): string => {
    const [o, s] = factor.alongK ? [outer, `${k} + ${i}u`] : [`${outer} + ${i}u`, k];
    return element(factor, `min(${o}, ${outers} - 1u)`, ks === undefined ? `(${s})` : `min(${s}, ${ks} - 1u)`);
  };
  return `vec4f(${[0, 1, 2, 3].map(at).join(', ')})`;
}

/** Module-scope text of factors that are computed: `main`, whose variables might hide the functions that it calls, calls this. */
export const factorHelpers = ({ a, b }: Pick<ProductShape, 'a' | 'b'>): string =>
  Object.entries({ A: a, B: b })
    .flatMap(([name, operand]) =>
      isStrided(operand) ? [] : [`fn elementOf${name}(row: u32, column: u32) -> f32 { return ${operand.load('row', 'column')}; }`],
    )
    .join('\n');
