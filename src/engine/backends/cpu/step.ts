/**
 * A training step compiled for one network: from gathered samples to loss and gradient it is a single call into WebAssembly, in which
 * the kernels of all operations follow one another, threads meeting where one reads what another wrote.
 */
import type { Structure } from '../../network/structure';
import { Assembler, call } from './assembler';
import { defineBarrier } from './barrier';
import { f64, i32 } from './instructions';
import type { Intake, IntakePlaces } from './intake';
import { type Call, Kernels, type Operand, rows } from './kernels';
import { Layout } from './layout';
import { emitLoss, lossBytes } from './layers/loss';
import type { Arena } from './memory';
import { compile } from './webassembly';

export interface StepFunctions {
  /** Loss and gradient of the gathered samples, in training. @param add 1 to add to the gradient that is there, 0 to replace it @returns the sum of the samples' losses */
  gradient(samples: number, add: number, weight: number): number;
  /** The sum of the losses, in training. */
  loss(samples: number): number;
  /** The sum of the losses, in evaluation; the outputs are there then. */
  evaluate(samples: number): number;
}

export class Step {
  readonly layout: Layout;
  readonly intake: IntakePlaces;
  private readonly assembler: Assembler;

  /**
   * Lays out the memory and emits the code.
   * @param capacity the most samples of a block @param intake how samples come in
   */
  constructor(structure: Structure, capacity: number, intake: Intake, threads: number) {
    const { loss, outputs, values } = structure;
    const assembler = new Assembler({ shared: threads > 1 });
    this.assembler = assembler;
    const logarithm = assembler.import('log', ['f64'], 'f64');
    const kernels = new Kernels(assembler, threads);
    const wait = defineBarrier(assembler, 'wait', threads);
    const { places, bytes } = intake.layOut(capacity);
    const layout = new Layout(structure, kernels, capacity, false, bytes + capacity * lossBytes);
    this.layout = layout;
    const { moreAt } = layout;
    this.intake = { source: moreAt + places.source, picked: moreAt + places.picked, wanted: moreAt + places.wanted };
    const { wanted } = this.intake;
    const losses = moreAt + bytes;

    const last = values.length - 1;
    const { gradient, value, sum } = emitLoss(kernels, loss, outputs, logarithm);
    const compared: Operand[] = [layout.value(last), wanted, layout.error(last), losses, rows, 'weight'];
    const samples = intake.emit(kernels, this.intake, layout.value(0));
    const forward = (training: boolean): Call[] => [...samples, ...layout.parts.flatMap((part) => part.forward(training))];
    const backward = [...layout.parts].reverse().flatMap((part) => part.backward());
    const driver = (name: string, calls: readonly Call[]): void => {
      const types = ['i32', 'i32', 'f32', 'i32'] as const;
      assembler.function(name, types, 'f64', (code, [samples, add, weight, part]) => {
        const block = i32.const(layout.fixedBytes);
        const meet = () => (threads > 1 ? code.call(wait, i32.const(layout.places.barrier)) : undefined);
        kernels.write(code, calls, { block, rows: samples, add, weight }, part, meet);
        // The first thread adds up, in the order of the samples.
        code.if(i32.eqz(part), () => code.return(call(sum, i32.const(losses), samples)));
        code.return(f64.const(0));
      });
    };
    driver('gradient', [...forward(true), { kernel: gradient, operands: compared }, ...backward]);
    driver('loss', [...forward(true), { kernel: value, operands: compared }]);
    driver('evaluate', [...forward(false), { kernel: value, operands: compared }]);
  }

  /** Bytes of all of it, from the start of the memory. */
  get bytes(): number {
    return this.layout.fixedBytes + this.layout.blockBytes;
  }

  /** The address of an operand. */
  address(operand: Operand): number {
    if (typeof operand === 'number') return operand;
    if (typeof operand === 'object' && 'inBlock' in operand) return this.layout.fixedBytes + operand.inBlock;
    throw new Error('This operand is no address.');
  }

  link(arena: Arena): StepFunctions {
    const made = arena.team.link(compile(this.assembler.bytes()), arena.memory, ['log']);
    return {
      gradient: (samples, add, weight) => made.gradient(samples, add, weight, 0),
      loss: (samples) => made.loss(samples, 0, 0, 0),
      evaluate: (samples) => made.evaluate(samples, 0, 0, 0),
    };
  }
}
