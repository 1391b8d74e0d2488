/**
 * What of a run can be exported: every number of its record, those of a layer one by one. A table is a list of columns made from the run's
 * start, so that a file's header says of what run it is before the first number is read.
 */
import type { CurvatureEvent, RateQuantiles, RuleEvent, SettingsEvent, StartEvent } from '../../engine/run/record';
import { suggestion } from '../../engine/suggest';
import { column, type Choosable, type Column, type Measured, type MeasuredType } from './column';
import type { Cell } from './csv';
import { hyperparameters } from './hyperparameters';
import { PER_WEIGHT, singleRates, tooManyWeights } from './singleWeights';

type Changes = readonly (RuleEvent | SettingsEvent)[];

/** What the run of `start` measures, in the order of a table's columns. @param changes of the run, where they may bring hyperparameters */
export function quantitiesOf(start: StartEvent, changes: Changes = []): readonly Choosable[] {
  const layers = start.layers.map(({ name }) => name);
  const variables = 'function' in start.spec.problem ? Object.keys(start.spec.problem.start) : [];
  const loss = lossUnit(start);

  const simple = <Type extends MeasuredType>(
    event: Type,
    id: string,
    tag: string | null,
    unit: string,
    doc: string,
    of: (event: Measured[Type]) => Cell,
  ): Choosable => ({ id, event, doc, columns: [column(event, id, id, tag, unit, of)] });

  const byLayer = (id: 'gradientNorm' | 'updateNorm' | 'weightNorm', doc: string): Choosable => ({
    id,
    event: 'step',
    doc,
    columns: layers.map((layer, i) => column('step', id, `${id} ${layer}`, `${id}/${layer}`, '1', (step) => step[id][i])),
  });

  const rates: Choosable = {
    id: 'effectiveRate',
    event: 'step',
    doc: 'quantiles of the effective learning rate over the weights of a layer',
    columns: layers.flatMap((layer, i) =>
      quantiles.map((q) =>
        column(
          'step',
          'effectiveRate',
          `effectiveRate.${q} ${layer}`,
          `effectiveRate/${layer}/${q}`,
          '1',
          (step) => step.effectiveRate[i][q],
        ),
      ),
    ),
  };

  const place = (id: 'position' | 'gradient', doc: string): Choosable => ({
    id,
    event: 'step',
    doc,
    columns: variables.map((variable) => column('step', id, `${id} ${variable}`, `${id}/${variable}`, '1', (step) => step[id]?.[variable])),
  });

  const ofFunction: readonly Choosable[] = [
    place('position', 'where the step arrived'),
    simple('step', 'value', 'value', '1', 'the function’s value there', (step) => step.value),
    place('gradient', 'the function’s gradient there'),
  ];
  const share = 'share';
  return [
    simple('step', 'epoch', 'epoch', 'epoch', 'passes over the training samples so far', ({ epoch }) => epoch),
    simple('step', 'loss', 'loss/batch', loss, 'mean loss of the step’s batch before its update', (step) => step.loss),
    simple('step', 'lr', 'learningRate', '1', 'learning rate after the schedule', ({ lr }) => lr),
    byLayer('gradientNorm', 'L2 norm of a layer’s gradient'),
    byLayer('updateNorm', 'L2 norm of a layer’s update'),
    byLayer('weightNorm', 'L2 norm of a layer’s weights'),
    rates,
    ...singleRates(start, variables),
    ...(variables.length > 0 ? ofFunction : []),
    simple('evaluation', 'trainLoss', 'loss/train', loss, 'mean loss over all training samples', (it) => it.trainLoss),
    simple('evaluation', 'heldOutLoss', 'loss/heldOut', loss, 'mean loss over the samples held out', (it) => it.heldOutLoss),
    simple(
      'evaluation',
      'trainAccuracy',
      'accuracy/train',
      share,
      'share of the training samples that are right',
      (it) => it.trainAccuracy,
    ),
    simple(
      'evaluation',
      'heldOutAccuracy',
      'accuracy/heldOut',
      share,
      'share of those held out that are right',
      (it) => it.heldOutAccuracy,
    ),
    ...curvature.map(([id, unit, doc, of]) => simple('curvature', id, `curvature/${id}`, unit, doc, of)),
    simple('curvature', 'verdict', null, '1', 'what the spectrum says of the place', ({ verdict }) => verdict),
    simple('curvature', 'reason', null, '1', 'the numbers that decided on the verdict, in a sentence', ({ reason }) => reason),
    ...hyperparameters(start, changes),
    simple('end', 'endReason', null, '1', 'why the run ended', ({ reason }) => reason),
    simple('end', 'seconds', 'run/seconds', 's', 'how long the run took', ({ seconds }) => seconds),
    simple('end', 'stepsPerSecond', 'run/stepsPerSecond', 'steps/s', 'steps a second, over the whole run', (it) => it.stepsPerSecond),
  ];
}

/** What was chosen is not among the run's quantities. */
export class UnknownQuantity extends Error {
  override readonly name = 'UnknownQuantity';
}

/** The columns of the chosen quantities, in the order of the choice. @param ids `all` is all of them @throws UnknownQuantity */
export function columnsOf(start: StartEvent, ids: readonly string[], changes: Changes = []): readonly Column[] {
  const known = quantitiesOf(start, changes);
  const chosen = ids.includes('all')
    ? known
    : [...new Set(ids)].map((id) => known.find((quantity) => quantity.id === id) ?? unknown(id, known, start));
  return chosen.flatMap(({ columns }) => columns);
}

function unknown(id: string, known: readonly Choosable[], start: StartEvent): never {
  const tooMany = id === PER_WEIGHT ? tooManyWeights(start) : null;
  if (tooMany !== null) throw new UnknownQuantity(tooMany);
  const ids = known.map((quantity) => quantity.id);
  throw new UnknownQuantity(
    `This run has no quantity ${JSON.stringify(id)}.${suggestion(id, ids)} It has ${ids.join(', ')}; all stands for all of them.`,
  );
}

const quantiles = ['q05', 'q25', 'q50', 'q75', 'q95'] as const satisfies readonly (keyof RateQuantiles)[];

const curvature: readonly (readonly [id: string, unit: string, doc: string, of: (event: CurvatureEvent) => Cell])[] = [
  ['lambdaMax', '1', 'largest eigenvalue of the Hessian', (it) => it.lambdaMax],
  ['lambdaMin', '1', 'smallest eigenvalue of the Hessian', (it) => it.lambdaMin],
  ['residualMax', '1', '‖H·v − λ·v‖ of the largest', (it) => it.residualMax],
  ['residualMin', '1', '‖H·v − λ·v‖ of the smallest', (it) => it.residualMin],
  ['trace', '1', 'sum of all eigenvalues', (it) => it.trace],
  ['traceError', '1', 'standard error of the trace', (it) => it.traceError],
  ['negativeFraction', 'share', 'share of the eigenvalues below zero', (it) => it.negativeFraction],
  ['preconditionedSharpness', '1', 'largest eigenvalue as the optimizer’s rates see it', (it) => it.preconditionedSharpness],
  ['stabilityLimit', '1', 'the sharpness above which the rule is unstable', (it) => it.stabilityLimit],
  ['probeGradientNorm', '1', 'L2 norm of the gradient over the probe samples', (it) => it.gradientNorm],
  ['probeSamples', 'samples', 'samples that the measurement used', (it) => it.probeSamples],
  ['products', 'products', 'Hessian-vector products that it took', (it) => it.products],
];

/** Cross-entropies are in nats; the squares of targets have whatever unit the data have. */
function lossUnit({ spec: { problem } }: StartEvent): string {
  const loss = 'network' in problem ? (problem.network.loss ?? '') : '';
  return /crossEntropy$/i.test(loss) ? 'nat' : '1';
}
