// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { effectiveRate } from './effectiveRate';
import { gradientNorm } from './gradientNorm';
import { updateNorm } from './updateNorm';
import { weightNorm } from './weightNorm';

export const quantities = [effectiveRate, gradientNorm, updateNorm, weightNorm] as const;
