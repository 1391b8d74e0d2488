/** The report "Time by kernel": a table of kernels with their calls, the time of one and their share, and what all of it took. */
import { textButton, type Control } from '../../controls';
import { element, setText, show } from '../../dom';
import { integer, number, percent } from '../../format';
import type { KernelReport, KernelTime } from './kernelTimes';
import type { GpuPage } from './page';

const lesson =
  'Where a step’s time goes: every kernel of the run is timed for two seconds by the GPU’s own clock. Meanwhile each runs by itself, so that the run is somewhat slower.';
const missing =
  'This adapter cannot take times on the GPU: it does not have timestamp-query. Steps a second above are all that can be said.';

export class ReportView {
  readonly element: HTMLElement;
  private readonly said = element('p', { class: 'quiet' });
  private readonly rows = element('tbody', {});
  private readonly table: HTMLElement;
  private readonly measure: Control;
  private shown: KernelReport | null = null;

  constructor(measure: () => Promise<void>) {
    this.measure = textButton('Measure', measure);
    const head = ['kernel', 'calls', 'µs a call', 'share'].map((text, column) =>
      element('th', { scope: 'col', class: column > 0 && 'right' }, text),
    );
    this.table = element('table', { hidden: true }, element('thead', {}, element('tr', {}, ...head)), this.rows);
    this.element = element(
      'section',
      { class: 'card report', 'data-card': 'kernels' },
      element('div', { class: 'bar' }, element('h2', {}, 'Time by kernel'), this.measure.element),
      this.said,
      this.table,
    );
  }

  draw({ gpu, watch, report, profiling }: GpuPage): void {
    const able = gpu !== null && !(gpu instanceof Error) && gpu.timestamps;
    this.measure.enable(able && !profiling && watch?.state === 'running');
    this.measure.say(profiling ? 'Measuring…' : report ? 'Measure again' : 'Measure');
    if (!able) setText(this.said, gpu === null || gpu instanceof Error ? lesson : missing);
    else setText(this.said, report ? summary(report) : lesson);
    if (report === this.shown) return;
    this.shown = report;
    show(this.table, report !== null && report.kernels.length > 0);
    this.rows.replaceChildren(...(report?.kernels ?? []).map(row));
  }
}

function summary({ of, steps, elapsed, busy, kernels }: KernelReport): string {
  if (kernels.length === 0) return 'No kernel ran meanwhile.';
  const each = steps > 0 ? `, ${number(busy / steps)} ms of each step` : '';
  return `${of}. ${integer(steps)} steps in ${number(elapsed / 1000)} s, of which the kernels took ${number(busy / 1000)} s${each}.`;
}

function row({ kernel, calls, each, share }: KernelTime): HTMLElement {
  const bar = element('span', { class: 'share' });
  bar.style.width = `${(100 * share).toFixed(1)}%`;
  return element(
    'tr',
    { 'data-kernel': kernel },
    element('th', { scope: 'row' }, kernel),
    element('td', { class: 'number right' }, integer(calls)),
    element('td', { class: 'number right' }, number(each)),
    element('td', { class: 'number right' }, bar, percent(share)),
  );
}
