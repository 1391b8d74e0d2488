/**
 * The two ends of the Hessian's spectrum over steps, each within its residual, and the stability limit where the rule states one. The
 * limit holds for the preconditioned sharpness (what the rule feels); here it is drawn in the unit of λ max (`limit.ts`). For plain
 * gradient descent both are the same.
 */
import type { CurvatureEvent } from '../../engine/run/record';
import { entry, legend } from '../card';
import type { DrawnLine } from '../charts/lineChart';
import { eventSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { element, setText, show } from '../dom';
import { deviation, integer, number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { highestLimit } from './highestLimit';
import { isScaled, LIMIT_MEANS, limitInWords, scaledLimit } from './limit';
import { whyNothing } from './whyNothing';

const SCALED = `${LIMIT_MEANS} Here it is scaled to the axis of λ max: where λ max is above the line, the preconditioned sharpness is above its limit.`;

/** An end with what it may be off by: the band is as wide as its residual on either side. */
const withBand = (
  { curvatures }: Run,
  label: string,
  colour: DrawnLine['colour'],
  names: readonly [end: 'lambdaMax' | 'lambdaMin', residual: 'residualMax' | 'residualMin'],
): DrawnLine[] => {
  const [end, residual] = names;
  const edge = (sign: number) => eventSeries(curvatures, (event) => event[end] + sign * event[residual]);
  return [
    { label: `${label} + residual`, entry: label, colour, width: 0, silent: true, fill: { to: 1, opacity: 0.3 }, series: edge(1) },
    { label: `${label} − residual`, entry: label, colour, width: 0, silent: true, series: edge(-1) },
    { label, colour, quantity: end, series: eventSeries(curvatures, (event) => event[end]) },
  ];
};

export class EndsCard extends CardOverSteps {
  private readonly lambdaMax = new Quantity('lambdaMax', number);
  private readonly residualMax = new Quantity('residualMax', number);
  private readonly lambdaMin = new Quantity('lambdaMin', number);
  private readonly residualMin = new Quantity('residualMin', number);
  private readonly limit = element('span');
  private readonly limitEntry = entry('red', 'dashed', 'stability limit', this.limit);
  private readonly nothing = element('p', { class: 'quiet' });
  private readonly legend: HTMLElement;
  protected readonly card: StepCard;

  constructor(context: PanelContext) {
    super();
    this.limitEntry.title = SCALED;
    this.limitEntry.classList.add('wraps');
    this.legend = legend(
      entry('purple', 'line', 'λ max', this.lambdaMax, ' ± ', this.residualMax),
      entry('green', 'line', 'λ min', this.lambdaMin, ' ± ', this.residualMin),
      this.limitEntry,
    );
    this.card = new StepCard(context, {
      name: 'curvature',
      title: 'Curvature',
      unit: 'ends of the Hessian’s spectrum',
      scale: 'linear',
      before: [this.nothing],
      legend: this.legend,
    });
  }

  draw(shown: Shown): void {
    const { run } = shown;
    const last = run.curvature;
    show(this.nothing, last === undefined);
    setText(this.nothing, whyNothing(run));
    const probe = last && run.start && !('function' in run.start.spec.problem) ? `, probe of ${integer(last.probeSamples)} samples` : '';
    this.card.note(`ends of the Hessian’s spectrum${probe}`);
    if (last) {
      this.lambdaMax.set(last.lambdaMax, last.step);
      this.residualMax.set(last.residualMax, last.step, deviation(last.residualMax, last.lambdaMax));
      this.lambdaMin.set(last.lambdaMin, last.step);
      this.residualMin.set(last.residualMin, last.step, deviation(last.residualMin, last.lambdaMin));
    } else for (const quantity of [this.lambdaMax, this.residualMax, this.lambdaMin, this.residualMin]) quantity.clear();
    const words = last ? this.sayLimit(run, last) : '';
    show(this.limitEntry, words !== '');
    this.card.draw(shown, {
      lines: (each) => {
        const highest = highestLimit(each.curvatures);
        const visible = (event: CurvatureEvent): number => {
          const limit = scaledLimit(event);
          return limit <= highest ? limit : NaN;
        };
        const line: DrawnLine = {
          label: 'stability limit',
          colour: 'red',
          width: 1,
          dashed: true,
          annotation: words,
          series: eventSeries(each.curvatures, visible),
        };
        return [
          ...(words === '' ? [] : [line]),
          ...withBand(each, 'λ max', 'purple', ['lambdaMax', 'residualMax']),
          ...withBand(each, 'λ min', 'green', ['lambdaMin', 'residualMin']),
        ];
      },
      summary: () =>
        last
          ? `Curvature over steps. At step ${last.step}: λ max ${this.lambdaMax.text} ± ${this.residualMax.text}, λ min ${this.lambdaMin.text} ± ${this.residualMin.text}${words ? `, stable below ${words}` : ''}.`
          : `Curvature over steps. ${whyNothing(run)}`,
    });
  }

  /** Puts the limit into the legend. @returns how papers write it; empty where it is unknown */
  private sayLimit(run: Run, last: CurvatureEvent): string {
    const limit = scaledLimit(last);
    if (!Number.isFinite(limit)) return '';
    const formula = limitInWords(run, last);
    const scaled = isScaled(last) ? ', preconditioned' : '';
    const words = `${formula}${scaled}`;
    const told = formula === 'the limit' ? `${number(limit)}${scaled}` : words;
    const above = limit > highestLimit(run.curvatures);
    setText(this.limit, above ? `${told === words ? `${words}: ${number(limit)}` : told}, above the picture` : told);
    return words;
  }
}
