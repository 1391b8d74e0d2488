/** Which function it is: one of the gallery, or one's own as a text; its start; what there is to notice; and the function of the run, if it has one. */
import { findGalleryFunction, gallery } from '../../engine/problems/gallery';
import { readLandscape } from '../../shared/landscape/function';
import { sceneOf, sceneOfRun, withFormula, type Scene } from '../../shared/landscape/scene';
import { dropdown, numberField, textButton, textField, type Dropdown, type Field } from '../controls';
import { element, setText, show } from '../dom';
import type { Shown } from '../shown';
import type { Landscape } from './landscape';

/** What the gallery's menu says of a function that is not in it. */
const OWN = 'own';

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
/** `function:1:6: …` as one reads it in a field of one line. */
const placed = (text: string): string => text.replace(/^function:1:(\d+): /, 'At character $1: ');

export class Picker {
  readonly element: HTMLElement;
  /** What there is to notice, and where the function comes from; apart, so that it may stand below the picture. */
  readonly lesson: HTMLElement;
  private readonly choice: Dropdown;
  private readonly formula: Field<string>;
  private readonly starts = element('div', { class: 'starts', role: 'group', 'aria-label': 'Start' });
  private readonly notice = element('p', { class: 'noticing' });
  private readonly source = element('small', { class: 'dim' });
  private readonly takeOver = textButton('', () => Promise.resolve(this.take()), 'secondary');
  private fields: readonly Field<number>[] = [];
  private drawn: Scene | null = null;
  private offered: Scene | null = null;

  constructor(private readonly landscape: Landscape) {
    const ofOne = ({ start }: { readonly start: object }): boolean => Object.keys(start).length === 1;
    this.choice = dropdown(
      'Function',
      [
        ...gallery.map((each) => ({ value: each.name, label: `${each.title}${ofOne(each) ? ' · 1 variable' : ''}` })),
        { value: OWN, label: 'Your own' },
      ],
      landscape.scene.gallery ?? OWN,
      (name) => this.choose(name),
    );
    this.formula = textField('Formula', landscape.scene.formula, (text) => this.enter(text), {
      placeholder: 'x^2 + 3*y^2',
      tooltip: 'A function of one or two variables: + − * / ^, sqrt, abs, exp, log, sin, cos, tanh, min, max, pi; if … then … else …',
      typing: (text) => this.formula.complain(faultOf(text)),
    });
    show(this.takeOver.element, false);
    this.lesson = element('div', { class: 'lesson' }, this.notice, this.source);
    this.element = element(
      'section',
      { class: 'picker', 'aria-label': 'Function' },
      this.choice.element,
      this.formula.element,
      this.starts,
      this.takeOver.element,
    );
  }

  draw(shown: Shown | null): void {
    const spec = shown?.run.start?.spec;
    const offered = spec ? sceneOfRun(spec) : null;
    if (spec && offered && shown && this.offered?.formula !== offered.formula) this.takeOver.say(`Take over the run: ${shown.run.title}`);
    this.offered = offered;
    show(this.takeOver.element, offered !== null);
    const { scene } = this.landscape;
    if (scene === this.drawn) return;
    if (this.drawn?.formula !== scene.formula || this.drawn.gallery !== scene.gallery) {
      if (this.choice.value !== (scene.gallery ?? OWN)) this.choice.set(scene.gallery ?? OWN);
      this.formula.set(scene.formula);
      this.formula.complain(null);
      const known = scene.gallery === null ? undefined : findGalleryFunction(scene.gallery);
      setText(this.notice, known?.notice ?? '');
      setText(this.source, known?.source ?? '');
      show(this.lesson, known !== undefined);
    }
    this.drawStarts(scene);
    this.drawn = scene;
  }

  private drawStarts({ start }: Scene): void {
    const names = Object.keys(start).sort();
    if (
      Object.keys(this.drawn?.start ?? {})
        .sort()
        .join() !== names.join()
    ) {
      this.fields = names.map((name) =>
        numberField(`Start ${name}`, start[name], (value) => this.landscape.start({ [name]: value }), {
          nudge: (value, direction) => Number((value + direction * 0.1).toPrecision(12)),
        }),
      );
      this.starts.replaceChildren(...this.fields.map((field) => field.element));
    }
    names.forEach((name, i) => {
      if (this.fields[i].value !== start[name]) this.fields[i].set(start[name]);
    });
  }

  private choose(name: string): void {
    const found = findGalleryFunction(name);
    if (found) this.landscape.take(sceneOf(found));
    else this.formula.focus();
  }

  private enter(text: string): void {
    try {
      this.landscape.take(withFormula(this.landscape.scene, text));
      this.formula.complain(null);
    } catch (error) {
      this.formula.complain(placed(message(error)));
    }
  }

  private take(): void {
    if (this.offered) this.landscape.take(this.offered);
  }
}

/** What is wrong with a formula, where it is; null where nothing is. */
function faultOf(text: string): string | null {
  try {
    readLandscape(text);
    return null;
  } catch (error) {
    return placed(message(error));
  }
}
