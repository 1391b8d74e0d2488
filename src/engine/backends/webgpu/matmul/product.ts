/**
 * Matrix products on the GPU. `product` chooses once how a shape is computed on an adapter: by which kernel, in tiles of which size, and in
 * how many parts of k; its `dispatches` say where the matrices lie.
 */
import type { Dispatch, Site } from '../definition';
import { frame } from './frame';
import { workgroupsOf } from './kernel';
import { type Plan, plan } from './plan';
import type { Places, ProductShape } from './shape';
import { type Divisible, isDivisible, partial, partialWords, together, workgroupsTogether } from './together';

export type { Computed, Epilogue, Extent, Operand, Places, ProductShape, Result, Start, Strided } from './shape';

/** What a product has to know of where it is used. */
export type ProductSite = Pick<Site, 'adapter' | 'capacity' | 'info' | 'scratch'>;

export interface Product {
  /** To be done in this order. @throws Error where a place is missing that the shape has */
  dispatches(places: Places): readonly Dispatch[];
}

/** @param name for errors and profiles: `dense 784×128 forward` */
export function product(site: ProductSite, name: string, shape: ProductShape): Product {
  const { parts, kernel } = plan(shape, site.adapter, site.capacity);
  if (parts > 1 && isDivisible(shape)) return divided(site, name, shape, parts, kernel);
  const { declarations, access, bind } = frame(shape, site);
  const { code, cut } = kernel(shape);
  const shader = { name, code: code(declarations), access };
  return { dispatches: (places) => [{ kernel: shader, bind: bind(places), workgroups: (rows) => workgroupsOf(shape, cut, rows) }] };
}

/** A product in parts of k: their sums go to scratch, and from there together. */
function divided(site: ProductSite, name: string, shape: Divisible, parts: number, kernel: Plan['kernel']): Product {
  const own = partial(shape);
  const scratch = site.scratch(partialWords(shape, parts, site.capacity));
  const first = frame(own, site);
  const second = frame(shape, site, 'sums');
  const { code, cut } = kernel(own);
  const share = { name: `${name}, parts`, code: code(first.declarations), access: first.access };
  const sum = { name: `${name}, together`, code: together(shape, parts, second.declarations), access: second.access };
  return {
    dispatches(places) {
      const sums = scratch();
      return [
        { kernel: share, bind: first.bind({ ...places, c: sums }), workgroups: (rows) => workgroupsOf(own, cut, rows) },
        { kernel: sum, bind: second.bind({ ...places, a: sums }), workgroups: (rows) => workgroupsTogether(shape, rows) },
      ];
    },
  };
}
