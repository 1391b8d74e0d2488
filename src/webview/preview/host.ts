/**
 * An editor for a panel in a plain browser: gives it `acquireVsCodeApi`, and answers its calls by playing a recorded run. What it was asked
 * for is kept in `window.asked`, for tests. Bundled by `npm run panels` only; it is no part of the extension.
 */
import { createBirpc } from 'birpc';
import { runSettings } from '../../engine/run/runSettings';
import type { RunSpecification } from '../../engine/run/specification';
import type { HostCalls, PanelEvents, PanelState, RunSnapshot, RunState, SharedView } from '../../shared/protocol';
import { pack, unpack } from '../../shared/wire';
import { invented } from './invented';
import type { LaboratoryCalls } from './laboratory';
import { Player, type Standing } from './player';
import { readRequest, type Scene } from './request';
import { readRecord, type Script } from './script';

declare global {
  interface Window {
    /** Every call of the panel, in order. */
    asked: { call: string; args: readonly unknown[] }[];
    /** Calls that are not answered yet. */
    unanswered: number;
    /** The same calls for a test, as if the person had made them in another panel. */
    preview: HostCalls;
  }
}

const wanted = readRequest(location.search);
window.asked = [];
window.unanswered = 0;

const standing: Readonly<Partial<Record<Scene, Standing>>> = {
  lost: {
    problem: 'The training worker ended unexpectedly (exit code 134, out of memory) after step 1,240.',
    checkpointStep: 1200,
  },
  deviceLost: {
    place: 'CPU: the WebGPU engine has ended',
    notices: [
      'The WebGPU engine has ended: the GPU was lost (A valid external Instance reference no longer exists). The run goes on from step 1,200, on the CPU.',
    ],
  },
  failed: {
    problem:
      'problem.data.images: /home/me/mnist/train-images-idx3-ubyte cannot be read: ENOENT: no such file or directory. Give the path of an IDX file, plain or gzipped, relative to the specification.',
    place: null,
  },
  error: {
    end: {
      type: 'end',
      reason: 'error',
      step: 1250,
      seconds: 2.1,
      stepsPerSecond: 595,
      message: 'The record cannot be written: ENOSPC: no space left on device, write.',
    },
  },
  opened: { from: 'record', place: null },
};

const begins: Readonly<Record<Scene, RunState>> = {
  empty: 'running',
  starting: 'starting',
  running: 'running',
  paused: 'paused',
  completed: 'ended',
  diverged: 'ended',
  lost: 'lost',
  deviceLost: 'running',
  failed: 'failed',
  error: 'ended',
  replaying: 'running',
  opened: 'ended',
};

const readScript = (name: string): Promise<Script> => (name === 'invented' ? Promise.resolve(invented(wanted.steps)) : readRecord(name));

/** Calls that move the run: panels that belong together all do them. */
const together = new Set<keyof HostCalls>([
  ...([
    'trainWith',
    'pause',
    'resume',
    'step',
    'stepBack',
    'stop',
    'again',
    'resumeFromCheckpoint',
    'look',
    'goTo',
    'pin',
    'unpin',
  ] as const),
]);

class FakeEditor {
  private player: Player | null = null;
  private second: RunSnapshot | null = null;
  private view: SharedView = { at: wanted.look, layer: wanted.layer, hiddenLayers: wanted.hide };
  private scene = wanted.scene;
  /** Where the run is trained again: one for looking at its weights, one for going on from them. */
  private readonly rooms = new Map<'looking' | 'going on', Promise<LaboratoryCalls>>();
  private timer = 0;
  private readonly calls: HostCalls = this.answers();
  private readonly others = wanted.together ? new BroadcastChannel('preview') : null;
  private readonly panel = createBirpc<PanelEvents, HostCalls>(this.listening(), {
    post: (message) => window.postMessage(message, '*'),
    on: (listener) => (fromPanel = listener),
    serialize: pack,
    deserialize: unpack,
    eventNames: ['snapshot', 'pinned', 'view', 'frame', 'event', 'state'],
  });

  constructor() {
    window.preview = this.calls;
    if (!this.others) return;
    this.others.onmessage = ({ data }: MessageEvent<{ call: keyof HostCalls; args: never[] }>) => void this.do(data.call, data.args);
  }

  /** The calls, noted, and told to the other panels where they move the run. */
  private listening(): HostCalls {
    const names = Object.keys(this.calls) as (keyof HostCalls)[];
    const noted = names.map((call) => [
      call,
      (...args: never[]) => {
        window.asked.push({ call, args });
        if (together.has(call)) this.others?.postMessage({ call, args });
        window.unanswered++;
        return this.do(call, args).finally(() => window.unanswered--);
      },
    ]);
    return Object.fromEntries(noted) as HostCalls;
  }

  private do(call: keyof HostCalls, args: never[]): Promise<unknown> {
    return (this.calls[call] as (...args: never[]) => Promise<unknown>)(...args);
  }

  private answers(): HostCalls {
    const nothing = (): Promise<void> => Promise.resolve();
    return {
      ready: () => this.ready(),
      trainWith: () => this.restart(),
      again: () => this.restart(),
      pause: async () => this.become('paused'),
      resume: async () => this.become('running'),
      stop: async () => this.become('ended'),
      step: async () => this.advance(1),
      stepBack: () => this.goTo((this.player?.step ?? 1) - 1),
      resumeFromCheckpoint: async () => {
        await this.goTo(1200);
        this.become('running');
      },
      look: async (change) => {
        this.view = { ...this.view, ...change };
        this.panel.view(this.view);
        return this.view;
      },
      goTo: (step, settings) => this.goTo(step, settings),
      settings: async () => (this.player ? runSettings(this.player.start, this.player.changes) : []),
      weightMap: async (layer, quantity) => {
        const { player } = this;
        return player && player.step > 0 ? (await this.room(player, 'looking')).weightMap(player.step, layer, quantity) : null;
      },
      slice: async (request) => {
        if (!this.player) throw new Error('There is no run yet: use “Train with…” first.');
        return (await this.room(this.player, 'looking')).slice(this.player.step, request);
      },
      pin: () => this.pin('momentum'),
      unpin: () => this.pin(null),
      openPanel: nothing,
      exportRun: nothing,
      copyText: nothing,
      saveImage: nothing,
    };
  }

  private async ready(): Promise<PanelState> {
    if (wanted.pinned) this.second = await this.secondRun(wanted.pinned);
    if (this.scene !== 'empty') await this.load();
    return { run: this.snapshot(), pinned: this.second, view: this.view };
  }

  /** Brings the run to where the address wants it. */
  private async load(): Promise<void> {
    const script = await readScript(wanted.record);
    const player = new Player(wanted.record, script);
    player.state = begins[this.scene];
    const half = Math.round(script.last / 2);
    const stands: Readonly<Partial<Record<Scene, number>>> = { starting: 0, failed: 0, lost: 1240, deviceLost: 1207, error: 1250 };
    const usual = player.state === 'ended' ? script.last : half;
    player.take(Math.min(script.last, player.state === 'failed' ? 0 : (wanted.at ?? stands[this.scene] ?? usual)));
    if (wanted.branch !== null) player.goTo(wanted.branch);
    this.player = player;
    this.play();
  }

  private async restart(): Promise<void> {
    if (this.player) this.player.restart();
    else this.player = new Player(wanted.record, await readScript(wanted.record));
    this.scene = 'running';
    this.player.state = 'running';
    this.panel.snapshot(this.snapshot());
    await this.calls.look({ at: null });
    this.play();
  }

  private async goTo(step: number, changed?: Parameters<HostCalls['goTo']>[1]): Promise<void> {
    const { player } = this;
    if (!player) return;
    player.state = 'paused';
    const future = changed && (await (await this.room(player, 'going on')).change(step, changed));
    player.goTo(Math.max(step, 0));
    if (future) player.turn(future);
    this.scene = 'paused';
    this.panel.snapshot(this.snapshot());
  }

  private async pin(record: string | null): Promise<void> {
    this.second = record === null ? null : await this.secondRun(record);
    this.panel.pinned(this.second);
  }

  private async secondRun(record: string): Promise<RunSnapshot> {
    const player = new Player(`${record}-pinned`, await readScript(record));
    player.take(Infinity);
    player.state = 'ended';
    return player.snapshot({ from: 'record' });
  }

  private room(player: Player, purpose: 'looking' | 'going on'): Promise<LaboratoryCalls> {
    const { spec } = player.start;
    // the weights are the same without measuring, and sooner there
    const measure = purpose === 'looking' ? { ...spec.measure, curvatureEvery: 0 } : spec.measure;
    const room = this.rooms.get(purpose) ?? openLaboratory({ ...spec, measure });
    this.rooms.set(purpose, room);
    return room;
  }

  private play(): void {
    cancelAnimationFrame(this.timer);
    if (wanted.speed === 0) return;
    let [before, owed] = [performance.now(), 0];
    const play = (now: number): void => {
      owed += ((now - before) * wanted.speed) / 1000;
      if (this.player?.state === 'running') this.advance(Math.floor(owed));
      [before, owed] = [now, owed % 1];
      this.timer = requestAnimationFrame(play);
    };
    this.timer = requestAnimationFrame(play);
  }

  private advance(count: number): void {
    const { player } = this;
    if (!player || count === 0) return;
    const { steps, rare } = player.take(count);
    if (steps.length > 0) void this.panel.frame(player.id, player.frame(steps));
    for (const event of rare) void this.panel.event(player.id, event);
    if (player.over && player.state === 'running') this.become('ended');
  }

  private become(state: RunState): void {
    if (!this.player) return;
    this.player.state = state;
    this.scene = state === 'ended' ? 'completed' : 'running';
    void this.panel.state(this.player.id, state, null, null);
  }

  private snapshot(): RunSnapshot | null {
    const bound = this.scene === 'replaying' && this.player ? { bound: Math.round(this.player.start.steps * 0.8) } : {};
    return this.player?.snapshot({ ...standing[this.scene], ...bound }) ?? null;
  }
}

async function openLaboratory(spec: RunSpecification): Promise<LaboratoryCalls> {
  const worker = new Worker('/laboratory.js', { type: 'module' });
  const calls = createBirpc<LaboratoryCalls>(
    {},
    {
      post: (message) => worker.postMessage(message),
      on: (listener) => worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data)),
      timeout: -1,
    },
  );
  await calls.open(spec);
  return calls;
}

let fromPanel: (message: unknown) => void = () => undefined;
new FakeEditor();

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => queueMicrotask(() => fromPanel(message)),
    getState: (): unknown => JSON.parse(sessionStorage.getItem(location.pathname) ?? 'null') ?? wanted.remembered,
    setState: (state: unknown) => sessionStorage.setItem(location.pathname, JSON.stringify(state)),
  }),
});
