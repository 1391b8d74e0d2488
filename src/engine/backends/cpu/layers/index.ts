/** Every kind of operation on the CPU. */
import type { Operation } from '../../../network/operations';
import { activation } from './activation';
import { add } from './add';
import { batchNorm, type BlockStatistics } from './batchNorm';
import { convolution } from './convolution';
import type { Part, Site } from './definition';
import { dense } from './dense';
import { dropout } from './dropout';
import { pooling } from './pooling';

/** A part, and of batch norm where the block's own statistics lie. */
export type AnyPart = Part & { readonly statistics?: BlockStatistics };

/** Makes the part of operation `index`: emits its kernels and reserves its room. */
export function makePart(operation: Operation, index: number, site: Site): AnyPart {
  switch (operation.kind) {
    case 'dense':
      return dense(operation, index, site);
    case 'activation':
      return activation(operation, index, site);
    case 'convolution':
      return convolution(operation, index, site);
    case 'maxPooling':
    case 'averagePooling':
      return pooling(operation, index, site);
    case 'batchNorm':
      return batchNorm(operation, index, site);
    case 'dropout':
    case 'noise':
      return dropout(operation, index, site);
    case 'add':
      return add(operation, index, site);
  }
}
