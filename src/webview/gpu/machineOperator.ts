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
import type { Region, Stream } from './stream';
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
  const read = async (product: Region, out: Float64Array): Promise<void> => {
    const answer = stream.read([product]);
    stream.submit();
    layout.gathered((await answer)[0], out);
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
    apply: async (v, out) => {
      const operator = await ready();
      stream.upload(layout.laidOut(v), operator.direction);
      operator.apply();
      await read(operator.product, out);
    },
    gradient: async (out) => {
      const operator = await ready();
      operator.gradient();
      await read(operator.product, out);
    },
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
