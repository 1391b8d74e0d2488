/**
 * Systems with a symmetric positive definite matrix by Cholesky's factorisation, a workgroup a layer: a column of the factor at a time,
 * its rows shared among the threads; then forward and backward substitution, a thread a column of the right side. Only the lower
 * triangle is read. A matrix that is not positive definite gives NaN.
 */
import type { OperationStep } from '../schedule';
import { extentText } from './layout';
import { Writer, type GpuKernel, type Names } from './writer';

/** Solves S X = B, or S X = I for the operation `inverse`. @param factor buffer of the lower triangular factor, of the shape of S @param threads of a workgroup */
export function solveKernel(
  names: Names,
  { operation, operands: [s, b], operandShapes: [own], name, shape }: OperationStep,
  factor: string,
  threads: number,
): GpuKernel {
  const writer = new Writer(names, operation);
  writer.use('notANumber');
  const l = (row: string, column: string): string => writer.element(factor, `(${row}) * n + ${column}`);
  const x = (row: string): string => writer.element(name, `(${row}) * m + column`);
  const right = b === undefined ? 'select(0f, 1f, i == column)' : writer.element(b, 'i * m + column');
  writer.line(`let n = ${extentText(own[0])};
let m = ${extentText(shape[1])};
for (var j = 0u; j < n; j++) {
  for (var i = j + lane; i < n; i += ${threads}u) {
    var sum = ${writer.element(s, 'i * n + j')};
    for (var k = 0u; k < j; k++) { sum -= ${l('i', 'k')} * ${l('j', 'k')}; }
    ${l('i', 'j')} = sum;
  }
  storageBarrier();
  let square = ${l('j', 'j')};
  let pivot = select(notANumber(), sqrt(square), square > 0f);
  storageBarrier();
  for (var i = j + lane; i < n; i += ${threads}u) { ${l('i', 'j')} = select(${l('i', 'j')} / pivot, pivot, i == j); }
  storageBarrier();
}
for (var column = lane; column < m; column += ${threads}u) {
  for (var i = 0u; i < n; i++) {
    var sum = ${right};
    for (var k = 0u; k < i; k++) { sum -= ${l('i', 'k')} * ${x('k')}; }
    ${x('i')} = sum / ${l('i', 'i')};
  }
  for (var q = 0u; q < n; q++) {
    let i = n - 1u - q;
    var sum = ${x('i')};
    for (var k = i + 1u; k < n; k++) { sum -= ${l('k', 'i')} * ${x('k')}; }
    ${x('i')} = sum / ${l('i', 'i')};
  }
}`);
  return writer.overLayers(threads);
}
