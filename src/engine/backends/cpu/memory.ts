/**
 * One WebAssembly memory for one model: everything that its kernels touch lies in it, laid out once before the first step, so that
 * a step allocates nothing. Room is reserved first and the memory opened then, with spare room for what comes later (the state of
 * an update rule). It never grows: growing would detach the views that others hold. Pages that nobody writes to cost address
 * space only.
 */
import { alone, type Team } from './team';
import { pageBytes, type WasmMemory } from './webassembly';

/** The most that one model may take: 2 GiB, so that every address is a positive 32-bit integer. */
export const memoryLimit = 2 ** 31;

/** Every reservation starts at a multiple of this many bytes: one vector register. */
const alignment = 16;

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toLocaleString('en', { maximumFractionDigits: 1 })} MiB`;

export class Arena {
  private end = 0;
  private opened: WasmMemory | undefined;
  private capacity: number;

  /** @param limit the most bytes that may ever be reserved @param team the threads that work on it */
  constructor(
    limit = memoryLimit,
    readonly team: Team = alone,
  ) {
    this.capacity = limit;
  }

  /**
   * Reserves room, aligned to 16 bytes and zero at first.
   * @param what what it is for, for the error message
   * @returns its address
   * @throws RangeError where the room would exceed the limit, or the memory once it is open
   */
  reserve(bytes: number, what: string): number {
    const address = this.end;
    const end = address + Math.ceil(bytes / alignment) * alignment;
    if (!(end <= this.capacity))
      throw new RangeError(
        `${what} needs ${mebibytes(bytes)} beside the ${mebibytes(address)} already laid out; ` +
          `the model has ${mebibytes(this.capacity)} at most. Use a smaller network or a smaller batch.`,
      );
    this.end = end;
    return address;
  }

  /** Makes the memory. @param spare bytes to keep for later reservations; less is kept where the limit comes first */
  open(spare = 0): void {
    const pages = Math.max(1, Math.ceil(Math.min(this.end + spare, this.capacity) / pageBytes));
    try {
      this.opened = this.team.createMemory(pages);
    } catch (cause) {
      throw new RangeError(`The system refuses ${mebibytes(pages * pageBytes)} of memory for the model. Use a smaller network or batch.`, {
        cause,
      });
    }
    this.capacity = pages * pageBytes;
  }

  /** The memory, for a module to import. */
  get memory(): WasmMemory {
    if (!this.opened) throw new Error('The arena is not open yet.');
    return this.opened;
  }

  /** Live view of `count` 32-bit floats. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count);
  }
  /** Live view of `count` 64-bit floats. */
  doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, count);
  }
  /** Live view of `count` 32-bit integers. */
  integers(address: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, count);
  }
  /** Live view of `count` 32-bit integers without sign. */
  indices(address: number, count: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, count);
  }
  /** Live view of `count` bytes. */
  bytes(address: number, count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, count);
  }
}
