/**
 * The WebGPU engine's page without a webview and without a GPU: the page's own code, whose runs compute on the CPU, in a tab that can be
 * closed, loaded anew, struck dumb, and whose device can be lost. Messages are copied on the way, as between processes.
 */
import { setImmediate } from 'node:timers/promises';
import { prepare } from '../../../src/engine/run/prepare';
import { prepareFrom } from '../../../src/engine/run/resume';
import { Trainer } from '../../../src/engine/run/trainer';
import type { GpuTab } from '../../../src/host/gpu/engine';
import type { Adapter } from '../../../src/engine/backends/webgpu/definition';
import { GpuContext } from '../../../src/webview/gpu/context';
import { hostFiles } from '../../../src/webview/gpu/page/hostFiles';
import { openHostRecord } from '../../../src/webview/gpu/page/hostRecord';
import { GpuPage, type PageParts } from '../../../src/webview/gpu/page/page';

const clock = (): number => performance.now();

/** Runs that compute on the CPU whatever they ask for. */
const cpuHome: PageParts['makeHome'] = (gpu, host, opened) => ({
  async open({ run, spec, checkpoint }, kept) {
    await gpu();
    const files = hostFiles(host, run);
    const prepared = await (kept
      ? prepareFrom(kept, files, { ...kept.spec, backend: 'cpu' })
      : prepare({ ...spec, backend: 'cpu' }, files));
    const training = new Trainer(prepared, { clock, checkpoint });
    opened({ profile: () => undefined }, training);
    return training;
  },
  record: (run, keep) => openHostRecord(host, run, keep),
  clock,
  breath: () => setImmediate(),
});

/** A device that can be lost, and nothing else. */
export function fakeGpu(name: string): GpuContext {
  let lose: (info: { message: string }) => void = () => undefined;
  const lost = new Promise((resolve) => (lose = resolve));
  const device = { lost, addEventListener: () => undefined, destroy: () => lose({ message: 'Device was destroyed.' }) };
  return new GpuContext(device as unknown as GPUDevice, { kind: 'hardware' } as Adapter, name, false);
}

type Heard<Message> = (message: Message) => void;

export class FakeTab implements GpuTab {
  private readonly toHost = new Set<Heard<unknown>>();
  private readonly closed = new Set<Heard<void>>();
  private toPage: Heard<unknown>[] = [];
  private open = true;
  visible = false;
  shown = 0;
  /** Nothing that the page says arrives. */
  dumb = false;

  private readonly opening: number | undefined;

  /** @param adapter what the page finds, or how it opens it; an error where it finds none @param opening milliseconds that this may take */
  constructor(
    private readonly adapter: string | Error | (() => Promise<GpuContext>) = 'a GPU',
    { loads = true, opening }: { readonly loads?: boolean; readonly opening?: number } = {},
  ) {
    this.opening = opening;
    if (loads) setTimeout(() => this.load(), 1);
  }

  onMessage = (listener: Heard<unknown>): { dispose(): void } => listen(this.toHost, listener);
  onClosed = (listener: Heard<void>): { dispose(): void } => listen(this.closed, listener);

  post(message: unknown): Promise<boolean> {
    const copy = structuredClone(message);
    for (const listener of this.toPage) queueMicrotask(() => listener(copy));
    return Promise.resolve(this.open);
  }

  show(): void {
    this.shown++;
  }

  /** A person closes it, or the host does. */
  dispose(): void {
    if (!this.open) return;
    this.open = false;
    for (const listener of this.closed) listener();
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Its page is loaded, or loaded anew: what an earlier one still says does not arrive. */
  load(): void {
    const mine: Heard<unknown>[] = [];
    this.toPage = mine;
    const { adapter, opening } = this;
    const found = typeof adapter === 'string' ? () => Promise.resolve(fakeGpu(adapter)) : adapter;
    new GpuPage({
      port: {
        post: (message) => {
          const copy = structuredClone(message);
          setTimeout(() => {
            if (this.open && this.toPage === mine && !this.dumb) for (const listener of this.toHost) listener(copy);
          }, 0);
        },
        listen: (listener) => mine.push(listener),
      },
      openGpu: found instanceof Error ? () => Promise.reject(found) : found,
      opening,
      makeHome: cpuHome,
      changed: () => undefined,
    });
  }
}

function listen<Message>(all: Set<Heard<Message>>, listener: Heard<Message>): { dispose(): void } {
  all.add(listener);
  return { dispose: () => void all.delete(listener) };
}
