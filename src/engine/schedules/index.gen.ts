// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { constant } from './constant';
import { cosine } from './cosine';

export const schedules = [constant, cosine] as const;
