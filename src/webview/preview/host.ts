/**
 * An editor for a panel in a plain browser: gives it `acquireVsCodeApi`, and answers its calls with an invented run or a recorded one
 * (JSON Lines, as the command line prints it). Bundled by `npm run panels` only; it is no part of the extension.
 */
import { createBirpc } from 'birpc';
import type { CurvatureEvent, EvaluationEvent, RecordEvent, StartEvent, StepEvent } from '../../engine/run/record';
import { encodeFrame, rowWidth, writeRow } from '../../shared/frame';
import type { HostCalls, PanelEvents, RareEvent, RunSnapshot, RunState } from '../../shared/protocol';
import { pack, unpack } from '../../shared/wire';
import { InventedRun, STEPS, type Scene } from './invented';

/** A run to play, step by step. */
interface Script {
  readonly title: string;
  readonly details: string;
  readonly start: StartEvent;
  readonly last: number;
  step(step: number): StepEvent | undefined;
  /** What else happened at a step. */
  rare(step: number): readonly RareEvent[];
  rates(layer: number, step: number): Float32Array | null;
}

const query = new URLSearchParams(location.search);
const scene = (query.get('scene') ?? 'running') as Scene;
/** Steps a second. */
const speed = Number(query.get('speed') ?? 3000);
const RUN = 'preview';

function invented(): Script {
  const run = new InventedRun(scene);
  const rare = (step: number): RareEvent[] => [
    ...(step % 50 === 0 || step === STEPS ? [run.evaluation(step)] : []),
    ...(step % 25 === 0 ? [run.curvature(step)] : []),
    ...(step === STEPS ? [run.end('completed', step)] : []),
  ];
  return {
    title: run.title,
    details: run.details,
    start: run.start,
    last: STEPS,
    step: (k) => run.step(k),
    rare,
    rates: (l, k) => run.rates(l, k),
  };
}

async function recorded(): Promise<Script> {
  const restore = (_: string, value: unknown): unknown => (/^(NaN|-?Infinity)$/.test(String(value)) ? Number(value) : value);
  const lines = (await (await fetch('/record')).text()).split('\n').filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line, restore) as RecordEvent);
  const start = events[0] as StartEvent;
  const steps = new Map<number, StepEvent>();
  const rare = new Map<number, RareEvent[]>();
  for (const event of events) {
    if (event.type === 'step') steps.set(event.step, event);
    else if (event.type !== 'start') rare.set(event.step, [...(rare.get(event.step) ?? []), event]);
  }
  const last = Math.max(0, ...steps.keys(), ...rare.keys());
  return {
    title: start.title,
    details: start.details,
    start,
    last,
    step: (k) => steps.get(k),
    rare: (k) => rare.get(k) ?? [],
    rates: () => null,
  };
}

class FakeEditor {
  private script: Script | undefined;
  private state: RunState = scene === 'empty' || scene === 'function' || scene === 'descent' ? 'running' : (sceneState[scene] ?? 'running');
  private step = 0;
  private timer = 0;
  private readonly steps: StepEvent[] = [];
  private readonly rare: RareEvent[] = [];
  private readonly panel = createBirpc<PanelEvents, HostCalls>(this.calls(), {
    post: (message) => window.postMessage(message, '*'),
    on: (listener) => (fromPanel = listener),
    serialize: pack,
    deserialize: unpack,
    eventNames: ['frame', 'event', 'state', 'snapshot'],
  });

  private calls(): HostCalls {
    const become = async (state: RunState): Promise<void> => this.become(state);
    return {
      ready: async () => {
        const view = { at: null, layer: null, hiddenLayers: [] };
        if (scene === 'empty' && !this.script) return { run: null, pinned: null, view };
        await this.load(scene === 'starting' ? 0 : Number(query.get('at') ?? (this.state === 'ended' ? STEPS : 1240)));
        return { run: this.snapshot(), pinned: null, view };
      },
      trainWith: async () => {
        await this.load(0);
        this.panel.snapshot(this.snapshot());
      },
      pause: () => become('paused'),
      resume: () => become('running'),
      stop: () => become('ended'),
      step: async () => this.advance(1),
      stepBack: async () => {
        await this.load(Math.max(this.step - 1, 0));
        this.panel.snapshot(this.snapshot());
      },
      again: async () => {
        this.state = 'running';
        await this.load(0);
        this.panel.snapshot(this.snapshot());
      },
      resumeFromCheckpoint: async () => {
        this.state = 'running';
        await this.load(1200);
        this.panel.snapshot(this.snapshot());
      },
      openGradientInspector: async () => undefined,
      rateMap: async (name) => {
        const layer = this.script?.start.layers.find((candidate) => candidate.name === name);
        const values = layer && this.script?.rates(this.script.start.layers.indexOf(layer), this.step);
        if (!layer || !values) return null;
        const columns = layer.parameters / (layer.shape.length > 1 ? layer.shape[0] : 1);
        return { layer: name, step: this.step, rows: values.length / columns, columns, shape: layer.shape, values };
      },
    };
  }

  /** Goes to a step at once, and on from there if the scene runs. */
  private async load(to: number): Promise<void> {
    this.script ??= query.has('record') ? await recorded() : invented();
    [this.step, this.steps.length, this.rare.length] = [0, 0, 0];
    if (this.state !== 'starting') this.rare.push(...this.script.rare(0));
    this.take(to);
    cancelAnimationFrame(this.timer);
    let before = performance.now();
    const play = (now: number): void => {
      if (this.state === 'running') this.advance(Math.round(((now - before) * speed) / 1000));
      before = now;
      this.timer = requestAnimationFrame(play);
    };
    if (speed > 0) this.timer = requestAnimationFrame(play);
  }

  /** Takes steps without telling. @returns what happened */
  private take(count: number): { steps: StepEvent[]; rare: RareEvent[] } {
    const script = this.script!;
    const [steps, rare]: [StepEvent[], RareEvent[]] = [[], []];
    for (let taken = 0; taken < count && this.step < script.last; taken++) {
      const event = script.step(++this.step);
      if (event) steps.push(event);
      rare.push(...script.rare(this.step));
    }
    this.steps.push(...steps);
    this.rare.push(...rare);
    return { steps, rare };
  }

  private advance(count: number): void {
    const { steps, rare } = this.take(count);
    if (steps.length > 0) this.panel.frame(RUN, this.frame(steps));
    for (const event of rare) this.panel.event(RUN, event);
    if (this.step >= this.script!.last && this.state === 'running') this.become('ended');
  }

  private become(state: RunState): void {
    this.state = state;
    this.panel.state(RUN, state, null, null);
  }

  private frame(steps: readonly StepEvent[]): ArrayBuffer {
    const { length } = this.script!.start.layers;
    const rows = new Float64Array(steps.length * rowWidth(length));
    steps.forEach((event, index) => writeRow(rows, index * rowWidth(length), event));
    return encodeFrame(length, rows, steps.length);
  }

  private snapshot(): RunSnapshot {
    const { title, details, start } = this.script!;
    const diverged = scene === 'diverged' ? new InventedRun(scene).end('diverged', this.step) : null;
    const ended = this.rare.find((event) => event.type === 'end');
    return {
      run: RUN,
      name: title,
      from: 'engine',
      changes: [],
      branch: null,
      bound: null,
      state: this.state,
      title,
      details,
      start: this.state === 'starting' ? null : start,
      steps: this.steps.length > 0 ? this.frame(this.steps) : null,
      evaluations: this.rare.filter((event): event is EvaluationEvent => event.type === 'evaluation'),
      curvatures: this.rare.filter((event): event is CurvatureEvent => event.type === 'curvature'),
      end: this.state === 'ended' ? (diverged ?? ended ?? null) : null,
      problem: this.state === 'lost' ? 'The training worker ended unexpectedly (exit code 134, out of memory) after step 1,240.' : null,
      checkpointStep: this.state === 'lost' ? 1200 : null,
      place: null,
      notices: [],
    };
  }
}

const sceneState: Readonly<Partial<Record<Scene, RunState>>> = {
  starting: 'starting',
  paused: 'paused',
  completed: 'ended',
  diverged: 'ended',
  lost: 'lost',
};

let fromPanel: (message: unknown) => void = () => undefined;
new FakeEditor();

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => queueMicrotask(() => fromPanel(message)),
    getState: (): unknown => JSON.parse(sessionStorage.getItem(location.pathname) ?? 'null'),
    setState: (state: unknown) => sessionStorage.setItem(location.pathname, JSON.stringify(state)),
  }),
});
