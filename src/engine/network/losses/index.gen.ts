// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { binaryCrossEntropy } from './binaryCrossEntropy';
import { crossEntropy } from './crossEntropy';
import { huber } from './huber';
import { meanAbsoluteError } from './meanAbsoluteError';
import { meanSquaredError } from './meanSquaredError';

export const losses = [binaryCrossEntropy, crossEntropy, huber, meanAbsoluteError, meanSquaredError] as const;
