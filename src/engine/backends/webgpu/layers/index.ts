/** Every kind of operation on a GPU. */
import type { Operation } from '../../../network/operations';
import type { Part, Site } from '../definition';
import { activation } from './activation';
import { add } from './add';
import { batchNorm } from './batchNorm';
import { convolution } from './convolution';
import { dense } from './dense';
import { dropout } from './dropout';
import { noise } from './noise';
import { pooling } from './pooling';

/** Makes the part of operation `index`: describes its shaders and asks for its room. */
export function makePart(operation: Operation, index: number, site: Site): Part {
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
      return dropout(operation, index, site);
    case 'noise':
      return noise(operation, index, site);
    case 'add':
      return add(operation, index, site);
  }
}
