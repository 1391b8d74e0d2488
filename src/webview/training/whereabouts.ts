/** "Where are we?": the verdict of the last curvature measurement in a word, then its reason, then the numbers that it rests on. */
import type { CurvatureEvent } from '../../engine/run/record';
import { Card } from '../card';
import { element, setText, show } from '../dom';
import { integer, number, percent } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';

type Field =
  | 'lambdaMax'
  | 'residualMax'
  | 'lambdaMin'
  | 'residualMin'
  | 'trace'
  | 'traceError'
  | 'negativeFraction'
  | 'preconditionedSharpness'
  | 'gradientNorm';

const STILL_TO_COME = 'The first curvature measurement will tell: a minimum, a saddle, a plateau or a slope.';
const OFF = 'Only a curvature measurement could tell, and they are off in this run.';

const oneDigit = (value: number): string => number(value, 1);

export class WhereaboutsCard {
  private readonly verdict = element('strong');
  private readonly reason = element('span', { class: 'reason' });
  private readonly headline = element('p', { class: 'verdict', 'aria-live': 'polite' }, this.verdict, this.reason);
  private readonly quantities: Readonly<Record<Field, Quantity>> = {
    lambdaMax: new Quantity('lambdaMax', number),
    residualMax: new Quantity('residualMax', oneDigit),
    lambdaMin: new Quantity('lambdaMin', number),
    residualMin: new Quantity('residualMin', oneDigit),
    trace: new Quantity('trace', number),
    traceError: new Quantity('traceError', oneDigit),
    negativeFraction: new Quantity('negativeFraction', percent),
    preconditionedSharpness: new Quantity('preconditionedSharpness', number),
    gradientNorm: new Quantity('probeGradientNorm', number),
  };
  private readonly limit = new Quantity('stabilityLimit', number);
  private readonly products = new Quantity('products', integer);
  private readonly traceResidual = element('span', {}, ' ± ', this.quantities.traceError.element);
  private readonly against = element('span', {}, ', stable below ', this.limit.element);
  private readonly nothing = element('p', { class: 'quiet' });
  private readonly facts: HTMLElement;
  private readonly card: Card;
  private drawn: CurvatureEvent | undefined;

  constructor() {
    const { lambdaMax, residualMax, lambdaMin, residualMin, trace, negativeFraction, preconditionedSharpness, gradientNorm } =
      this.quantities;
    const fact = (name: string, meaning: string, ...value: (Node | string)[]): HTMLElement =>
      element('div', { title: meaning }, element('dt', {}, name), element('dd', { class: 'number' }, ...value));
    this.facts = element(
      'dl',
      { class: 'facts' },
      fact('λ max', 'largest eigenvalue of the Hessian ± residual bound', lambdaMax.element, ' ± ', residualMax.element),
      fact('λ min', 'smallest eigenvalue of the Hessian ± residual bound', lambdaMin.element, ' ± ', residualMin.element),
      fact('trace', 'sum of all eigenvalues ± standard error of its estimate', trace.element, this.traceResidual),
      fact('negative eigenvalues', 'estimated share of negative eigenvalues', negativeFraction.element),
      fact('‖g‖', 'norm of the gradient over the probe samples', gradientNorm.element),
      fact('products', 'Hessian-vector products that this measurement took', this.products.element),
      fact(
        'preconditioned sharpness',
        'largest eigenvalue of D^½·H·D^½ with D = effective rate / lr by weight, against the rule’s stability limit',
        preconditionedSharpness.element,
        this.against,
      ),
    );
    this.card = new Card('whereabouts', 'Where are we?', '', this.nothing, this.headline, this.facts);
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  draw(run: Run): void {
    const last = run.curvatures.at(-1);
    show(this.nothing, last === undefined);
    setText(this.nothing, run.start?.spec.measure.curvatureEvery === 0 ? OFF : STILL_TO_COME);
    show(this.headline, last !== undefined);
    show(this.facts, last !== undefined);
    this.card.note(last ? `after step ${integer(last.step)}` : '');
    if (!last || last === this.drawn) return;
    this.drawn = last;
    setText(this.verdict, last.verdict[0].toUpperCase() + last.verdict.slice(1));
    Object.assign(this.verdict.dataset, { step: String(last.step), verdict: last.verdict });
    setText(this.reason, last.reason);
    for (const field of Object.keys(this.quantities) as Field[]) this.quantities[field].set(last[field], last.step);
    this.products.set(last.products, last.step);
    show(this.traceResidual, last.traceError > 0);
    show(this.against, last.stabilityLimit !== null);
    if (last.stabilityLimit !== null) this.limit.set(last.stabilityLimit, last.step);
  }
}
