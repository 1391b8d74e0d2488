/** Which shaders a function of one layer's matrices takes, and the room that they work in, which all calls of one shape share. */
import type { Operand, OperationStep } from '../schedule';
import { extentIn, showShape, type Shape } from '../shape';
import { solveKernel } from './cholesky';
import type { Commands } from './commands';
import { eigenKernel } from './eigen';
import { write } from './expression';
import { extentText } from './layout';
import { factorKernel, gramKernel, largestSmall, matmulKernel, stepKernel, type NewtonSchulz } from './products';
import { rearrangeKernel } from './rearrange';

/** A number of threads that is small even for a small matrix. */
const few = 8;

/**
 * Adds what computes the step into the buffer of its name.
 * @param operands as scheduled; the step names them too
 * @returns whether it is such a function; otherwise nothing is added
 */
export function addMatrixOperation(commands: Commands, step: OperationStep, operands: readonly Operand[]): boolean {
  const { names } = commands;
  const rearranged = rearrangeKernel(names, step);
  if (rearranged !== null) {
    commands.overElements(rearranged, step.shape);
    return true;
  }
  switch (step.operation) {
    case 'matmul':
      addProduct(commands, operands[0], operands[1], step.name, step.shape);
      return true;
    case 'newtonSchulz':
      addNewtonSchulz(commands, step);
      return true;
    case 'inverse':
    case 'solve':
      commands.aWorkgroupALayer(solveKernel(names, step, room(commands, 'factor', step.operandShapes[0]), threadsFor(commands, step)));
      return true;
    case 'eigenvectors':
    case 'inverseRoot':
      addEigen(commands, step);
      return true;
    default:
      return false;
  }
}

function room({ names: { layout } }: Commands, what: string, shape: Shape): string {
  const name = `${what} ${showShape(shape)}`;
  layout.reserve(name, shape);
  return name;
}

/** Have matrices of these shapes few rows and columns in every layer, or are they to be treated so? */
const areSmall = ({ names: { layout } }: Commands, ...shapes: readonly Shape[]): boolean =>
  !layout.style.shares || shapes.flat().every((extent) => layout.largest(extent) <= largestSmall);

/** Threads for a workgroup that has a layer's matrix to itself: no more than it has rows, where those are few, since all wait for all. */
function threadsFor({ names: { layout } }: Commands, { operandShapes: [[rows]] }: OperationStep): number {
  return layout.largest(rows) <= few ? few : layout.style.lanes;
}

function addProduct(commands: Commands, a: Operand, b: Operand, to: string, shape: Shape): void {
  const small = areSmall(commands, a.shape, b.shape);
  commands.overSquares(matmulKernel(commands.names, a, b, to, small), shape, small);
}

function addEigen(commands: Commands, step: OperationStep): void {
  const { layout } = commands.names;
  const [own] = step.operandShapes;
  const inPairs = (what: string, count: (n: number) => number): string => {
    const name = `${what} ${showShape(own)}`;
    layout.reserve(name, own, 'memory', (size) => 2 * count(extentIn(own[0], size)));
    return name;
  };
  const within = {
    turned: inPairs('turned', (n) => n * n),
    vectors: inPairs('vectors', (n) => n * n),
    angles: inPairs('angles', (n) => n + 2),
  };
  const [p] = step.numbers;
  if (step.operation === 'eigenvectors' || p.kind !== 'number')
    return commands.aWorkgroupALayer(eigenKernel(commands.names, step, within, step.name, null, threadsFor(commands, step)));
  const half = { name: room(commands, 'half', own), shape: own, transposed: false };
  commands.aWorkgroupALayer(eigenKernel(commands.names, step, within, half.name, -0.5 / p.value, threadsFor(commands, step)));
  addProduct(commands, half, { ...half, transposed: true }, step.name, own);
}

function addNewtonSchulz(commands: Commands, step: OperationStep): void {
  const { names } = commands;
  const [own] = step.operandShapes;
  const [a, b, c, count] = step.numbers;
  const square = (what: string): string => {
    const name = `${what} of ${showShape(own)}`;
    names.layout.reserve(name, own, 'memory', (size) => Math.min(extentIn(own[0], size), extentIn(own[1], size)) ** 2);
    return name;
  };
  const of: NewtonSchulz = {
    height: extentText(own[0]),
    width: extentText(own[1]),
    gram: square('gram'),
    factor: square('factor'),
    small: areSmall(commands, own),
    coefficients: (writer) => [write(a, writer), write(b, writer), write(c, writer)],
  };
  const between = room(commands, 'between', own);
  const steps = count.kind === 'number' ? count.value : 0;
  let [from] = step.operands;
  // The last iteration writes the result; those before it take turns.
  for (let left = steps; left > 0; left--) {
    const to = left % 2 === 1 ? step.name : between;
    for (const kernel of [gramKernel(names, from, of), factorKernel(names, of), stepKernel(names, from, to, of)])
      commands.overSquares(kernel, own, of.small, true);
    from = to;
  }
  const copy = steps === 0 ? rearrangeKernel(names, { ...step, operation: 'expand' }) : null;
  if (copy !== null) commands.overElements(copy, own);
}
