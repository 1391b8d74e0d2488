/**
 * "Around this network": the slice of a network's loss as a picture with the way projected on it, and what it says in numbers. A slice is asked
 * for, since it takes a while and the run stands still meanwhile; where the run has moved on, the picture says of which step it is.
 */
import { PictureCard } from '../charts/pictureCard';
import { recall, remember } from '../connection';
import { dropdown, iconButton, textButton, type Control } from '../controls';
import { element, setText, show } from '../dom';
import { integer, number, withResidual } from '../format';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { SliceFacts, tableOf } from './sliceFacts';
import { FINENESS, SliceKeeper } from './sliceKeeper';
import { labelOf, lessonOf } from './sliceLesson';
import { SliceLessons } from './sliceLessons';
import { SlicePlot } from './slicePlot';

const USUAL = '33';

export class SliceView {
  readonly element: HTMLElement;
  private readonly keeper: SliceKeeper;
  private readonly lessons: SliceLessons;
  private readonly plot: SlicePlot;
  private readonly facts = new SliceFacts();
  private readonly card: PictureCard;
  private readonly drawing: HTMLElement;
  private readonly axes = [element('p', { class: 'axis across' }), element('p', { class: 'axis up' })];
  private readonly status = element('p', { class: 'quiet', role: 'status' });
  private readonly look: Control;
  private readonly zooms: readonly Control[];
  private fineness = FINENESS.find((cells) => String(cells) === recall('sliceFineness')) ?? Number(USUAL);
  private shown: Shown | null = null;
  private told: unknown = null;

  constructor(private readonly context: PanelContext) {
    const { host, redraw } = context;
    this.keeper = new SliceKeeper(host, redraw);
    this.lessons = new SliceLessons(() => this.act());
    this.plot = new SlicePlot({ look: (step) => this.lookAt(step), move: (by) => this.move(by), zoom: (by) => void this.zoom(by) }, redraw);
    this.look = textButton('', () => this.act());
    const zoom = (name: string, label: string, by: number | null): Control => iconButton(name, label, () => this.zoom(by));
    this.zooms = [zoom('zoom-in', 'Closer', 0.5), zoom('zoom-out', 'Wider', 2), zoom('screen-full', 'All of the way', null)];
    const cells = dropdown(
      'Cells a side',
      FINENESS.slice(1).map((count) => ({ value: String(count), label: `${count} × ${count}` })),
      String(this.fineness),
      (value) => this.refine(Number(value)),
      { label: 'beside', tooltip: 'How finely the loss is computed: twice as many cells a side take four times as long.' },
    );
    const zooms = element('span', { class: 'bar zooms' }, ...this.zooms.map((control) => control.element));
    this.card = new PictureCard(context, {
      name: 'slice',
      title: 'Loss around the run',
      before: [element('div', { class: 'bar sliceBar' }, this.look.element, cells.element, zooms), this.status],
      content: element('div', { class: 'slicePicture' }, this.axes[1], this.plot.element, this.axes[0]),
      after: [this.facts.element],
      caption: () => this.shown?.run.line ?? '',
      data: () => tableOf(this.keeper.kept!.slice),
    });
    this.drawing = element('div', { class: 'slice' }, this.card.element);
    this.element = element('div', { class: 'sliceView' }, this.lessons.element, this.drawing);
  }

  recolour(): void {
    this.plot.recolour();
  }

  /** @param shown null where there is no run */
  draw(shown: Shown | null): void {
    this.shown = shown;
    const run = shown?.run ?? null;
    const kept = run && this.keeper.kept?.run === run.id ? this.keeper.kept : null;
    show(this.drawing, kept !== null);
    show(this.lessons.element, kept === null);
    if (!shown || !run || !kept) {
      this.lessons.draw(run);
      return;
    }
    const { slice } = kept;
    const { under } = this.keeper;
    const { way } = lessonOf(run);
    const able = way === 'look' && under === null;
    this.look.enable(under === null && way !== 'none');
    this.look.say(able && slice.step === run.step ? 'Look again' : labelOf(run));
    for (const control of this.zooms) control.enable(able && slice.step === run.step);
    setText(this.status, this.standing(run));
    if (this.told !== slice) this.tell();
    this.plot.draw(slice, shown.view.at, this.summary());
  }

  /** What changes with each slice only. */
  private tell(): void {
    const { slice } = this.keeper.kept!;
    this.told = slice;
    const { step, u, v, eigenvalues, residuals } = slice;
    this.card.title(`Loss around step ${integer(step)}`);
    this.card.note(`training loss, ${u.length} × ${v.length} cells; distances between weights`);
    setText(this.axes[0], `e₁ →  λ₁ = ${withResidual(eigenvalues[0], residuals[0])}`);
    setText(this.axes[1], `e₂ →  λ₂ = ${withResidual(eigenvalues[1], residuals[1])}`);
    this.facts.draw(slice);
    this.card.refresh();
  }

  /** What is going on, or how the picture and the run stand to each other. */
  private standing(run: Run): string {
    const { under, kept } = this.keeper;
    const { step } = kept!.slice;
    if (under) return `Computing ${under.cells} × ${under.cells}${under.cells < under.of ? ` of ${under.of} × ${under.of}` : ''} cells…`;
    if (run.past && lessonOf(run).way === 'look')
      return `You look at step ${integer(run.looked)}; a slice is of where the run stands. Continue from that step in the Training panel, and look around there.`;
    if (run.step < step) return `The run has gone back since: it stands at step ${integer(run.step)}.`;
    if (run.step > step) return `The run has moved on: it stands at step ${integer(run.step)}.`;
    return 'Fainter places of the way are farther from this plane. Point at a place for its numbers; click a step of the way to look at it.';
  }

  private summary(): string {
    const { step, loss, u, path, eigenvalues } = this.keeper.kept!.slice;
    const reach = number(u[u.length - 1]);
    return (
      `Contours of the training loss around step ${integer(step)}, ${reach} to either side along the two directions in which it curves most ` +
      `(λ₁ ${number(eigenvalues[0])}, λ₂ ${number(eigenvalues[1])}). Loss in the middle ${number(loss[(loss.length - 1) / 2])}. ` +
      `The way has ${integer(path.length)} places from step ${integer(path[0].step)} on.`
    );
  }

  /** Does what is offered for the run that is shown. */
  private async act(): Promise<void> {
    const { host, attempt } = this.context;
    const run = this.shown?.run ?? null;
    const { way } = lessonOf(run);
    if (way === 'look') await this.ask(null);
    else await attempt(() => (way === 'replay' ? host.goTo(run!.looked) : host.trainWith()));
  }

  /** @param reach null: so that it holds the way */
  private async ask(reach: number | null): Promise<void> {
    const run = this.shown?.run;
    if (!run) return;
    await this.context.attempt(() => this.keeper.ask(run.id, this.fineness, reach, run.state === 'running'));
  }

  private async zoom(by: number | null): Promise<void> {
    const { kept, under } = this.keeper;
    if (!kept || under || kept.slice.step !== this.shown?.run.step) return;
    await this.ask(by === null ? null : by * kept.slice.u[kept.slice.u.length - 1]);
  }

  private refine(cells: number): void {
    this.fineness = cells;
    remember('sliceFineness', String(cells));
    void this.zoom(1);
  }

  private lookAt(step: number): void {
    this.context.looking.look({ at: step === this.keeper.kept?.slice.step ? null : step });
  }

  /** Looks at the next place of the way, or the one before. */
  private move(by: number): void {
    const path = this.keeper.kept?.slice.path ?? [];
    const at = this.context.looking.view.at ?? Infinity;
    const now = path.filter(({ step }) => step <= at).length - 1;
    const wanted = path[Math.min(path.length - 1, Math.max(0, now + by))];
    if (wanted) this.lookAt(wanted.step);
  }
}
