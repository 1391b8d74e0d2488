/** What a table and TensorBoard have in common: columns, each with a quantity of one kind of event. */
import type {
  CurvatureEvent,
  EndEvent,
  EvaluationEvent,
  RecordEvent,
  RuleEvent,
  SettingsEvent,
  StartEvent,
  StepEvent,
} from '../../engine/run/record';
import type { Cell } from './csv';

/** The events that have quantities. Hyperparameters are told by the start and by every change. */
export interface Measured {
  readonly step: StepEvent;
  readonly evaluation: EvaluationEvent;
  readonly curvature: CurvatureEvent;
  readonly setting: StartEvent | RuleEvent | SettingsEvent;
  readonly end: EndEvent;
}
export type MeasuredType = keyof Measured;

/** One column of a table, one curve of TensorBoard. */
export interface Column {
  /** What a person asks for: `gradientNorm`. */
  readonly quantity: string;
  /** The event that it is measured with. */
  readonly event: MeasuredType;
  /** What the column is called: `gradientNorm dense1.weight`. */
  readonly name: string;
  /** `1` where it has none. */
  readonly unit: string;
  /** What TensorBoard calls it: parts divided by `/`, the first the group. Null for what is no curve there. */
  readonly tag: string | null;
  of(event: RecordEvent): Cell;
}

/** One quantity, as a person chooses it. */
export interface Choosable {
  readonly id: string;
  readonly event: MeasuredType;
  readonly doc: string;
  readonly columns: readonly Column[];
}

/** What kind of quantities an event has; null where it has none. */
export function measuredType({ type }: RecordEvent): MeasuredType | null {
  if (type === 'start' || type === 'rule' || type === 'settings') return 'setting';
  return type === 'finding' ? null : type;
}

/** The step that an event's quantities are of; a run's start is before the first. */
export const stepOf = (event: RecordEvent): number => (event.type === 'start' ? 0 : event.step);

export function column<Type extends MeasuredType>(
  event: Type,
  quantity: string,
  name: string,
  tag: string | null,
  unit: string,
  of: (event: Measured[Type]) => Cell,
): Column {
  return { quantity, event, name, unit, tag, of: (found) => (measuredType(found) === event ? of(found as Measured[Type]) : undefined) };
}
