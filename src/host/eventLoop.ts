/** How long the extension host's event loop was held up, by `perf_hooks`: for tests, and for whoever doubts that the editor stays quick. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Delays beyond the timer's own resolution, in ms. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Resolution of the measuring timer, in ms; it is part of every sample and taken off. */
const resolution = 1;

/** Starts measuring. @returns what stops it and tells */
export function measureEventLoop(): () => LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return () => {
    histogram.disable();
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
    return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) };
  };
}
