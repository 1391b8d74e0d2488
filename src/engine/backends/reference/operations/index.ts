/** The arithmetic of every kind of operation. */
import type { Operation } from '../../../network/operations';
import { activation } from './activation';
import { add } from './add';
import { batchNorm } from './batchNorm';
import { convolution } from './convolution';
import type { Arithmetic } from './definition';
import { dense } from './dense';
import { dropout, noise } from './draws';
import { averagePooling, maxPooling } from './pooling';

export function arithmeticOf(operation: Operation): Arithmetic {
  switch (operation.kind) {
    case 'dense':
      return dense(operation);
    case 'activation':
      return activation(operation);
    case 'convolution':
      return convolution(operation);
    case 'maxPooling':
      return maxPooling(operation.window);
    case 'averagePooling':
      return averagePooling(operation.window);
    case 'batchNorm':
      return batchNorm(operation);
    case 'dropout':
      return dropout(operation);
    case 'noise':
      return noise(operation);
    case 'add':
      return add;
  }
}
