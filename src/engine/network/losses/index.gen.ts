// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { crossEntropy } from './crossEntropy';
import { meanSquaredError } from './meanSquaredError';

export const losses = [crossEntropy, meanSquaredError] as const;
