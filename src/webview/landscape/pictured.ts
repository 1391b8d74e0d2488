/** Which optimizer is which, below a copied picture: on the screen the list of them says it. */
import { element, setText } from '../dom';
import { integer } from '../format';
import type { Landscape } from './landscape';
import { Sample } from './sample';
import { nameOf } from './standing';

class Entry {
  private readonly sample = new Sample();
  private readonly name = element('span');
  readonly element = element('span', { class: 'entry' }, this.sample.element, ' ', this.name);

  draw(index: number, name: string): void {
    this.sample.draw(index);
    setText(this.name, name);
  }
}

export class Pictured {
  readonly element = element('div', { class: 'legend pictured', 'aria-hidden': 'true' });
  private entries: Entry[] = [];

  constructor(private readonly landscape: Landscape) {}

  draw(): void {
    const runs = this.landscape.lanes.flatMap((lane, index) => ('track' in lane ? [{ index, name: nameOf(lane) }] : []));
    if (runs.length !== this.entries.length) {
      this.entries = runs.map(() => new Entry());
      this.element.replaceChildren(...this.entries.map((entry) => entry.element));
    }
    runs.forEach(({ index, name }, k) => this.entries[k].draw(index, name));
  }

  /** Where they stand and where they began: `step 500, from x = −1.2, y = 1`. */
  get caption(): string {
    const { race, scene, variables } = this.landscape;
    const start = variables.map((name) => `${name} = ${String(scene.start[name]).replace('-', '−')}`);
    return race ? `step ${integer(race.step)}, from ${start.join(', ')}` : '';
  }
}
