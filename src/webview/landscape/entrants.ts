/**
 * Who runs: the optimizers with how they are drawn, where they stand, the rates that they give each axis, and their hyperparameters to be changed
 * in place; and the menu that adds another. The chosen one's hyperparameters are open.
 */
import { findRule, rules } from '../../engine/optimizers';
import type { Rule } from '../../engine/language';
import type { RuleSpecification } from '../../engine/run/specification';
import { Participant } from '../../shared/landscape/participant';
import { MOST_ENTRIES } from '../../shared/landscape/scene';
import { dropdown, iconButton, type Dropdown } from '../controls';
import { element, setText, show } from '../dom';
import { number } from '../format';
import { Quantity } from '../quantity';
import type { Landscape } from './landscape';
import { lookOf } from './palette';
import { Sample } from './sample';
import { Settings } from './settings';
import { nameOf, stateOf } from './standing';

/** A rule asks for what a function has: moments of a network's layers are not among it. */
const runsOnFunctions = ({ needs }: Rule): boolean => !needs.has('moments');

export class Entrants {
  readonly element: HTMLElement;
  private readonly list = element('ul', { class: 'entrants' });
  private readonly adding: Dropdown;
  private rows: Entrant[] = [];
  private readonly nobody = element('p', { class: 'quiet' }, 'No optimizer runs. Add one below.');

  private readonly full = element(
    'p',
    { class: 'quiet', role: 'status', hidden: true },
    `${MOST_ENTRIES} optimizers run, as many as colours, dashes and shapes can tell apart. Remove one to add another.`,
  );

  constructor(private readonly landscape: Landscape) {
    const choices = rules()
      .filter(runsOnFunctions)
      .map(({ name, title }) => ({ value: name, label: title }))
      .sort((a, b) => (a.label.toLowerCase() < b.label.toLowerCase() ? -1 : 1));
    const offer = [{ value: '', label: 'Add an optimizer…' }, ...choices];
    this.adding = dropdown(
      'Add an optimizer',
      offer,
      '',
      (name) => {
        if (name !== '') landscape.add({ name });
        this.adding.offer(offer, '');
      },
      { label: 'hidden' },
    );
    this.element = element('section', { class: 'who', 'aria-label': 'Optimizers' }, this.list, this.nobody, this.full, this.adding.element);
  }

  draw(): void {
    const { entries } = this.landscape.scene;
    const same = (row: Entrant | undefined, index: number): boolean => row?.rule === entries[index].optimizer.name;
    if (this.rows.length !== entries.length || !entries.every((_, index) => same(this.rows[index], index))) {
      this.rows = entries.map((_, index) => new Entrant(this.landscape, index));
      this.list.replaceChildren(...this.rows.map((row) => row.element));
    }
    show(this.nobody, entries.length === 0);
    show(this.full, this.landscape.full);
    show(this.adding.element, !this.landscape.full);
    for (const row of this.rows) row.draw();
  }

  recolour(): void {
    for (const row of this.rows) row.recolour();
  }
}

class Entrant {
  readonly element: HTMLElement;
  /** The name of its rule. */
  readonly rule: RuleSpecification['name'];
  private readonly sample = new Sample();
  private readonly title = element('span', { class: 'title' });
  private readonly state = element('span', { class: 'state', role: 'status' });
  private readonly rates = element('span', { class: 'rates' });
  private readonly problem = element('p', { class: 'fieldProblem', role: 'alert', hidden: true });
  private readonly choose;
  private readonly details = element('div', { class: 'details', hidden: true });
  private settings: Settings | null = null;
  private rateQuantities: readonly Quantity[] = [];
  private drawnVariables = '';

  constructor(
    private readonly landscape: Landscape,
    private readonly index: number,
  ) {
    this.rule = landscape.scene.entries[index].optimizer.name;
    this.choose = element(
      'button',
      { class: 'choose', type: 'button', 'aria-expanded': 'false' },
      this.sample.element,
      this.title,
      this.state,
    );
    this.choose.addEventListener('click', () => landscape.choose(index));
    const remove = iconButton('close', 'Remove', () => Promise.resolve(landscape.remove(index)));
    remove.element.classList.add('remove');
    this.element = element(
      'li',
      { class: 'entrant' },
      element('div', { class: 'line' }, this.choose, remove.element),
      this.rates,
      this.problem,
      this.details,
    );
    remove.say(`Remove ${findRule(String(this.rule))?.title ?? String(this.rule)}`);
    this.recolour();
  }

  draw(): void {
    const { landscape, index } = this;
    const lane = landscape.lanes[index];
    const { entries, window } = landscape.scene;
    const entry = entries[index];
    const chosen = landscape.chosen === index;
    this.element.classList.toggle('chosen', chosen);
    this.choose.setAttribute('aria-expanded', String(chosen));
    const participant = lane instanceof Participant ? lane : null;
    setText(this.title, participant ? nameOf(participant) : (findRule(String(this.rule))?.title ?? String(this.rule)));
    const state = participant && landscape.race ? stateOf(landscape.race, participant, window) : null;
    setText(this.state, state?.text ?? '');
    this.state.title = state?.detail ?? '';
    this.state.dataset.kind = state?.kind ?? '';
    this.drawRates(participant);
    if (chosen) this.settings ??= this.open(entry.optimizer);
    show(this.details, chosen);
    const refusal = lane && 'error' in lane ? lane.error.message : null;
    const left = this.settings ? this.settings.draw(entry.optimizer, refusal) : refusal;
    show(this.problem, left !== null);
    setText(this.problem, left ?? '');
  }

  recolour(): void {
    this.sample.draw(this.index);
    this.element.style.setProperty('--look', lookOf(this.index).colour);
  }

  /** The rate of each axis as a number and a bar, against the longest of them. */
  private drawRates(participant: Participant | null): void {
    const { race, variables } = this.landscape;
    const place = participant && race ? participant.at(race.step) : null;
    // one axis alone has nothing to be compared with
    show(this.rates, place !== null && variables.length > 1);
    if (!place || variables.length === 1) return;
    if (this.drawnVariables !== variables.join()) {
      this.drawnVariables = variables.join();
      this.rateQuantities = variables.map((name) => new Quantity(`rate.${name}`, (value) => number(value)));
      this.rates.replaceChildren(
        ...variables.map((name, i) =>
          element(
            'span',
            { class: 'rate' },
            element('span', { class: 'dim' }, `rate ${name}`),
            element('i', { class: 'bar' }),
            this.rateQuantities[i].element,
          ),
        ),
      );
    }
    const longest = Math.max(...(place.rates ?? []).map(Math.abs));
    this.rateQuantities.forEach((quantity, i) => {
      const rate = place.rates?.[i];
      if (rate === undefined) quantity.clear();
      else quantity.set(rate, place.step);
      const bar = this.rates.children[i].querySelector<HTMLElement>('.bar')!;
      bar.style.setProperty('--share', String(rate !== undefined && longest > 0 && longest < Infinity ? Math.abs(rate) / longest : 0));
    });
  }

  private open(optimizer: RuleSpecification): Settings | null {
    const rule = findRule(String(this.rule));
    if (!rule) return null;
    const settings = new Settings(rule, optimizer, (changed) => this.landscape.setOptimizer(this.index, changed));
    this.details.append(settings.element, element('p', { class: 'dim summary' }, rule.summary));
    return settings;
  }
}
