/**
 * What a step did, layer by layer, as the text of one workgroup: norms of the gradient, of the update and of the weights, and the effective
 * rates copied together. Squares are summed as they are where that is safe, and in units of the largest number where the sum would
 * leave float32's range.
 */
import { libraryText } from '../../../language/wgsl/library';

/** Norms of a layer, in the order in which they are told. */
export const norms = ['gradientNorm', 'updateNorm', 'weightNorm'] as const;

/** Where everything lies: words of `work`, but for the table. */
export interface FigurePlaces {
  /** The weights before the step, laid out as the weights. */
  readonly before: number;
  /** Partial sums. */
  readonly partials: number;
  /** Rows of the table: where the layer's weights begin, how many there are, where they would be if layers lay without gaps, where its rates begin. */
  readonly table: number;
  /** Where the rates lie: one a weight in `memory`, one a layer among `numbers`, or nowhere on the GPU. */
  readonly rates: { readonly kind: 'memory' } | { readonly kind: 'numbers'; readonly slot: number } | { readonly kind: 'none' };
}

/** Threads that share a layer. */
const sharing = 32;

export const partialWords = (layers: number, lanes: number): number => 2 * norms.length * layers * Math.min(sharing, lanes);
export const tableColumns = 4;

/** How many numbers a measured step tells. @param parameters of all layers */
export const figureWords = (layers: number, parameters: number, rates: FigurePlaces['rates']): number =>
  norms.length * layers + (rates.kind === 'memory' ? parameters : rates.kind === 'numbers' ? layers : 0);

/** Functions. */
export const figureDeclarations = ({ before }: FigurePlaces): readonly string[] => [
  ...libraryText(['joinSquares']),
  `fn measured(which: u32, i: u32) -> f32 {
  if (which == 0u) { return gradients[i]; }
  return select(weights[i], weights[i] - work[${before}u + i], which == 1u);
}`,
  `fn squares(sum: f32, which: u32, first: u32, end: u32, step: u32) -> vec2f {
  if (sum > 1e-24f && sum < 1e30f) { return vec2f(1f, sum); }
  var joined = vec2f(0f, 0f);
  for (var i = first; i < end; i += step) { joined = joinSquares(joined, vec2f(abs(measured(which, i)), 1f)); }
  return joined;
}`,
];

/** Statements, in two phases. @param to place of the step's figures in `work`, a u32 expression */
export function figurePhases(layers: number, lanes: number, places: FigurePlaces, to: string): readonly string[] {
  const shared = Math.min(sharing, lanes);
  const column = (k: number): string => `table[${places.table}u + ${tableColumns}u * layer + ${k}u]`;
  const partial = (which: string, part: string): string =>
    `${places.partials}u + 2u * (${part} + ${shared}u * (${which} + ${norms.length}u * layer))`;
  const first = norms.length * layers;
  const rates =
    places.rates.kind === 'memory'
      ? `let ratesFrom = ${column(3)};
let ratesTo = ${to} + ${first}u + ${column(2)};
for (var i = part; i < count; i += ${shared}u) { work[ratesTo + i] = memory[ratesFrom + i]; }`
      : '';
  const numbers =
    places.rates.kind === 'numbers'
      ? `for (var layer = lane; layer < ${layers}u; layer += ${lanes}u) { work[${to} + ${first}u + layer] = numbers[${places.rates.slot * layers}u + layer]; }`
      : '';
  const sums = norms.map(
    (_, which) => `let at${which} = ${partial(`${which}u`, 'part')};
let squares${which} = squares(sum${which}, ${which}u, first, end, ${shared}u);
work[at${which}] = squares${which}.x;
work[at${which} + 1u] = squares${which}.y;`,
  );
  return [
    `for (var item = lane; item < ${layers * shared}u; item += ${lanes}u) {
let layer = item / ${shared}u;
let part = item % ${shared}u;
let count = ${column(1)};
let first = ${column(0)} + part;
let end = ${column(0)} + count;
var sum0 = 0f;
var sum1 = 0f;
var sum2 = 0f;
for (var i = first; i < end; i += ${shared}u) {
  let gradient = gradients[i];
  let weight = weights[i];
  let change = weight - work[${places.before}u + i];
  sum0 += gradient * gradient;
  sum1 += change * change;
  sum2 += weight * weight;
}
${sums.join('\n')}
${rates}
}
${numbers}`,
    `for (var item = lane; item < ${first}u; item += ${lanes}u) {
let layer = item / ${norms.length}u;
let which = item % ${norms.length}u;
let at = ${partial('which', '0u')};
var joined = vec2f(0f, 0f);
for (var part = 0u; part < ${2 * shared}u; part += 2u) { joined = joinSquares(joined, vec2f(work[at + part], work[at + part + 1u])); }
work[${to} + item] = joined.x * sqrt(joined.y);
}`,
  ];
}
