/**
 * The gradient of biases that belong to columns: the sum of each column of the errors over all samples. In software an invocation takes
 * a column; in hardware, where one column would keep it waiting for memory all the time, eight share it and add up in workgroup memory.
 */
import { type Dispatch, type Place, type Site, stride } from '../definition';
import { dispatchOf, read, written } from './shader';

/** Columns of a workgroup, and samples that it adds up at a time. */
const columns = 32;
const lines = 8;

/** @param delta errors [rows, outputs] @param gradient where the sums go, or are added where `info.add` is 1 */
export function biasGradient(
  site: Pick<Site, 'adapter' | 'info'>,
  title: string,
  outputs: number,
  delta: Place,
  gradient: Place,
): Dispatch {
  const row = stride(outputs);
  const name = `${title} bias gradient`;
  const bind = { delta: read(delta), gradient: written(gradient) };
  const give = 'if (info.add == 1u) { gradient[column] += sum; } else { gradient[column] = sum; }';
  const sum = (first: string, step: number): string => `  var sum = 0.0f;
  for (var sample = ${first}; sample < info.rows; sample += ${step}u) { sum += delta[sample * ${row}u + column]; }`;
  if (site.adapter.kind === 'software')
    return dispatchOf(site, {
      name,
      bind,
      size: columns,
      groups: () => Math.ceil(outputs / columns),
      body: `  let column = group * ${columns}u + local;
  if (column >= ${outputs}u) { return; }
${sum('0u', 1)}
  ${give}`,
    });
  return dispatchOf(site, {
    name,
    bind,
    helpers: `var<workgroup> parts: array<f32, ${columns * lines}>;`,
    size: columns * lines,
    groups: () => Math.ceil(outputs / columns),
    body: `  let column = min(group * ${columns}u + local % ${columns}u, ${outputs - 1}u);
${sum(`local / ${columns}u`, lines)}
  parts[local] = sum;
  workgroupBarrier();
  if (local >= ${columns}u || group * ${columns}u + local >= ${outputs}u) { return; }
  for (var i = 1u; i < ${lines}u; i++) { sum += parts[i * ${columns}u + local]; }
  ${give}`,
  });
}
