/** Standard output at the reader's pace: a slow reader slows the run instead of filling memory, and one that has gone ends it quietly. */
import type { Writable } from 'node:stream';

export class Output {
  /** True once nobody reads any more (the other end of a pipe was closed, as `head` does). */
  closed = false;
  private failure: Error | null = null;

  constructor(private readonly stream: Writable) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.closed = true;
      if (error.code !== 'EPIPE') this.failure = error;
    });
  }

  /** Writes, and waits while the reader is behind. @throws where the output fails other than by being closed, e.g. a full disk */
  async write(text: string): Promise<void> {
    if (this.failure) throw this.failure;
    if (this.closed || text === '') return;
    if (this.stream.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ['drain', 'close', 'error']) this.stream.off(event, go);
        resolve();
      };
      for (const event of ['drain', 'close', 'error']) this.stream.on(event, go);
    });
    if (this.failure) throw this.failure;
  }
}
