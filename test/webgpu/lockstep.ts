/**
 * Many rules on one GPU, in step: every rule that is under way encodes its step into one stream and waits for what it wants to read, and
 * when all wait, one submission carries everything. Waiting for the GPU costs more than these small problems do, so it is done once a
 * step and not once a step and rule.
 */
import type { Stream } from '../../src/webview/gpu/stream';

export class Lockstep {
  private active = 0;
  private waiting = 0;

  constructor(private readonly stream: Stream) {}

  /** Runs something that takes turns, from its first to its last. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.active++;
    try {
      return await work();
    } finally {
      this.active--;
      this.flush();
    }
  }

  /** Waits for something read from the stream until everybody's turn is over. */
  async turn<T>(read: Promise<T>): Promise<T> {
    this.waiting++;
    this.flush();
    return read;
  }

  private flush(): void {
    if (this.waiting === 0 || this.waiting < this.active) return;
    this.waiting = 0;
    this.stream.submit();
  }
}
