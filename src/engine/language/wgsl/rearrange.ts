/** What moves elements or joins those of a row or column: repetition, transposes, identities, sums along an axis, the trace. */
import type { OperationStep } from '../schedule';
import { scalarShape } from '../shape';
import { extentText } from './layout';
import { Writer, type GpuKernel, type Names } from './writer';

/** A thread an element of the result; null where the operation is none of these. */
export function rearrangeKernel(names: Names, { operation, operands, operandShapes, name, shape }: OperationStep): GpuKernel | null {
  const writer = new Writer(names, operation);
  const [from] = operands;
  const [own] = operandShapes;
  const store = (value: string): GpuKernel => {
    writer.line(`${writer.element(name, 'i')} = ${value};`);
    return writer.overElements(shape);
  };
  const along = (axis: 0 | 1, begin: string, join: (a: string, b: string) => string): string => {
    const element = axis === 1 ? writer.entry(from, own, 'row', 'k') : writer.entry(from, own, 'k', 'column');
    writer.line(`var joined = ${begin};`);
    writer.line(`for (var k = 0u; k < ${extentText(own[axis])}; k++) { joined = ${join('joined', element)}; }`);
    return 'joined';
  };
  const sum = (axis: 0 | 1): string => along(axis, '0f', (a, b) => `${a} + ${b}`);
  const largest = (axis: 0 | 1): string => {
    writer.use('infinity');
    writer.use('larger');
    return along(axis, '-infinity()', (a, b) => `larger(${a}, ${b})`);
  };
  switch (operation) {
    case 'expand':
      return store(writer.entry(from, own, own[0] === 1 ? '0u' : 'row', own[1] === 1 ? '0u' : 'column'));
    case 'transpose':
      return store(writer.entry(from, own, 'column', 'row'));
    case 'identity':
      return store('select(0f, 1f, row == column)');
    case 'rowSum':
      return store(sum(1));
    case 'rowMean':
      return store(`${sum(1)} / f32(${extentText(own[1])})`);
    case 'rowMax':
      return store(largest(1));
    case 'columnSum':
      return store(sum(0));
    case 'columnMean':
      return store(`${sum(0)} / f32(${extentText(own[0])})`);
    case 'columnMax':
      return store(largest(0));
    default:
      return null;
  }
}

/** The trace of a square matrix as a number: a thread a layer. */
export function traceKernel(names: Names, { operands: [from], operandShapes: [own], name }: OperationStep): GpuKernel {
  const writer = new Writer(names, 'trace');
  writer.line('var joined = 0f;');
  writer.line(`for (var k = 0u; k < ${extentText(own[0])}; k++) { joined += ${writer.entry(from, own, 'k', 'k')}; }`);
  writer.line(`${writer.slot(name)} = joined;`);
  return writer.aThreadALayer();
}

/** A result of one element becomes a number of the layer. */
export function elementKernel(names: Names, name: string): GpuKernel {
  const writer = new Writer(names, name);
  writer.line(`${writer.slot(name)} = ${writer.entry(name, scalarShape, '0u', '0u')};`);
  return writer.aThreadALayer();
}
