/**
 * The board on which the caller of a team writes what is to be done and the helpers write that they have done it: words in shared
 * memory, read and written atomically. Words that different threads write lie on different cache lines. A thread that waits for a
 * word spins first, since an answer is a microsecond away as a rule, and sleeps then, so that a team with nothing to do costs nothing.
 */
import type { MessagePort } from 'node:worker_threads';

/** The most operands of a function that runs in a team, the thread's number included. */
export const mostOperands = 12;

/** Positions in `words`. */
const line = 16;
/** Number of the last command. */
export const ticketWord = 0;
/** What is to be done: a function's number, or one of `commands`. */
export const commandWord = 1;
/** Operands, two words each: behind the command, so that as a rule one cache line has all that helpers read. */
const operandWords = 2;
/** 1 while the caller sleeps, waiting for a helper. */
export const callerWord = 2 * line;
const helperWords = 3 * line;
/** The last command that a helper has done; −1 until it is there. @param helper from 1 */
export const doneWord = (helper: number): number => helperWords + (helper - 1) * line;
/** What a helper is doing, one of `states`. */
export const stateWord = (helper: number): number => doneWord(helper) + 1;

/** Commands that are no functions. */
export const commands = { link: -1, end: -2 } as const;
export const states = { awake: 0, asleep: 1, failed: 2 } as const;

export interface Board {
  readonly words: Int32Array;
  /** Operands of the function to run. */
  readonly operands: Float64Array;
}

export const newBoard = (size: number): SharedArrayBuffer => new SharedArrayBuffer((helperWords + (size - 1) * line) * 4);

export const boardOn = (buffer: SharedArrayBuffer): Board => ({
  words: new Int32Array(buffer),
  operands: new Float64Array(buffer, operandWords * 4, mostOperands),
});

/** Milliseconds of spinning before a thread sleeps: longer than the pause between two steps. */
const spinning = 0.05;
/** Looks between two looks at the clock. */
const looks = 100;

/** Spins while the word has this value, for a while. @returns whether it has another */
export function spin({ words }: Board, word: number, value: number): boolean {
  const differs = (): boolean => {
    for (let look = 0; look < looks; look++) if (Atomics.load(words, word) !== value) return true;
    return false;
  };
  if (differs()) return true;
  for (const until = performance.now() + spinning; performance.now() < until;) if (differs()) return true;
  return false;
}

/** What is sent to a helper's port to be linked. */
export interface LinkMessage {
  readonly module: object;
  readonly memory: object;
  /** Names of imported functions. */
  readonly functions: readonly string[];
}

/** What a helper is started with. */
export interface HelperStart {
  readonly board: SharedArrayBuffer;
  /** Its number, from 1. */
  readonly helper: number;
  /** Brings `LinkMessage`s, and takes back the message of an error that ends the helper. */
  readonly port: MessagePort;
}
