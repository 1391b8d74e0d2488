/** A helper of a team: a thread that does nothing but take commands from the board, one after the other, until it is told to end. */
import './webAssemblyFlags';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { alone } from '../engine/backends/cpu/team';
import type { WasmMemory } from '../engine/backends/cpu/webassembly';
import {
  boardOn,
  callerWord,
  commands,
  commandWord,
  doneWord,
  mostOperands,
  spin,
  states,
  stateWord,
  ticketWord,
  type HelperStart,
  type LinkMessage,
} from './teamBoard';

function help({ board: buffer, helper, port }: HelperStart): void {
  const board = boardOn(buffer);
  const { words } = board;
  const [done, state] = [doneWord(helper), stateWord(helper)];
  const functions: ((...operands: number[]) => number)[] = [];
  const own = new Float64Array(mostOperands);

  const link = (): void => {
    const received = receiveMessageOnPort(port) as { message: LinkMessage } | undefined;
    if (!received) throw new Error('There is no module to link.');
    const { module, memory, functions: names } = received.message;
    functions.push(...Object.values(alone.link(module, memory as WasmMemory, names)));
  };
  const run = (made: (...operands: number[]) => number): void => {
    const last = made.length - 1;
    for (let i = 0; i < last; i++) own[i] = board.operands[i];
    own[last] = helper;
    made(own[0], own[1], own[2], own[3], own[4], own[5], own[6], own[7], own[8], own[9], own[10], own[11]);
  };
  const answer = (ticket: number): void => {
    Atomics.store(words, done, ticket);
    if (Atomics.load(words, callerWord) !== 0) Atomics.notify(words, done);
  };

  let ticket = 0;
  answer(ticket);
  for (;;) {
    if (!spin(board, ticketWord, ticket)) {
      Atomics.store(words, state, states.asleep);
      while (Atomics.wait(words, ticketWord, ticket) === 'ok' && Atomics.load(words, ticketWord) === ticket);
      Atomics.store(words, state, states.awake);
    }
    ticket = Atomics.load(words, ticketWord);
    const command = Atomics.load(words, commandWord);
    if (command === commands.end) return;
    try {
      if (command === commands.link) link();
      else run(functions[command]);
    } catch (error) {
      port.postMessage(error instanceof Error ? error.message : String(error));
      Atomics.store(words, state, states.failed);
      answer(ticket);
      return;
    }
    answer(ticket);
  }
}

help(workerData as HelperStart);
