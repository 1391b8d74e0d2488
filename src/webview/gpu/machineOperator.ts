/**
 * A Hessian on the GPU as a run asks for it: products with vectors that travel there and back, and of a large network the Lanczos process,
 * whose vectors stay there.
 */
import type { StreamOperator } from '../../engine/run/stream';
import type { Eventually } from '../../engine/eventually';
import type { GpuContext } from './context';
import { fewWords } from './figures';
import { GpuBasis, GpuKrylov, gpuBasisRows } from './krylov';
import type { GpuOperator } from './operator';
import type { Stream } from './stream';
import type { WeightsLayout } from './weightsLayout';

/** What the operator is of. */
export interface MachineGround {
  readonly layout: WeightsLayout;
  readonly context: GpuContext;
  readonly stream: Stream;
  /** Ends when nothing is in the middle of its step. */
  readonly turn: () => Eventually<unknown>;
}

/** @param made the operator @param few up to so many words of weights, a vector travels in less time than it is worked on there */
export function machineOperator(
  { layout, context, stream, turn }: MachineGround,
  made: Promise<GpuOperator>,
  few = fewWords,
): StreamOperator {
  const ready = async (): Promise<GpuOperator> => {
    const operator = await made;
    await turn();
    return operator;
  };
  let there: GpuOperator | null = null;
  void made.then(
    (operator) => (there = operator),
    () => undefined, // told to who asks
  );
  /** Encoded at once where that can be, so that it goes off with all else that is asked for now: at the next flush, or when whoever asks has done so. */
  const asked = (encode: (operator: GpuOperator) => void, out: Float64Array): Promise<void> => {
    const now = (operator: GpuOperator): Promise<void> => {
      encode(operator);
      const answer = stream.read([operator.product]);
      queueMicrotask(() => stream.submit());
      return answer.then(([product]) => void layout.gathered(product, out));
    };
    return there !== null && turn() === null ? now(there) : ready().then(now);
  };
  const rows = layout.words <= few ? 0 : gpuBasisRows(layout.words, context);
  let basis: Promise<GpuBasis> | null = null;
  let closed = false;
  const open = async (): Promise<{ operator: GpuOperator; basis: GpuBasis }> => {
    basis ??= GpuBasis.create(layout, rows, context);
    const room = await basis;
    const operator = await ready();
    if (closed) throw new Error('The measurement has been given up.');
    return { operator, basis: room };
  };
  return {
    size: layout.parameters,
    apply: (v, out) =>
      asked((operator) => {
        stream.upload(layout.laidOut(v), operator.direction);
        operator.apply();
      }, out),
    gradient: (out) => asked((operator) => operator.gradient(), out),
    ...(rows > 0 && {
      krylov: (start: Float64Array, roots?: Float64Array) => new GpuKrylov({ layout, rows, stream, open }, start, roots ?? null),
    }),
    close: () => {
      closed = true;
      // Why there is none was told to who asked.
      void made.then((operator) => operator.close()).catch(() => undefined);
      void basis?.then((room) => room.close()).catch(() => undefined);
    },
  };
}
