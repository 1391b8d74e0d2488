/** What runs in the page, as far as its view shows it: looked up from what the engine tells the editor. */
import type { StartEvent } from '../../../engine/run/record';
import { column, decodeFrame } from '../../../shared/frame';
import type { EngineEvents, RunState } from '../../../shared/protocol';

/** Milliseconds over which the speed is taken. */
const WINDOW = 2000;

export class Watch {
  start: StartEvent | null = null;
  title = '';
  details = '';
  state: RunState = 'starting';
  /** The newest step told. */
  step = 0;
  private readonly arrivals: { readonly time: number; readonly step: number }[] = [];

  /** Steps a second over the last moments; NaN where they are unknown. */
  get stepsPerSecond(): number {
    const [first, last] = [this.arrivals[0], this.arrivals.at(-1)];
    if (this.state !== 'running' || !last || last.time - first.time < 200) return NaN;
    return (1000 * (last.step - first.step)) / (last.time - first.time);
  }

  /** The same events, looked at on their way. @param changed is called after each */
  through(host: EngineEvents, changed: () => void): EngineEvents {
    return {
      frame: (run, sequence, frame) => {
        const { rows, width, data } = decodeFrame(frame);
        if (rows > 0) this.arrive(data[(rows - 1) * width + column.step], performance.now());
        host.frame(run, sequence, frame);
        changed();
      },
      event: (run, event) => {
        if (event.type === 'start') this.start = event;
        if (event.type === 'start' || event.type === 'rule') [this.title, this.details] = [event.title, event.details];
        host.event(run, event);
        changed();
      },
      state: (run, state) => {
        this.state = state;
        if (state !== 'running') this.arrivals.length = 0;
        host.state(run, state);
        changed();
      },
      checkpoint: (run, step, bytes) => host.checkpoint(run, step, bytes),
    };
  }

  private arrive(step: number, time: number): void {
    this.step = step;
    this.arrivals.push({ time, step });
    while (this.arrivals[0].time < time - WINDOW || this.arrivals[0].step > step) this.arrivals.shift();
  }
}
