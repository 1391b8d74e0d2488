/**
 * Which steps the charts of a panel span: all of a run's, or a window that a person chose by zooming, the same in all cards. A window that held
 * the newest step moves on with the run. It is remembered, and belongs to one run: another run is shown whole again.
 */
import { recall, remember } from '../connection';
import { follow, within, type Range } from './viewport';

class StepWindow {
  private run = '';
  private chosen: Range | null = null;
  private following = false;
  private saving: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const [run, min, max, following] = (recall('steps') ?? '').split(' ');
    if (run === undefined || !(Number(max) > Number(min))) return;
    [this.run, this.chosen, this.following] = [decodeURIComponent(run), { min: Number(min), max: Number(max) }, following === 'true'];
  }

  get zoomed(): boolean {
    return this.chosen !== null;
  }

  /** What to draw of a run. @param whole its axis without zoom. @param newest its newest step */
  of(run: string, whole: Range, newest: number): Range {
    if (run !== this.run) [this.run, this.chosen] = [run, null];
    if (!this.chosen) return whole;
    return within(this.following ? follow(this.chosen, newest) : this.chosen, whole);
  }

  /** @param range null: all steps */
  choose(range: Range | null, whole: Range, newest: number): void {
    const all = range === null || (range.min <= whole.min && range.max >= whole.max);
    this.chosen = all ? null : range;
    this.following = range !== null && range.min <= newest && newest <= range.max;
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 200);
  }

  private save(): void {
    const { run, chosen, following } = this;
    remember('steps', chosen ? [encodeURIComponent(run), chosen.min, chosen.max, following].join(' ') : '');
  }
}

/** A page is one panel. */
export const stepWindow = new StepWindow();
