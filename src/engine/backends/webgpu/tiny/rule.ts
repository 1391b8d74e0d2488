/**
 * The text of an update rule where one workgroup applies it to all layers: each shader of the rule's program becomes a function, and
 * each of its dispatches a loop over the workgroups that it would have had. Only rules of element-wise lines, reductions, numbers and
 * sums along rows or columns are such; what multiplies or solves with whole matrices has more use for more workgroups.
 */
import type { GpuProgram } from '../../../language/wgsl';
import type { Operation } from '../../../language/operations';

/** What is of whole matrices, and yet a thread an element, or a layer. */
const plain: readonly Operation[] = [
  'expand',
  'transpose',
  'identity',
  'rowSum',
  'rowMean',
  'rowMax',
  'columnSum',
  'columnMean',
  'columnMax',
  'trace',
];

/** Whether the program's dispatches can be done one after another by one workgroup of as many threads as its own have. */
export const isTinyRule = ({ lowered, commands }: GpuProgram): boolean =>
  lowered.steps.every((step) => step.kind !== 'operation' || plain.includes(step.operation)) &&
  commands.every((command) => command.kind === 'dispatch' && command.workgroups[1] === 1 && command.workgroups[2] === 1);

export interface RuleText {
  readonly declarations: readonly string[];
  /** Statements for each dispatch; all must be done with one before the next begins. They have `lane`. */
  readonly phases: readonly string[];
}

export function ruleText({ kernels, commands }: GpuProgram): RuleText {
  const declarations = new Set(kernels.flatMap((kernel) => kernel.declarations));
  kernels.forEach(({ body }, i) => declarations.add(`fn rule${i}(group: vec3u, lane: u32) {\n${body}\n}`));
  const phases = commands.flatMap((command) => {
    if (command.kind !== 'dispatch') return [];
    // A workgroup's own memory is the next one's, too.
    const between = kernels[command.kernel].body.includes('workgroupBarrier') ? ' workgroupBarrier();' : '';
    return [`for (var i = 0u; i < ${command.workgroups[0]}u; i++) { rule${command.kernel}(vec3u(i, 0u, 0u), lane);${between} }`];
  });
  return { declarations: [...declarations], phases };
}
