// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import adagrad from './adagrad.optim';
import adam from './adam.optim';
import adamw from './adamw.optim';
import rmsprop from './rmsprop.optim';
import sgd from './sgd.optim';

export const ruleTexts = [
  { file: 'adagrad.optim', text: adagrad },
  { file: 'adam.optim', text: adam },
  { file: 'adamw.optim', text: adamw },
  { file: 'rmsprop.optim', text: rmsprop },
  { file: 'sgd.optim', text: sgd },
] as const;
