/**
 * What the page shows: what it is and that closing it does no harm; the adapter and the limits that matter; what runs and how fast; time by
 * kernel. Nothing here is needed for the training; while the page is hidden nothing is drawn.
 */
import { showBytes } from '../../../engine/problems/files';
import { textButton } from '../../controls';
import { element, icon, setText, show } from '../../dom';
import { integer, number } from '../../format';
import type { GpuContext } from '../context';
import type { GpuPage } from './page';
import { ReportView } from './reportView';

/** Milliseconds between two drawings. */
const EVERY = 250;

export class PageView {
  readonly element: HTMLElement;
  private readonly adapter = element('div', {});
  private readonly run = element('p', { class: 'what' });
  private readonly progress = element('p', { class: 'number quiet', role: 'status' });
  private readonly notice = element('p', { class: 'notice', role: 'alert', hidden: true });
  private readonly report: ReportView;
  private page: GpuPage | null = null;
  private described: GpuPage['gpu'] | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const attempt = async (act: (page: GpuPage) => Promise<void>): Promise<void> => {
      show(this.notice, false);
      try {
        if (this.page) await act(this.page);
      } catch (error) {
        setText(this.notice, error instanceof Error ? error.message : String(error));
        show(this.notice, true);
      }
    };
    this.report = new ReportView(() => attempt((page) => page.timeByKernel()));
    const training = textButton('Show the charts', () => attempt((page) => page.openTraining()), 'secondary');
    const card = (title: string, ...content: Node[]): HTMLElement =>
      element('section', { class: 'card' }, element('h2', {}, title), ...content);
    this.element = element(
      'div',
      { class: 'gpuEngine' },
      this.notice,
      element('header', {}, icon('circuit-board'), element('h1', {}, 'WebGPU engine'), training.element),
      element(
        'p',
        { class: 'lesson' },
        'Optimizer Debugger trains on the graphics card in this tab. It may stay in the background; training goes on while it is hidden. ',
        'Closing it does no harm: a run that needs it goes on from its last checkpoint in a new one.',
      ),
      element('div', { class: 'pair' }, card('Adapter', this.adapter), card('Now', this.run, this.progress)),
      this.report.element,
    );
    document.addEventListener('visibilitychange', () => this.later());
  }

  /** Something has changed: it is drawn soon, if it can be seen. */
  changed(page: GpuPage): void {
    this.page = page;
    this.later();
  }

  private later(): void {
    if (document.visibilityState === 'hidden') return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.page) this.draw(this.page);
    }, EVERY);
  }

  private draw(page: GpuPage): void {
    const { gpu, watch, measuring } = page;
    if (gpu !== this.described) {
      this.described = gpu;
      this.adapter.replaceChildren(...describe(gpu));
    }
    const alive = watch !== null && !measuring;
    setText(
      this.run,
      measuring
        ? 'Measuring how long a step takes…'
        : alive && watch.title !== ''
          ? `${watch.title} · ${watch.details}`
          : idle(watch !== null),
    );
    setText(this.progress, alive && watch.start ? progressOf(watch) : '');
    this.report.draw(page);
    Object.assign(document.body.dataset, {
      adapter: gpu instanceof Error ? 'none' : (gpu?.name ?? ''),
      state: watch?.state ?? 'none',
      step: String(watch?.step ?? 0),
    });
  }
}

const idle = (starting: boolean): string =>
  starting ? 'A run begins: data are read, shaders compiled.' : 'Nothing. A run that is trained on WebGPU appears here.';

function progressOf({ state, step, start, stepsPerSecond }: NonNullable<GpuPage['watch']>): string {
  const speed = Number.isFinite(stepsPerSecond)
    ? ` · ${stepsPerSecond < 100 ? number(stepsPerSecond) : integer(stepsPerSecond)} steps/s`
    : '';
  return `${state} · step ${integer(step)} of ${integer(start?.steps ?? 0)}${speed}`;
}

function describe(gpu: GpuContext | Error | null): Node[] {
  if (gpu === null) return [element('p', { class: 'quiet' }, 'Looking for a GPU…')];
  if (gpu instanceof Error) return [element('p', { class: 'bad' }, gpu.message)];
  const { adapter, name, timestamps } = gpu;
  const { limits } = adapter;
  const facts: readonly (readonly [string, string])[] = [
    ['kind', adapter.kind === 'software' ? 'software: computed by the processor' : 'graphics card'],
    ['largest buffer', showBytes(limits.maxBufferSize)],
    ['largest that a shader sees', showBytes(limits.maxStorageBufferBindingSize)],
    ['memory of a workgroup', showBytes(limits.maxComputeWorkgroupStorageSize)],
    ['invocations of a workgroup', integer(limits.maxComputeInvocationsPerWorkgroup)],
    ['time by kernel', timestamps ? 'yes (timestamp-query)' : 'no: timestamp-query is missing'],
  ];
  return [
    element('p', { class: 'what' }, name),
    element(
      'dl',
      { class: 'facts' },
      ...facts.map(([what, value]) => element('div', {}, element('dt', {}, what), element('dd', { class: 'number' }, value))),
    ),
  ];
}
