/**
 * The page's end of the link to the editor. Each life of what runs here is a session: one begins when the page is loaded, and another when
 * all that ran here is gone while the page stays (its device was lost). The editor learns of it by a hello.
 */
import { createBirpc } from 'birpc';
import { gpuEvents, type Envelope, type GpuHostCalls, type GpuPageCalls, type Hello } from '../../../shared/gpuProtocol';
import { pack, unpack } from '../../../shared/wire';

/** Where messages go and come from. */
export interface Port {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

export interface Session {
  readonly host: GpuHostCalls;
  /** Nothing more is said, and what the editor says is passed over. */
  end(): void;
}

/**
 * Begins a session.
 * @param because why the one before it ended; null for the first
 * @param answer gives what answers the editor
 */
export function openSession(port: Port, because: string | null, answer: (host: GpuHostCalls) => GpuPageCalls): Session {
  const name = crypto.randomUUID();
  const calls = {} as GpuPageCalls;
  let over = false;
  const host = createBirpc<GpuHostCalls, GpuPageCalls>(calls, {
    post: (message) => {
      if (!over) port.post({ session: name, message } satisfies Envelope);
    },
    on: (listener) =>
      port.listen((data) => {
        if (!over && isEnvelope(data) && data.session === name) listener(data.message);
      }),
    serialize: pack,
    deserialize: unpack,
    eventNames: [...gpuEvents],
    bind: 'functions',
    timeout: -1,
  });
  Object.assign(calls, answer(host));
  port.post({ hello: name, because } satisfies Hello);
  return {
    host,
    end() {
      over = true;
      host.$close(new Error('The session is over.'));
    },
  };
}

const isEnvelope = (data: unknown): data is Envelope => typeof data === 'object' && data !== null && 'session' in data;
