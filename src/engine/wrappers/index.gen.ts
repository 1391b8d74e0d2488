// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import type { RuleTexts } from '../ruleLibrary';
import adaptiveGradientClip from './adaptiveGradientClip.optim';
import centralize from './centralize.optim';
import clipGlobalNorm from './clipGlobalNorm.optim';
import clipNorm from './clipNorm.optim';
import clipRms from './clipRms.optim';
import clipValue from './clipValue.optim';
import gradientNoise from './gradientNoise.optim';
import l1 from './l1.optim';
import l2 from './l2.optim';
import l2Decoupled from './l2Decoupled.optim';
import lookahead from './lookahead.optim';
import maxNorm from './maxNorm.optim';
import mechanic from './mechanic.optim';
import nonNegative from './nonNegative.optim';
import normalizeGradient from './normalizeGradient.optim';
import sam from './sam.optim';
import scheduleFree from './scheduleFree.optim';
import weightAverage from './weightAverage.optim';

export const ruleTexts: RuleTexts = [
  { file: 'adaptiveGradientClip.optim', text: adaptiveGradientClip },
  { file: 'centralize.optim', text: centralize },
  { file: 'clipGlobalNorm.optim', text: clipGlobalNorm },
  { file: 'clipNorm.optim', text: clipNorm },
  { file: 'clipRms.optim', text: clipRms },
  { file: 'clipValue.optim', text: clipValue },
  { file: 'gradientNoise.optim', text: gradientNoise },
  { file: 'l1.optim', text: l1 },
  { file: 'l2.optim', text: l2 },
  { file: 'l2Decoupled.optim', text: l2Decoupled },
  { file: 'lookahead.optim', text: lookahead },
  { file: 'maxNorm.optim', text: maxNorm },
  { file: 'mechanic.optim', text: mechanic },
  { file: 'nonNegative.optim', text: nonNegative },
  { file: 'normalizeGradient.optim', text: normalizeGradient },
  { file: 'sam.optim', text: sam },
  { file: 'scheduleFree.optim', text: scheduleFree },
  { file: 'weightAverage.optim', text: weightAverage },
];
