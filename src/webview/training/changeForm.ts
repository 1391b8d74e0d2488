/**
 * The hyperparameters of the run as a small form: what is changed here holds from the step that is looked at on. Each field says what it means
 * and which values it may have; a value that will not do is told at its field, before anything happens.
 */
import type { Settings } from '../../engine/language';
import type { RunSetting } from '../../shared/protocol';
import { valueInWords } from '../charts/changes';
import { dropdown, textButton, textField, type Field } from '../controls';
import { element, setText, show } from '../dom';
import { integer } from '../format';
import { domainOf, type Domain } from './domain';

interface Entry {
  readonly setting: RunSetting;
  readonly domain: Domain;
  readonly field: Field<string>;
}

export class ChangeForm {
  readonly element = element('form', { class: 'changeForm', 'aria-label': 'Change hyperparameters', hidden: true });
  private readonly headline = element('p', { class: 'headline' });
  private readonly fields = element('div', { class: 'fields' });
  private readonly problem = element('p', { class: 'problem', role: 'alert', hidden: true });
  private readonly go = textButton('Continue', () => this.submit());
  private entries: readonly Entry[] = [];

  /**
   * @param apply goes there with what was changed, and on; rejects with what is wrong. @param closed told when the form has gone
   * @param failed told what went wrong after that
   */
  constructor(
    private readonly apply: (changed: Settings) => Promise<void>,
    private readonly closed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {
    const cancel = textButton('Cancel', async () => this.close(), 'secondary');
    this.element.append(this.headline, this.fields, this.problem, element('div', { class: 'actions' }, this.go.element, cancel.element));
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.close();
      if (event.key !== 'Enter' || !(event.target as HTMLElement).matches('vscode-text-field')) return;
      event.preventDefault();
      void this.submit();
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  /** Shows the hyperparameters. */
  offer(settings: readonly RunSetting[]): void {
    this.entries = settings.map((setting) => {
      const { label, value, meaning, domain: text } = setting;
      const domain = domainOf(text, value);
      const options = { tooltip: `${meaning}, ${domain.text}` } as const;
      const field = domain.choices
        ? dropdown(
            label,
            domain.choices.map((choice) => ({ value: choice, label: choice })),
            String(value),
            () => this.check(),
            options,
          )
        : textField(label, String(value), () => this.check(), { ...options, typing: () => this.check() });
      return { setting, domain, field };
    });
    this.fields.replaceChildren(
      ...this.entries.map(({ setting, domain, field }) =>
        element(
          'div',
          { class: 'setting', 'data-setting': setting.name },
          field.element,
          element(
            'small',
            {},
            setting.meaning,
            ...(domain.choices ? [] : [' · ', element('span', { class: 'domain number' }, domain.text)]),
          ),
        ),
      ),
    );
    show(this.problem, settings.length === 0);
    setText(this.problem, 'Nothing can be changed here: a rule of this run is not known to this version of Optimizer Debugger.');
    show(this.element, true);
    this.check();
    this.entries[0]?.field.focus();
  }

  /** @param step after which the change will hold */
  draw(step: number): void {
    setText(this.headline, `From step ${integer(step)} on, with its state kept:`);
  }

  close(): void {
    if (!this.open) return;
    show(this.element, false);
    this.closed();
  }

  /** Tells every fault at its field. @returns what was changed; null where something will not do */
  private check(): Settings | null {
    const changed: Record<string, Settings[string]> = {};
    let right = true;
    for (const { setting, domain, field } of this.entries) {
      const read = domain.read(field.value);
      field.complain('problem' in read ? read.problem : null);
      if ('problem' in read) right = false;
      else if (!Object.is(read.value, setting.value)) changed[setting.name] = read.value;
    }
    const words = this.entries.flatMap(({ setting: { name, label } }) =>
      name in changed ? [`${label} ${valueInWords(changed[name])}`] : [],
    );
    this.go.say(words.length > 0 ? `Continue with ${words.join(', ')}` : 'Continue unchanged');
    this.go.enable(right);
    return right ? changed : null;
  }

  private async submit(): Promise<void> {
    const changed = this.check();
    if (!changed) return this.entries.find(({ field, domain }) => 'problem' in domain.read(field.value))?.field.focus();
    show(this.problem, false);
    this.go.enable(false);
    try {
      await this.apply(changed);
      this.close();
    } catch (error) {
      if (this.open) this.complain(error instanceof Error ? error.message : String(error));
      else this.failed(error);
    } finally {
      this.go.enable(true);
    }
  }

  /** Tells a fault that the engine found at the field that it names, or below all where it names none. */
  private complain(message: string): void {
    const named = this.entries.find(
      ({ setting: { name } }) =>
        message
          .split(/[^\w.]+/, 1)[0]
          .split('.')
          .slice(-name.split('.').length)
          .join('.') === name,
    );
    if (named) {
      named.field.complain(message);
      named.field.focus();
      return;
    }
    setText(this.problem, message);
    show(this.problem, true);
  }
}
