// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { circles } from './circles';
import { gaussians } from './gaussians';
import { moons } from './moons';
import { shapes } from './shapes';
import { sine } from './sine';
import { spiral } from './spiral';
import { xor } from './xor';

export const generators = [circles, gaussians, moons, shapes, sine, spiral, xor] as const;
