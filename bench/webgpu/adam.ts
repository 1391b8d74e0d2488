/** The rule that is timed: Adam, as every peer has it. */
import { checkSettings } from '../../src/engine/language';
import type { Rule, Settings } from '../../src/engine/language/rule';
import { findRule } from '../../src/engine/optimizers';

function readAdam(): { readonly rule: Rule; readonly settings: Settings } {
  const rule = findRule('adam');
  if (rule === undefined) throw new Error('There is no Adam.');
  return { rule, settings: checkSettings(rule, { lr: 0.001 }) };
}

export const adam = readAdam();
