/**
 * Matrix products on the GPU. `product` chooses a kernel for the shape and the adapter once; its `dispatches` say where the matrices lie.
 */
import type { Dispatch, Site } from '../definition';
import { frame } from './frame';
import { extentOf, extentText, type Places, type ProductShape } from './shape';

export type { Computed, Epilogue, Extent, Operand, Places, ProductShape, Result, Start, Strided } from './shape';

/** What a product has to know of where it is used. */
export type ProductSite = Pick<Site, 'adapter' | 'capacity' | 'info' | 'scratch'>;

export interface Product {
  dispatches(places: Places): readonly Dispatch[];
}

/** @param name for errors and profiles: `dense 784×128 forward` */
export function product(site: ProductSite, name: string, shape: ProductShape): Product {
  const { m, k, n } = shape;
  const text = frame(shape, site);
  const code = `${text.declarations}
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = id.x;
  if (row >= ${extentText(m)} || column >= ${extentText(n)}) { return; }
  var total = 0.0f;
  for (var i = 0u; i < ${extentText(k)}; i++) { total += ${text.a('row', 'i')} * ${text.b('i', 'column')}; }
  ${text.finish('row', 'column', 'total')}
}`;
  const kernel = { name, code, access: text.access };
  return {
    dispatches: (places) => [
      {
        kernel,
        bind: text.bind(places),
        workgroups: (rows) => [Math.ceil(extentOf(n, rows) / 8), Math.ceil(extentOf(m, rows) / 8), 1],
      },
    ],
  };
}
