// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { constant } from './constant';
import { heNormal } from './heNormal';
import { heUniform } from './heUniform';
import { xavierNormal } from './xavierNormal';
import { xavierUniform } from './xavierUniform';

export const initialisers = [constant, heNormal, heUniform, xavierNormal, xavierUniform] as const;
