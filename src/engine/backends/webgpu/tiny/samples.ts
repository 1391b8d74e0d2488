/** The text of how samples arrive at a network that one workgroup computes, and of what their outputs are compared with. */
import { sizeOf } from '../../../network/builder';
import { literal, shaderTexts } from '../functions';
import { stride } from '../definition';
import type { RowText } from '../lossRow';
import type { Origin } from '../program';
import type { TinySite } from './network';

/** Where the data set is, all of it. */
export type TinyOrigin = Pick<Origin, 'bytes' | 'scale' | 'labels'> & { readonly samples: number };

/** Types of the data set's two buffers: features, and classes or targets. */
export const dataTypes = ({ bytes, labels }: TinyOrigin): { readonly x: string; readonly y: string } => ({
  x: bytes ? 'u32' : 'f32',
  y: labels ? 'u32' : 'f32',
});

/** Statements that bring the features of the samples numbered `sample(row)` to the network's first value, and the last one's to what is left of the fours. */
export function arrivalText(site: TinySite, at: number, { bytes, scale }: TinyOrigin, lanes: number): string {
  const size = sizeOf(site.structure.inputs);
  const number = bytes ? 'f32((features[source >> 2u] >> (8u * (source & 3u))) & 255u)' : 'features[source]';
  return `for (var i = lane; i < padded * ${size}u; i += ${lanes}u) {
let row = i / ${size}u;
let column = i % ${size}u;
let source = sample(min(row, rows - 1u)) * ${size}u + column;
work[${at}u + row * ${stride(size)}u + column] = ${number}${scale === 1 ? '' : ` * ${literal(Math.fround(scale))}`};
}`;
}

/** Functions that the statements of the loss call. */
export const lossDeclarations = ({ structure }: TinySite): readonly string[] => shaderTexts(structure.loss.wgsl.helpers);

/**
 * Statements that put the loss of each sample into `work` and the errors of the outputs to their place. @param outputs, errors, losses where in `work`
 */
export function lossText(
  site: TinySite,
  at: { outputs: number; errors: number; losses: number },
  { labels }: TinyOrigin,
  lanes: number,
): string {
  const { outputs: columns, loss } = site.structure;
  const width = stride(columns);
  const wanted = (j: string): string => {
    if (!labels) return `answers[sample(row) * ${columns}u + ${j}]`;
    return columns === 1 ? 'f32(label)' : `select(0f, 1f, label == ${j})`;
  };
  const row: RowText = {
    columns,
    weight: 'share',
    label: 'label',
    output: (j) => `work[${at.outputs}u + row * ${width}u + ${j}]`,
    wanted,
    error: (j) => `work[${at.errors}u + row * ${width}u + ${j}]`,
    direction: () => '0f',
    product: () => '_',
    each: (body) => (columns === 1 ? `{ ${body('0u')} }` : `for (var j = 0u; j < ${columns}u; j++) { ${body('j')} }`),
    sum: () => '',
    largest: () => '',
  };
  return `let share = 1f / f32(rows);
for (var row = lane; row < padded; row += ${lanes}u) {
if (row >= rows) {
${row.each((j) => `${row.error(j)} = 0f;`)}
continue;
}
${labels ? 'let label = answers[sample(row)];' : ''}
${loss.wgsl.gradient(row)}
work[${at.losses}u + row] = loss;
}`;
}

/** Sums that the losses of all samples are first added up to. */
export const lossSums = 16;

/** Statements that add them up. @param losses, sums where in `work` */
export const lossSumsText = (losses: number, sums: number, lanes: number): string => `for (var i = lane; i < ${lossSums}u; i += ${lanes}u) {
var sum = 0f;
for (var row = i; row < rows; row += ${lossSums}u) { sum += work[${losses}u + row]; }
work[${sums}u + i] = sum;
}`;

/** Statements that make `loss` the mean of all. */
export const meanLossText = (sums: number): string => `var loss = 0f;
for (var i = 0u; i < ${lossSums}u; i++) { loss += work[${sums}u + i]; }
loss /= f32(rows);`;
