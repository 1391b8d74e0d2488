// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { torch } from './torch';

export const frameworks = [torch] as const;
