/** The hyperparameters of one optimizer, to be changed in place: each a field of its kind, checked as a specification is, with what is wrong told at the field. */
import type { Hyperparameter, HyperparameterValue, Rule } from '../../engine/language/rule';
import { settingLabel } from '../../engine/language/settingLabel';
import type { RuleSpecification } from '../../engine/run/specification';
import { checkbox, dropdown, numberField, textButton, type Field } from '../controls';
import { element } from '../dom';

/** Hyperparameters that are shown at first; the others are there when asked for. */
const FIRST = 3;

/** A rate up or down by the next of 1, 2 and 5 times a power of ten; other numbers by a tenth of their size. */
function nudged(value: number, direction: 1 | -1): number {
  if (!(value > 0)) return value;
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const all = [0.5, 1, 2, 5, 10].map((step) => step * power);
  const next = direction > 0 ? all.find((each) => each > value * 1.0001) : all.filter((each) => each < value * 0.9999).at(-1);
  return Number((next ?? value).toPrecision(6));
}

/** A hyperparameter with its field. */
interface Shown {
  readonly hyperparameter: Hyperparameter;
  readonly field: Pick<Field<never>, 'element' | 'complain'>;
  show(value: HyperparameterValue): void;
}

export class Settings {
  readonly element: HTMLElement;
  private readonly fields = new Map<string, Shown>();
  /** What was wrong when it was drawn last. */
  private problem: string | null = null;
  private optimizer: RuleSpecification;

  /** @param changed told the whole optimizer with a changed hyperparameter, once that is allowed */
  constructor(
    rule: Rule,
    optimizer: RuleSpecification,
    private readonly changed: (optimizer: RuleSpecification) => void,
  ) {
    this.optimizer = optimizer;
    const all = rule.hyperparameters;
    const given = new Set(Object.keys(optimizer));
    const first = all.filter(({ name, aliases }, i) => i < FIRST || [name, ...aliases].some((each) => given.has(each)));
    const rest = all.filter((each) => !first.includes(each));
    const grid = element('div', { class: 'fields' }, ...first.map((each) => this.fieldOf(each)));
    this.element = element('div', { class: 'settings' }, grid);
    if (rest.length === 0) return;
    const more = textButton(
      `${rest.length} more`,
      () => {
        grid.append(...rest.map((each) => this.fieldOf(each)));
        more.element.remove();
        return Promise.resolve();
      },
      'secondary',
    );
    more.element.classList.add('more');
    this.element.append(more.element);
  }

  /** Shows the optimizer as it is now, and at its field what is wrong with it. @returns what is wrong with no field in particular */
  draw(optimizer: RuleSpecification, problem: string | null): string | null {
    if (optimizer !== this.optimizer) {
      this.optimizer = optimizer;
      for (const { hyperparameter, show } of this.fields.values()) show(this.valueOf(hyperparameter));
      this.problem = null;
    }
    const [, name = '', text = ''] = /^optimizer\.(\w+): (.*)$/s.exec(problem ?? '') ?? [];
    // what a field says of a value that was not even taken stays until another is entered
    if (problem !== this.problem) for (const [key, { field }] of this.fields) field.complain(key === name ? text : null);
    this.problem = problem;
    return problem !== null && !this.fields.has(name) ? problem : null;
  }

  private valueOf({ name, aliases, default: value }: Hyperparameter): HyperparameterValue {
    const key = [name, ...aliases].find((each) => Object.hasOwn(this.optimizer, each));
    return key === undefined ? value : this.optimizer[key];
  }

  private fieldOf(hyperparameter: Hyperparameter): HTMLElement {
    const { name, symbol, doc, domain, default: standard, aliases } = hyperparameter;
    const value = this.valueOf(hyperparameter);
    const enter = (entered: HyperparameterValue): void => {
      const expected = hyperparameter.check(entered);
      this.fields.get(name)?.field.complain(expected === null ? null : endless(`${String(entered)} will not do; ${expected} is expected.`));
      if (expected !== null) return;
      const others = Object.entries(this.optimizer).filter(([key]) => key !== name && !aliases.includes(key));
      this.optimizer = { ...Object.fromEntries(others), [name]: entered } as RuleSpecification;
      this.changed(this.optimizer);
    };
    const label = settingLabel(name, symbol);
    const options = { label: 'beside', tooltip: endless(`${doc}\n${domain}; ${String(standard)} by default`) } as const;
    const shown = ((): Shown => {
      if (typeof value === 'boolean') {
        const field = checkbox(label, value, enter, options);
        return { hyperparameter, field, show: (wanted) => field.set(wanted === true) };
      }
      if (typeof value === 'string') {
        const field = dropdown(label, wordsOf(domain), value, enter, options);
        return { hyperparameter, field, show: (wanted) => field.set(String(wanted)) };
      }
      const field = numberField(label, value, enter, { ...options, nudge: nudged });
      return { hyperparameter, field, show: (wanted) => field.set(Number(wanted)) };
    })();
    this.fields.set(name, shown);
    shown.field.element.dataset.setting = name;
    return shown.field.element;
  }
}

/** Infinity as one writes it. */
const endless = (text: string): string => text.replace(/\binf\b/g, '∞');

/** The choices of a domain such as `{"both", "first", "none"}`. */
const wordsOf = (domain: string): { value: string; label: string }[] =>
  [...domain.matchAll(/"([^"]*)"/g)].map(([, word]) => ({ value: word, label: word }));
