// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { identity } from './identity';
import { relu } from './relu';
import { sigmoid } from './sigmoid';
import { tanh } from './tanh';

export const activations = [identity, relu, sigmoid, tanh] as const;
