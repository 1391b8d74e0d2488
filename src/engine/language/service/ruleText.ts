/**
 * A rule's text as the editor holds it: read once a version, each part when it is first asked for. What an editor asks of it is in the
 * files beside this one, one a feature; all of them are total: whatever the text, they answer.
 */
import { readRule } from '../index';
import { LanguageError, type TextRule } from '../rule';
import { diagnostics, type Fault } from './diagnostics';
import type { Type } from '../types';
import { computedTypes } from './types';
import { touches, type Piece, type Position } from './scan';
import { structure, type ParameterSketch, type Statement, type StateSketch, type Structure } from './structure';

export class RuleText {
  private read: Structure | null = null;
  private types: ReadonlyMap<string, Type> | null = null;
  private told: readonly Fault[] | null = null;
  private outcome: { readonly rule: TextRule | null; readonly fault: LanguageError | null } | null = null;

  /** @param file the name of the file, for faults */
  constructor(
    readonly text: string,
    readonly file: string,
  ) {}

  get structure(): Structure {
    return (this.read ??= structure(this.text));
  }

  /** The rule, where the text is one. */
  get rule(): TextRule | null {
    return this.checked.rule;
  }

  /** What keeps it from being one, each with its place; none where it is. */
  get faults(): readonly Fault[] {
    return (this.told ??= diagnostics(this));
  }

  /** What its lines compute, where the text is a rule. */
  get computed(): ReadonlyMap<string, Type> {
    return (this.types ??= this.rule === null ? new Map<string, Type>() : computedTypes(this.rule));
  }

  /** The error at the first of them, as the parser or the checker tells it. */
  get fault(): LanguageError | null {
    return this.checked.fault;
  }

  private get checked(): NonNullable<RuleText['outcome']> {
    return (this.outcome ??= check(this.text, this.file));
  }

  get parameters(): readonly ParameterSketch[] {
    return this.structure.sketches.filter((sketch) => sketch.kind === 'parameter');
  }

  get states(): readonly StateSketch[] {
    return this.structure.sketches.filter((sketch) => sketch.kind === 'state');
  }

  /** The piece at a place; of two that meet there, a name before anything else. */
  pieceAt(position: Position): Piece | undefined {
    const found = this.structure.lines[position.line - 1]?.pieces.filter((piece) => touches(piece, position)) ?? [];
    return found.find(({ kind }) => kind === 'name') ?? found[0];
  }

  /** The statement that a place belongs to: the last one that begins before it. */
  statementAt({ line, column }: Position): Statement | undefined {
    return this.structure.statements.filter(({ at }) => at.line < line || (at.line === line && at.column <= column)).at(-1);
  }
}

function check(text: string, file: string): NonNullable<RuleText['outcome']> {
  try {
    return { rule: readRule(text, file), fault: null };
  } catch (error) {
    if (error instanceof LanguageError) return { rule: null, fault: error };
    throw error;
  }
}
