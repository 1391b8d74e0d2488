/**
 * A team of worker threads for the CPU backend. A call writes a command on the board (`teamBoard.ts`), does the caller's own part, and
 * waits for the helpers (`teamWorker.ts`); all of it is synchronous, so that the engine need not know. When a helper fails or is ended
 * by somebody else, the call under way and every later one throw a `TeamError`: nothing waits for ever.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { alone, type Team } from '../engine/backends/cpu/team';
import { createMemory, type WasmExports, type WasmMemory, type WasmModule } from '../engine/backends/cpu/webassembly';
import {
  boardOn,
  callerWord,
  commands,
  commandWord,
  doneWord,
  mostOperands,
  newBoard,
  spin,
  states,
  stateWord,
  ticketWord,
  type Board,
  type HelperStart,
  type LinkMessage,
} from './teamBoard';

/** A thread of the team cannot go on, and so the team cannot. */
export class TeamError extends Error {
  override readonly name = 'TeamError';
}

export interface TeamOptions {
  /** The built `teamWorker.js`; beside the bundle that runs where it is not given. */
  readonly script?: string;
  /** Seconds that the caller waits for a helper that neither answers nor is known to have ended. */
  readonly patience?: number;
}

/** Seconds that all helpers together have for starting. */
const starting = 10;

const defaultPatience = 60;

export class ThreadTeam implements Team {
  readonly shared = true;
  /** Resolves when all helpers have ended. */
  readonly ended: Promise<void>;
  private readonly board: Board;
  private readonly workers: readonly Worker[];
  private readonly ports: readonly MessagePort[];
  private readonly patience: number;
  private ticket = 0;
  private functions = 0;
  /** Why nothing can be called any more. */
  private fault: TeamError | null = null;
  private closed = false;

  /**
   * Starts the helpers and waits until they are there; the thread that asks is blocked meanwhile, for some 100 ms.
   * @param size threads, the caller's included: at least 2
   * @throws TeamError where they do not start
   */
  constructor(
    readonly size: number,
    { script = join(__dirname, 'teamWorker.js'), patience = defaultPatience }: TeamOptions = {},
  ) {
    this.patience = patience;
    if (!existsSync(script)) throw new TeamError(`The threads cannot be started: there is no ${script}.`);
    const buffer = newBoard(size);
    this.board = boardOn(buffer);
    const helpers = Array.from({ length: size - 1 }, (_, i) => i + 1);
    for (const helper of helpers) Atomics.store(this.board.words, doneWord(helper), -1);
    const channels = helpers.map(() => new MessageChannel());
    this.ports = channels.map(({ port1 }) => port1);
    this.workers = helpers.map((helper, i) => {
      const start: HelperStart = { board: buffer, helper, port: channels[i].port2 };
      return new Worker(script, { name: `Optimizer Debugger, thread ${helper}`, workerData: start, transferList: [start.port] });
    });
    this.ended = Promise.all(this.workers.map((worker, i) => this.watch(worker, i + 1))).then(() => undefined);
    this.wait(starting);
  }

  createMemory(pages: number): WasmMemory {
    return createMemory(pages, true);
  }

  link(module: WasmModule, memory: WasmMemory, functions: readonly string[] = []): WasmExports {
    const message: LinkMessage = { module, memory, functions };
    for (const port of this.ports) port.postMessage(message);
    this.begin(commands.link);
    const own = alone.link(module, memory, functions);
    this.finish();
    return Object.fromEntries(Object.entries(own).map(([name, made]) => [name, this.together(name, made)]));
  }

  /** How many helpers sleep: all of them when the team has had nothing to do for a while. */
  get asleep(): number {
    return this.workers.filter((_, i) => Atomics.load(this.board.words, stateWord(i + 1)) === states.asleep).length;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.fault)
      for (const worker of this.workers) void worker.terminate(); // it may stand at a barrier
    else this.begin(commands.end);
    this.fault ??= new TeamError('The threads of this run have been ended.');
    for (const port of this.ports) port.close();
  }

  /** Hears of a helper's end. @returns resolves then */
  private watch(worker: Worker, helper: number): Promise<void> {
    const lost = (reason: string): void => {
      if (!this.closed) this.fail(`thread ${helper} ${reason}`);
    };
    worker.unref();
    worker.on('error', (error) => lost(`failed, ${error.message}`));
    return new Promise((resolve) => {
      worker.on('exit', () => {
        lost('has been ended');
        resolve();
      });
    });
  }

  /** A function that runs in all threads. Operands that are not given are 0, and so is the caller's own number. */
  private together(name: string, made: (...operands: number[]) => number): (...operands: number[]) => number {
    const { operands } = this.board;
    const command = this.functions++;
    if (made.length < 1 || made.length > mostOperands)
      throw new Error(
        `${name} has ${made.length} parameters; a function of a team has 1 to ${mostOperands}, the thread's number the last.`,
      );
    return (a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0, k = 0, l = 0) => {
      operands[0] = a;
      operands[1] = b;
      operands[2] = c;
      operands[3] = d;
      operands[4] = e;
      operands[5] = f;
      operands[6] = g;
      operands[7] = h;
      operands[8] = i;
      operands[9] = j;
      operands[10] = k;
      operands[11] = l;
      this.begin(command);
      let result: number;
      try {
        result = made(a, b, c, d, e, f, g, h, i, j, k, l);
      } catch (error) {
        throw this.fail(error instanceof Error ? error.message : String(error));
      }
      this.finish();
      return result;
    };
  }

  /** Gives the helpers a command, waking those that sleep. */
  private begin(command: number): void {
    if (this.fault) throw this.fault;
    const { words } = this.board;
    this.ticket = (this.ticket + 1) | 0;
    Atomics.store(words, commandWord, command);
    Atomics.store(words, ticketWord, this.ticket);
    for (let helper = 1; helper < this.size; helper++)
      if (Atomics.load(words, stateWord(helper)) === states.asleep) {
        Atomics.notify(words, ticketWord);
        return;
      }
  }

  /** Waits until the helpers have done the command. */
  private finish(): void {
    this.wait(this.patience);
    const { words } = this.board;
    for (let helper = 1; helper < this.size; helper++)
      if (Atomics.load(words, stateWord(helper)) === states.failed) throw this.fail('a helper ended');
  }

  private wait(seconds: number): void {
    const { board, ticket } = this;
    const { words } = board;
    for (let helper = 1; helper < this.size; helper++) {
      const word = doneWord(helper);
      for (let left = seconds, value = 0; (value = Atomics.load(words, word)) !== ticket;) {
        if (spin(board, word, value)) continue;
        Atomics.store(words, callerWord, 1);
        // In slices, so that a machine that is suspended does not use up all of the time.
        if (Atomics.wait(words, word, value, 1000 * Math.min(left, 1)) === 'timed-out' && (left -= 1) <= 0)
          throw this.fail(`thread ${helper} has not answered for ${seconds} s`);
        Atomics.store(words, callerWord, 0);
      }
    }
  }

  /** Gives up. @returns what to throw: what a helper has told of its end, or else `reason` */
  private fail(reason: string): TeamError {
    const told = this.ports.map((port) => receiveMessageOnPort(port) as { message: string } | undefined);
    const helper = told.findIndex((each) => each !== undefined);
    this.fault = new TeamError(
      `The threads of this run cannot go on: ${helper < 0 ? reason : `thread ${helper + 1} failed, ${told[helper]?.message}`}. ` +
        'Start the run anew; it can also run in one thread.',
    );
    this.close();
    return this.fault;
  }
}
