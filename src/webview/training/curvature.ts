/**
 * The two ends of the Hessian's spectrum over steps, with their residuals, and the stability limit where the rule states one.
 * The limit holds for the preconditioned sharpness (what the rule feels); λ max and the limit share one axis only after scaling. The
 * dashed line is therefore λ max · limit / preconditioned sharpness: λ max is above the line exactly where the preconditioned sharpness
 * is above its limit. For plain gradient descent the preconditioner is the identity and the line is the limit itself.
 */
import type { CurvatureEvent } from '../../engine/run/record';
import { column } from '../../shared/frame';
import { Card, entry, legend } from '../card';
import { LineChart } from '../charts/lineChart';
import { eventSeries } from '../charts/series';
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';

/** A limit further above the curves than this many times their height would flatten them: it is told, not drawn. */
const OUT_OF_SIGHT = 1.5;

const LIMIT_MEANS =
  'The sharpness above which the rule is unstable on a quadratic, scaled to the axis of λ max: where λ max is above the line, the preconditioned sharpness is above its limit.';

/** The limit in the unit of λ max. */
function scaledLimit({ lambdaMax, preconditionedSharpness, stabilityLimit }: CurvatureEvent): number {
  if (stabilityLimit === null || !(preconditionedSharpness > 0 && lambdaMax > 0)) return NaN;
  return (lambdaMax * stabilityLimit) / preconditionedSharpness;
}

/** `38 / lr`: the limit as a multiple of the inverse learning rate, as papers write it, where that is a round number. */
function limitInWords(run: Run, event: CurvatureEvent): string {
  const { history } = run;
  let rate = history && history.rows > 0 ? history.at(0, column.lr) : Number(run.start?.spec.optimizer.lr);
  for (let row = 0; row < (history?.rows ?? 0) && history!.at(row, column.step) <= event.step; row++) rate = history!.at(row, column.lr);
  const factor = event.stabilityLimit! * rate;
  return Math.abs(factor - Number(factor.toPrecision(3))) < 1e-9 * factor ? `${Number(factor.toPrecision(3))}/lr` : 'the limit';
}

export class CurvatureCard {
  private readonly chart = new LineChart();
  private readonly lambdaMax = new Quantity('lambdaMax', number);
  private readonly residualMax = new Quantity('residualMax', (value) => number(value, 1));
  private readonly lambdaMin = new Quantity('lambdaMin', number);
  private readonly residualMin = new Quantity('residualMin', (value) => number(value, 1));
  private readonly limit = element('span');
  private readonly limitEntry = entry('red', 'dashed', '', this.limit);
  private readonly nothing = element('p', { class: 'quiet' }, 'No measurement yet.');
  private readonly drawing = element(
    'div',
    { class: 'drawing' },
    this.chart.element,
    legend(
      entry('purple', 'line', 'λ max', this.lambdaMax, ' ± ', this.residualMax),
      entry('green', 'line', 'λ min', this.lambdaMin, ' ± ', this.residualMin),
      this.limitEntry,
    ),
  );
  private readonly card = new Card('curvature', 'Curvature', '', this.nothing, this.drawing);
  private drawn = '';

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.chart.recolour();
  }

  draw(run: Run): void {
    const { curvatures } = run;
    const last = curvatures.at(-1);
    const stamp = `${run.id} ${curvatures.length} ${last?.step} ${run.horizon}`;
    if (stamp === this.drawn && this.chart.fresh) return;
    this.drawn = stamp;
    show(this.drawing, last !== undefined);
    show(this.nothing, last === undefined);
    const every = run.start?.spec.measure.curvatureEvery;
    setText(
      this.nothing,
      every === 0
        ? 'Off in this run: measure.curvatureEvery is 0.'
        : `Measured every ${integer(every ?? 100)} steps; the first is still to come.`,
    );
    this.card.note(
      last ? `ends of the Hessian’s spectrum, probe of ${integer(last.probeSamples)} samples` : 'ends of the Hessian’s spectrum',
    );
    if (!last) return;
    this.lambdaMax.set(last.lambdaMax, last.step);
    this.residualMax.set(last.residualMax, last.step);
    this.lambdaMin.set(last.lambdaMin, last.step);
    this.residualMin.set(last.residualMin, last.step);
    const top = Math.max(...curvatures.map(({ lambdaMax }) => lambdaMax).filter(Number.isFinite));
    const bottom = Math.min(0, ...curvatures.map(({ lambdaMin }) => lambdaMin).filter(Number.isFinite));
    const limits = curvatures.map(scaledLimit);
    const highest = top + OUT_OF_SIGHT * (top - bottom);
    const inSight = limits[limits.length - 1] <= highest;
    const known = last.stabilityLimit !== null && Number.isFinite(limits[limits.length - 1]);
    show(this.limitEntry, known);
    let words = '';
    if (known) {
      this.limitEntry.title = LIMIT_MEANS;
      const scaled = Math.abs(last.preconditionedSharpness - last.lambdaMax) > 1e-3 * last.lambdaMax;
      words = `${limitInWords(run, last)}${scaled ? ', preconditioned' : ''}`;
      setText(this.limit, inSight ? 'stable below' : `stable below ${words}: ${number(limits[limits.length - 1])}, above the picture`);
    }
    const visible = (event: CurvatureEvent): number => {
      const limit = scaledLimit(event);
      return limit <= highest ? limit : NaN;
    };
    this.chart.draw({
      lines: [
        ...(known && inSight
          ? [
              {
                label: 'stability limit',
                colour: 'red' as const,
                width: 1,
                dashed: true,
                annotation: words,
                series: eventSeries(curvatures, visible),
              },
            ]
          : []),
        { label: 'λ max', colour: 'purple', series: eventSeries(curvatures, ({ lambdaMax }) => lambdaMax) },
        { label: 'λ min', colour: 'green', series: eventSeries(curvatures, ({ lambdaMin }) => lambdaMin) },
      ],
      from: 0,
      to: run.horizon,
      scale: 'linear',
      summary: `Curvature over steps. At step ${last.step}: λ max ${this.lambdaMax.text} ± ${this.residualMax.text}, λ min ${this.lambdaMin.text} ± ${this.residualMin.text}${known ? `, stable below ${words}` : ''}.`,
    });
  }
}
