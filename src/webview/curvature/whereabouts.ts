/** "Where are we?": the verdict of the curvature measurement looked at in a word, then its reason, then the numbers that it rests on. */
import type { CurvatureEvent } from '../../engine/run/record';
import { Card } from '../card';
import { element, setText, show } from '../dom';
import { deviation, integer, number, percent } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { whyNothing } from './whyNothing';

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

/** What the measured ends and the trace may be off by. */
const DEVIATIONS = [
  ['residualMax', 'lambdaMax'],
  ['residualMin', 'lambdaMin'],
  ['traceError', 'trace'],
] as const satisfies readonly (readonly [Field, Field])[];
/** No weight has a rate before the first step. */
const known = (value: number): string => (Number.isNaN(value) ? 'unknown' : number(value));

/** A verdict in a word, and its reason. */
class Headline {
  private readonly verdict = element('strong');
  private readonly reason = element('span', { class: 'reason' });
  private readonly whose = element('small', { class: 'dim' });
  readonly element: HTMLElement;

  constructor(live: boolean) {
    this.element = element('p', { class: 'verdict', ...(live && { 'aria-live': 'polite' }) }, this.whose, this.verdict, this.reason);
  }

  /** @param of its run is named, where there are two @param pinned it is the pinned one */
  draw({ verdict, reason, step }: CurvatureEvent, of: Run | null, pinned = false): void {
    setText(this.verdict, verdict[0].toUpperCase() + verdict.slice(1));
    Object.assign(this.verdict.dataset, { step: String(step), verdict });
    setText(this.reason, reason);
    show(this.whose, of !== null);
    setText(this.whose, of ? `${of.name}, after step ${integer(step)}` : '');
    if (pinned && of) this.element.dataset.run = of.id;
  }
}

export class WhereaboutsCard {
  private readonly headline = new Headline(true);
  private readonly pinned = new Headline(false);
  private readonly quantities: Readonly<Record<Field, Quantity>> = {
    lambdaMax: new Quantity('lambdaMax', number),
    residualMax: new Quantity('residualMax', number),
    lambdaMin: new Quantity('lambdaMin', number),
    residualMin: new Quantity('residualMin', number),
    trace: new Quantity('trace', number),
    traceError: new Quantity('traceError', number),
    negativeFraction: new Quantity('negativeFraction', percent),
    preconditionedSharpness: new Quantity('preconditionedSharpness', known),
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

  /** @param more what stands below the verdict @param link opens the Curvature panel, where this is another */
  constructor(context: PanelContext, { more = [], link = true }: { readonly more?: readonly HTMLElement[]; readonly link?: boolean } = {}) {
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
        'largest eigenvalue of √D·H·√D with D = effective rate / lr by weight, against the rule’s stability limit',
        preconditionedSharpness.element,
        this.against,
      ),
    );
    const all = element('button', { class: 'link', type: 'button' }, 'All measurements');
    all.addEventListener('click', () => void context.attempt(() => context.host.openPanel('curvature')));
    this.card = new Card(
      'whereabouts',
      'Where are we?',
      '',
      this.nothing,
      this.headline.element,
      this.pinned.element,
      ...more,
      this.facts,
      ...(link ? [all] : []),
    );
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  draw({ run, pinned }: Shown): void {
    const last = run.curvature;
    show(this.nothing, last === undefined);
    setText(this.nothing, whyNothing(run));
    show(this.headline.element, last !== undefined);
    show(this.facts, last !== undefined);
    this.card.note(last ? `after step ${integer(last.step)}` : '');
    const other = pinned?.curvature;
    show(this.pinned.element, other !== undefined);
    if (pinned && other) this.pinned.draw(other, pinned, true);
    if (last) this.headline.draw(last, other ? run : null);
    if (!last || last === this.drawn) return;
    this.drawn = last;
    for (const field of Object.keys(this.quantities) as Field[]) this.quantities[field].set(last[field], last.step);
    for (const [error, of] of DEVIATIONS) this.quantities[error].set(last[error], last.step, deviation(last[error], last[of]));
    this.products.set(last.products, last.step);
    show(this.traceResidual, last.traceError > 0);
    show(this.against, last.stabilityLimit !== null);
    if (last.stabilityLimit !== null) this.limit.set(last.stabilityLimit, last.step);
  }
}
