/**
 * The engine in a webview as the host sees it: the calls of the protocol, answered by a page with a GPU that is opened with the first call.
 * A page can end in many ways (its tab is closed, it is loaded anew or moved to another window, its device is lost, it does not answer
 * any more); each of them ends its session: whatever was asked of it is rejected, and the listener is told once, with the reason.
 */
import { createBirpc, type BirpcReturn } from 'birpc';
import type * as vscode from 'vscode';
import type { Settings } from '../../engine/language';
import type { RuleEvent, SettingsEvent, StartEvent } from '../../engine/run/record';
import {
  gpuEvents,
  type AdapterDescription,
  type Envelope,
  type GpuHostCalls,
  type GpuPageCalls,
  type Hello,
} from '../../shared/gpuProtocol';
import { heard } from '../../node/channel';
import type { WorkerListener } from '../../node/engine';
import type { EngineCalls, RunId, Slice, SliceRequest, SpeedRequest, Standing, StartRequest, WeightMap } from '../../shared/protocol';
import { pack, unpack } from '../../shared/wire';
import { Desk, type Job } from './desk';

/** The tab that the page is in; tests have one of their own. */
export interface GpuTab {
  post(message: unknown): Thenable<unknown>;
  readonly onMessage: vscode.Event<unknown>;
  readonly onClosed: vscode.Event<void>;
  readonly visible: boolean;
  /** Brings it to the front. */
  show(): void;
  dispose(): void;
}

export interface GpuEngineOptions {
  /** Milliseconds that a page may take to load. */
  readonly loading?: number;
  /** Milliseconds between two questions whether the page is still there, and how many it may leave unanswered. */
  readonly beat?: number;
  readonly missed?: number;
  readonly openTraining?: () => Promise<void>;
  /** Ends when what the tab will cover has loaded; the tab is opened then. */
  readonly covered?: () => Promise<void>;
}

type Remote = BirpcReturn<GpuPageCalls, GpuHostCalls>;

/** One life of the page. */
interface Session {
  readonly name: string;
  readonly remote: Remote;
  readonly desk: Desk;
  hear(message: unknown): void;
}

/** A page in its tab. */
interface Live {
  readonly tab: GpuTab;
  session: Session | null;
  /** Who waits for the session to begin. */
  readonly waiting: ((session: Session | Error) => void)[];
  /** Gives it up where it does not load. */
  late: NodeJS.Timeout | undefined;
  missed: number;
}

export class GpuEngine implements EngineCalls {
  private live: Live | null = null;
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;
  private readonly jobs = new Map<RunId, Job>();
  /** Ends when no ended session holds a record any more. */
  private released: Promise<void> = Promise.resolve();

  constructor(
    private readonly openTab: () => GpuTab,
    private readonly listener: WorkerListener,
    private readonly options: GpuEngineOptions = {},
  ) {}

  async start(request: StartRequest): Promise<StartEvent> {
    this.jobs.clear(); // a run that has ended keeps its own until now: it can go back
    this.jobs.set(request.run, request);
    return (await this.session()).remote.start(request);
  }
  async measure(request: SpeedRequest): Promise<number> {
    this.jobs.set(request.run, request);
    try {
      return await (await this.session()).remote.measure(request);
    } finally {
      this.jobs.delete(request.run);
    }
  }
  async pause(run: RunId): Promise<number> {
    return this.now().pause(run);
  }
  async resume(run: RunId, upTo?: number): Promise<void> {
    return upTo === undefined ? this.now().resume(run) : this.now().resume(run, upTo);
  }
  async step(run: RunId): Promise<number> {
    return this.now().step(run);
  }
  async goBack(run: RunId, step?: number): Promise<Standing> {
    return step === undefined ? this.now().goBack(run) : this.now().goBack(run, step);
  }
  async stop(run: RunId): Promise<void> {
    return this.now().stop(run);
  }
  async replaceRule(run: RunId, file: string, text: string): Promise<RuleEvent> {
    return this.now().replaceRule(run, file, text);
  }
  async change(run: RunId, settings: Settings): Promise<SettingsEvent> {
    return this.now().change(run, settings);
  }
  async weightMap(run: RunId, layer: string, quantity: string): Promise<WeightMap | null> {
    return this.live?.session?.remote.weightMap(run, layer, quantity) ?? null;
  }
  async slice(run: RunId, request: SliceRequest): Promise<Slice> {
    return this.now().slice(run, request);
  }
  acknowledge(run: RunId, sequence: number): void {
    void this.live?.session?.remote.acknowledge(run, sequence);
  }

  /** The GPU that there is. @throws where there is none, with what to do */
  async adapter(): Promise<AdapterDescription> {
    return (await this.session()).remote.adapter();
  }
  /** Takes the time of every kernel of the run under way; the page shows it. */
  async timeByKernel(): Promise<void> {
    const { remote } = await this.session();
    this.show();
    await remote.timeByKernel();
  }
  /** Loses the device: for trying out what happens then. */
  async loseDevice(): Promise<void> {
    await this.now()
      .loseDevice()
      .catch(() => undefined); // the session may end before it answers
  }

  /** Brings the page to the front, and opens it where it is not. */
  show(): void {
    (this.live ?? this.opened()).tab.show();
  }

  /** Closes the page; the next call opens another. @returns ends when nothing of it holds a record any more */
  async close(): Promise<void> {
    const { live } = this;
    if (live) {
      this.forget(live, new Error('The WebGPU engine is closed.'));
      live.tab.dispose();
    }
    await this.released;
  }

  /** No run needs the page any more: closes it, unless a person looks at it. @returns ends when nothing of it holds a record any more */
  async leave(): Promise<void> {
    if (this.live?.tab.visible) await this.released;
    else await this.close();
  }

  dispose(): void {
    this.disposed = true;
    void this.close();
  }

  /** What can be asked of the page that is there. */
  private now(): Remote {
    const remote = this.live?.session?.remote;
    if (!remote) throw new Error('The WebGPU engine is not there.');
    return remote;
  }

  /** The session under way, or the one that begins when the page has loaded. @throws where it does not load */
  private session(): Promise<Session> {
    const { covered } = this.options;
    return this.live || !covered ? this.sessionNow() : covered().then(() => this.sessionNow());
  }

  private sessionNow(): Promise<Session> {
    if (this.disposed) return Promise.reject(new Error('The WebGPU engine is closed.'));
    const live = this.live ?? this.opened();
    if (live.session) return Promise.resolve(live.session);
    return new Promise((resolve, reject) => live.waiting.push((come) => (come instanceof Error ? reject(come) : resolve(come))));
  }

  private opened(): Live {
    const tab = this.openTab();
    const live: Live = { tab, session: null, waiting: [], late: undefined, missed: 0 };
    this.live = live;
    tab.onMessage((message) => this.hear(live, message));
    tab.onClosed(() => this.ended(live, 'its tab was closed'));
    const { loading = 60_000, beat = 5000 } = this.options;
    live.late = setTimeout(() => {
      this.forget(live, new Error(lostBecause(`its page did not load within ${loading / 1000} s`))); // another would not load either
      tab.dispose();
    }, loading);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.ask(live), beat);
    return live;
  }

  private hear(live: Live, message: unknown): void {
    if (this.live !== live) return;
    live.missed = 0;
    if (isHello(message)) this.begin(live, message);
    else if (isEnvelope(message) && message.session === live.session?.name) live.session.hear(message.message);
  }

  /** Another life of the page begins; if there was one before, all that it had is gone. */
  private begin(live: Live, { hello, because }: Hello): void {
    const { session: before } = live;
    if (before?.name === hello) return;
    if (before) this.release(before, new Error(lostBecause(because ?? reloaded)));
    clearTimeout(live.late);
    const session = this.openSession(live.tab, hello);
    live.session = session;
    for (const tell of live.waiting.splice(0)) tell(session);
    if (before) this.listener.died(because ?? reloaded);
  }

  private openSession(tab: GpuTab, name: string): Session {
    const desk = new Desk(this.jobs, this.released);
    let hear: (message: unknown) => void = () => undefined;
    const { openTraining = () => Promise.resolve() } = this.options;
    const { listener } = this;
    const calls: GpuHostCalls = {
      frame: (...told) => listener.frame(...told),
      event: (...told) => listener.event(...told),
      state: (...told) => listener.state(...told),
      checkpoint: (...told) => listener.checkpoint(...told),
      openTraining,
      fileSize: (...file) => desk.fileSize(...file),
      openFile: (...file) => desk.openFile(...file),
      filePart: (...part) => desk.filePart(...part),
      openRecord: (...record) => desk.openRecord(...record),
      appendRecord: desk.appendRecord,
      truncateRecord: desk.truncateRecord,
      closeRecord: (run) => desk.closeRecord(run),
    };
    const remote = createBirpc<GpuPageCalls, GpuHostCalls>(calls, {
      post: (message) => tab.post({ session: name, message } satisfies Envelope).then(undefined, () => undefined), // a tab that is gone says so itself
      on: (onMessage) => (hear = onMessage),
      serialize: pack,
      deserialize: unpack,
      eventNames: ['acknowledge'],
      bind: 'functions',
      timeout: -1, // the session's end rejects what waits
      resolver: (method, called) => called && (isEvent(method) ? heard(called) : called),
    });
    return { name, remote, desk, hear: (message) => hear(message) };
  }

  /** Asks whether the page is still there. Unanswered questions are counted, not seconds: a machine that slept has asked none. */
  private ask(live: Live): void {
    if (this.live !== live || !live.session) return;
    const { beat = 5000, missed = 12 } = this.options;
    if (live.missed >= missed) {
      this.ended(live, `its page has not answered for ${(beat * missed) / 1000} s`);
      live.tab.dispose();
      return;
    }
    live.missed++;
    live.session.remote.beat().catch(() => undefined);
  }

  /** The page is gone. */
  private ended(live: Live, reason: string): void {
    if (this.live !== live) return;
    const needed = live.session !== null || live.waiting.length > 0; // also where it was closed before it had loaded
    this.forget(live, new Error(lostBecause(reason)));
    if (needed) this.listener.died(reason);
  }

  private forget(live: Live, error: Error): void {
    this.live = null;
    clearInterval(this.timer);
    clearTimeout(live.late);
    if (live.session) this.release(live.session, error);
    for (const tell of live.waiting.splice(0)) tell(error);
  }

  private release(session: Session, error: Error): void {
    session.remote.$close(error);
    const closed = session.desk.close();
    this.released = this.released.then(() => closed);
  }
}

const reloaded = 'its page was loaded anew';
const lostBecause = (reason: string): string => `The WebGPU engine has ended: ${reason}.`;

const isHello = (message: unknown): message is Hello => typeof message === 'object' && message !== null && 'hello' in message;
const isEnvelope = (message: unknown): message is Envelope => typeof message === 'object' && message !== null && 'session' in message;
const isEvent = (method: string): boolean => (gpuEvents as readonly string[]).includes(method);
