/** The sum of all eigenvalues over steps, within the standard error of its estimate. */
import { entry, legend } from '../card';
import { eventSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { element, setText, show } from '../dom';
import { deviation, number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';

export class TraceCard extends CardOverSteps {
  private readonly trace = new Quantity('trace', number);
  private readonly error = new Quantity('traceError', number);
  private readonly errorText = element('span', {}, ' ± ', this.error.element);
  private readonly kind = element('span');
  protected readonly card: StepCard;

  constructor(context: PanelContext) {
    super();
    this.card = new StepCard(context, {
      name: 'trace',
      title: 'Trace',
      unit: 'sum of all eigenvalues ± standard error',
      scale: 'linear',
      legend: legend(entry('blue', 'line', 'trace', this.trace, this.errorText, this.kind)),
    });
  }

  draw(shown: Shown): void {
    const last = shown.run.curvature;
    const exact = last?.traceError === 0;
    if (last) {
      this.trace.set(last.trace, last.step);
      this.error.set(last.traceError, last.step, deviation(last.traceError, last.trace));
    } else this.trace.clear();
    show(this.errorText, last !== undefined && !exact);
    setText(this.kind, exact ? ', exact' : '');
    this.card.draw(shown, {
      lines: ({ curvatures }) => {
        const edge = (sign: number) => eventSeries(curvatures, ({ trace, traceError }) => trace + sign * traceError);
        return [
          {
            label: 'trace + error',
            entry: 'trace',
            colour: 'blue',
            width: 0,
            silent: true,
            fill: { to: 1, opacity: 0.25 },
            series: edge(1),
          },
          { label: 'trace − error', entry: 'trace', colour: 'blue', width: 0, silent: true, series: edge(-1) },
          { label: 'trace', colour: 'blue', quantity: 'trace', series: eventSeries(curvatures, ({ trace }) => trace) },
        ];
      },
      summary: () =>
        `Trace of the Hessian over steps.${last ? ` At step ${last.step}: ${this.trace.text}${exact ? ', exact' : ` ± ${this.error.text}`}.` : ''}`,
    });
  }
}
