/**
 * The link between the extension host and the training worker: birpc over the threads' own message ports, typed by the one protocol.
 * What the worker sends in bulk (frames, checkpoints, rate maps) is handed over, not copied; the host keeps what it sends.
 */
import type { MessagePort, Worker } from 'node:worker_threads';
import { createBirpc, type BirpcReturn } from 'birpc';
import type { EngineCalls, EngineEvents } from '../shared/protocol';

/** What the host holds of an engine in a worker. */
export type EngineRemote = BirpcReturn<EngineCalls, EngineEvents>;
/** What a worker holds of its host. */
export type HostRemote = BirpcReturn<EngineEvents, EngineCalls>;

/** A call is given up after this long, in milliseconds; loading the largest data takes far less. A worker's death ends it at once. */
const TIMEOUT = 300_000;

/** The host's end. */
export const toWorker = (worker: Worker, events: EngineEvents): EngineRemote =>
  createBirpc<EngineCalls, EngineEvents>(events, {
    post: (message) => worker.postMessage(message),
    on: (listener) => void worker.on('message', listener),
    off: (listener) => void worker.off('message', listener),
    eventNames: ['acknowledge'],
    timeout: TIMEOUT,
    bind: 'functions',
    resolver: (_name, listener) => listener && heard(listener),
  });

/** An event has no reply in which a listener's fault could travel, and birpc drops it: it is thrown where everybody sees it. */
export const heard =
  (listener: (...args: unknown[]) => unknown) =>
  (...args: unknown[]): void => {
    try {
      listener(...args);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };

/** The worker's end. */
export const toHost = (port: MessagePort, calls: EngineCalls): HostRemote =>
  createBirpc<EngineEvents, EngineCalls>(calls, {
    post: (message: unknown) => port.postMessage(message, handedOver(message)),
    on: (listener) => void port.on('message', listener),
    off: (listener) => void port.off('message', listener),
    eventNames: ['frame', 'event', 'state', 'checkpoint'],
    bind: 'functions',
  });

/** The buffers of a message from the worker: each was made for this message and is not looked at again by its sender. */
function handedOver(message: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (value: unknown, depth: number): void => {
    if (value instanceof ArrayBuffer) found.add(value);
    else if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    else if (depth > 0 && typeof value === 'object' && value !== null) for (const part of Object.values(value)) look(part, depth - 1);
  };
  look(message, 2); // a call's arguments and a reply's fields are two levels deep
  return [...found];
}
