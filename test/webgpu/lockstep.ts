/**
 * Many rules on one GPU, in step: every rule that is under way hands in a part of its step, and when all have, one submission carries
 * them and one mapped buffer brings back what they want to read. Waiting for the GPU costs more than these small problems do, so it is
 * done once a step and not once a step and rule.
 */
import { bufferUsage, mapMode } from '../../src/webview/gpu/flags';
import type { Segment } from '../../src/webview/gpu/updater';

interface Waiting {
  readonly segment: Segment;
  readonly resolve: (read: readonly Float32Array[]) => void;
  readonly reject: (reason: unknown) => void;
}

export class Lockstep {
  private active = 0;
  private waiting: Waiting[] = [];
  private staging: GPUBuffer | null = null;

  constructor(private readonly device: GPUDevice) {}

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

  /** Hands in a segment. @returns what it reads, when everybody's is done */
  turn(segment: Segment): Promise<readonly Float32Array[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ segment, resolve, reject });
      this.flush();
    });
  }

  private flush(): void {
    if (this.waiting.length === 0 || this.waiting.length < this.active) return;
    const turn = this.waiting;
    this.waiting = [];
    this.submit(turn).catch((error: unknown) => turn.forEach(({ reject }) => reject(error)));
  }

  private async submit(turn: readonly Waiting[]): Promise<void> {
    const encoder = this.device.createCommandEncoder();
    const staging = this.room(turn.reduce((sum, { segment }) => sum + segment.reads.reduce((bytes, { size }) => bytes + size, 0), 0));
    let end = 0;
    for (const { segment } of turn) {
      segment.encode(encoder);
      for (const { buffer, offset, size } of segment.reads) {
        encoder.copyBufferToBuffer(buffer, offset, staging, end, size);
        end += size;
      }
    }
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapMode.read);
    const bytes = staging.getMappedRange().slice(0);
    staging.unmap();
    let at = 0;
    for (const { segment, resolve } of turn)
      resolve(
        segment.reads.map(({ size }) => {
          const values = new Float32Array(bytes, at, size / 4);
          at += size;
          return values;
        }),
      );
  }

  private room(size: number): GPUBuffer {
    if (this.staging !== null && this.staging.size >= size) return this.staging;
    this.staging?.destroy();
    this.staging = this.device.createBuffer({ size: Math.max(4096, 2 * size), usage: bufferUsage.mapRead | bufferUsage.copyDestination });
    return this.staging;
  }
}
