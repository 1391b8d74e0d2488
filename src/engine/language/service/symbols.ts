/** The outline of a rule: its name, its hyperparameters, its states, its lines. A text half typed has one, too. */
import type { Span } from '../tree';
import type { RuleText } from './ruleText';
import { written, type Sketch } from './structure';

export interface OutlineSymbol {
  readonly name: string;
  readonly kind: Sketch['kind'];
  /** What stands behind the name: a default and a domain, a shape, an expression. */
  readonly detail: string;
  /** Where the name stands. */
  readonly at: Span;
  /** All of it. */
  readonly extent: Span;
}

/** The most letters of an expression that an outline shows. */
const longest = 80;

export function symbols(rule: RuleText): OutlineSymbol[] {
  return rule.structure.sketches.map((sketch) => ({
    name: sketch.name,
    kind: sketch.kind,
    detail: shorten(detailOf(sketch)),
    at: sketch.at,
    extent: sketch.kind === 'state' ? sketch.at : sketch.statement.at,
  }));
}

function detailOf(sketch: Sketch): string {
  switch (sketch.kind) {
    case 'optimizer':
    case 'wrapper':
      return sketch.title;
    case 'parameter':
      return [sketch.default, sketch.domain === '' ? '' : `in ${sketch.domain}`].filter((part) => part !== '').join(' ');
    case 'state':
      return [sketch.shape === '' ? '' : `[${sketch.shape}]`, sketch.initial === '' ? '' : `= ${sketch.initial}`].join(' ').trim();
    case 'line':
      return written(sketch.statement.pieces.slice(2));
  }
}

const shorten = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
