// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { circles } from './circles';
import { gaussians } from './gaussians';
import { moons } from './moons';
import { sine } from './sine';
import { spiral } from './spiral';
import { xor } from './xor';

export const generators = [circles, gaussians, moons, sine, spiral, xor] as const;
