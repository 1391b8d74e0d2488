// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { activation } from './activation';
import { averagePool } from './averagePool';
import { batchNorm } from './batchNorm';
import { convolution } from './convolution';
import { dense } from './dense';
import { dropout } from './dropout';
import { flatten } from './flatten';
import { maxPool } from './maxPool';
import { noise } from './noise';
import { residual } from './residual';

export const layers = [activation, averagePool, batchNorm, convolution, dense, dropout, flatten, maxPool, noise, residual] as const;
