/** Time by kernel: how often each was dispatched while it was watched, and how long the GPU took, by its own clock. */

export interface KernelTime {
  readonly kernel: string;
  readonly calls: number;
  /** Microseconds of one call, on average. */
  readonly each: number;
  /** Of the time of all kernels. */
  readonly share: number;
}

export interface KernelReport {
  /** What ran: `Adam · 784-128-10 ReLU · …`. */
  readonly of: string;
  /** Steps taken meanwhile. */
  readonly steps: number;
  /** Milliseconds that went by, and that the kernels took of them. */
  readonly elapsed: number;
  readonly busy: number;
  /** The longest in all first. */
  readonly kernels: readonly KernelTime[];
}

export class KernelTimes {
  private readonly sums = new Map<string, { calls: number; nanoseconds: number }>();

  readonly add = (kernel: string, nanoseconds: number): void => {
    const sum = this.sums.get(kernel) ?? { calls: 0, nanoseconds: 0 };
    sum.calls++;
    sum.nanoseconds += nanoseconds;
    this.sums.set(kernel, sum);
  };

  report(of: string, steps: number, elapsed: number): KernelReport {
    const sums = [...this.sums].sort(([, a], [, b]) => b.nanoseconds - a.nanoseconds);
    const all = sums.reduce((total, [, { nanoseconds }]) => total + nanoseconds, 0);
    const kernels = sums.map(([kernel, { calls, nanoseconds }]) => ({
      kernel,
      calls,
      each: nanoseconds / calls / 1000,
      share: all > 0 ? nanoseconds / all : 0,
    }));
    return { of, steps, elapsed, busy: all / 1e6, kernels };
  }
}
