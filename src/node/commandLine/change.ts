/**
 * What is changed of a run on its way: `--change 500:lr=0.001`, and what a checkpoint says was changed before, where the run begins anew. Each
 * is made when the run stands at its step, and holds from the next step on.
 */
import { changed, type Change, type SettingsChange } from '../../engine/run/changes';
import { differences } from '../../engine/run/compare';
import type { RecordEvent } from '../../engine/run/record';
import type { Trainer } from '../../engine/run/trainer';
import { UsageError } from './usage';

/** @returns by step; those of one step are one change @throws UsageError where one is not STEP:NAME=VALUE */
export function readChanges(texts: readonly string[]): SettingsChange[] {
  const steps = new Map<number, Record<string, number | string | boolean>>();
  for (const text of texts) {
    const found = /^(\d+):([^=]+)=(.*)$/s.exec(text);
    if (!found) throw new UsageError(`--change ${text}: STEP:NAME=VALUE is expected, for example --change 500:lr=0.001.`);
    const [, step, name, value] = found;
    const settings = steps.get(Number(step)) ?? {};
    settings[name] = valueOf(value);
    steps.set(Number(step), settings);
  }
  return [...steps].sort(([a], [b]) => a - b).map(([step, settings]) => ({ step, settings }));
}

/** The changes of a run that are still to be made. */
export class Changes {
  private readonly waiting: Change[];

  /** @param all by step @throws UsageError, SpecificationError or LanguageError for one that cannot be made: that is known before anything runs */
  constructor(
    private readonly trainer: Trainer,
    all: readonly Change[],
  ) {
    const { changes } = trainer.prepared;
    this.waiting = all.filter((change) => !changes.some((made) => differences(made, change).length === 0));
    const late = this.waiting.find(({ step }) => step < trainer.step);
    if (late) throw new UsageError(`--change ${late.step}:…: the run goes on from step ${trainer.step}, which is later.`);
    const over = this.waiting.find(({ step }) => step >= trainer.start.steps);
    if (over) throw new UsageError(`--change ${over.step}:…: the run has ${trainer.start.steps} steps; none follows that one.`);
    this.waiting.reduce(changed, trainer.prepared);
  }

  /** Is one to be made where the run stands? */
  get due(): boolean {
    return this.waiting.length > 0 && this.waiting[0].step === this.trainer.step && !this.trainer.finishing;
  }

  /** Makes the next. */
  make(): RecordEvent[] {
    const next = this.waiting.shift();
    return next === undefined ? [] : this.trainer.make(next);
  }
}

function valueOf(text: string): number | string | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}
