// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { constant } from './constant';
import { heNormal } from './heNormal';
import { heUniform } from './heUniform';
import { lecunNormal } from './lecunNormal';
import { lecunUniform } from './lecunUniform';
import { orthogonal } from './orthogonal';
import { torchUniform } from './torchUniform';
import { truncatedNormal } from './truncatedNormal';
import { xavierNormal } from './xavierNormal';
import { xavierUniform } from './xavierUniform';

export const initialisers = [constant, heNormal, heUniform, lecunNormal, lecunUniform, orthogonal, torchUniform, truncatedNormal, xavierNormal, xavierUniform] as const;
