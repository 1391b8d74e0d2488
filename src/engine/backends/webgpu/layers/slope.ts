/** The slope of the activation before an operation, for the shader in which the operation carries its error through it. */
import type { Operation } from '../../../network/operations';
import type { Place, Site } from '../definition';
import { shaderTexts } from '../functions';
import type { Epilogue } from '../matmul/product';
import { type Bound, read } from './shader';

export interface SlopeBefore {
  /** Bindings of a shader that calls `factor`, and the functions that this needs. */
  readonly bind: Readonly<Record<string, Bound>>;
  readonly helpers: string;
  /** WGSL of f′ at an index of the value's matrix. */
  factor(at: string): string;
  /** The same for a product: what is done with its sums, and the matrices that this reads. */
  readonly epilogue: Epilogue;
  readonly reads: readonly Place[];
}

/** @returns null where the operation carries its error through no activation */
export function slopeBefore(operation: Operation, from: number, site: Site): SlopeBefore | null {
  const activation = site.slope(operation, from);
  if (activation === null) return null;
  const { wgsl } = activation.function;
  const text = wgsl.slope('before_z', 'before_a');
  const sources = [
    { name: 'before_z', matrix: 'slopeInput', v: activation.from[0] },
    { name: 'before_a', matrix: 'slopeResult', v: from },
  ].filter(({ name }) => text.includes(name));
  const helpers = shaderTexts(wgsl.helpers).join('\n');
  return {
    bind: Object.fromEntries(sources.map(({ matrix, v }) => [matrix, read(site.value(v))])),
    helpers: `${helpers}
fn slopeBefore(at: u32) -> f32 {
${sources.map(({ name, matrix }) => `  let ${name} = ${matrix}[at];`).join('\n')}
  return ${text};
}`,
    factor: (at) => `slopeBefore(${at})`,
    epilogue: {
      helpers,
      reads: sources.length,
      value(sum, reads) {
        const of = (name: string): string => reads[sources.findIndex((source) => source.name === name)];
        return `${sum} * (${wgsl.slope(of('before_z'), of('before_a'))})`;
      },
    },
    reads: sources.map(({ v }) => site.value(v)),
  };
}
