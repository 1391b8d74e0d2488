/**
 * The picture of the landscape: two canvases, one upon the other, so that what moves is drawn again without what lies still. Keeps the projection,
 * tells pointer and keys what they mean, and says in words what is seen.
 */
import { layers, type Surface } from '../charts/canvas';
import { Projection } from '../charts/projection';
import { element, setText } from '../dom';
import { integer, number } from '../format';
import { theme } from '../theme';
import { listen } from './gestures';
import { drawCurve, heightOf, Map2d } from './ground';
import type { Landscape } from './landscape';
import { nameOf, stateOf } from './standing';
import { drawPaths, HEAD, pixelOf } from './paths';
import { Probe } from './probe';

/** Milliseconds after which a window that moved counts as at rest. */
const REST = 140;
/** Pixels within which a pointer means a place. */
const NEAR = 9;

export class Plot {
  readonly element: HTMLElement;
  /** Of the last drawing. */
  projection: Projection | null = null;
  private readonly below: Surface;
  private readonly above: Surface;
  private readonly map = new Map2d();
  private readonly probe = new Probe();
  private drawn = '';
  /** The function that was drawn last. */
  private of = '';
  private coarse = false;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private pointer: readonly [number, number] | null = null;

  constructor(
    private readonly landscape: Landscape,
    private readonly redraw: () => void,
  ) {
    ({ below: this.below, above: this.above } = layers(() => this.recolour(), redraw));
    this.element = element(
      'div',
      {
        class: 'plot',
        tabindex: 0,
        role: 'group',
        'aria-label':
          'Landscape. Arrow keys move the start, with Shift the window; plus and minus zoom, 0 shows all, comma and full stop step.',
        'aria-keyshortcuts':
          'ArrowLeft ArrowRight ArrowUp ArrowDown Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown + - 0 , . Space',
      },
      this.below.element,
      this.above.element,
      this.probe.element,
    );
    listen(this, landscape);
  }

  /** The colours changed. */
  recolour(): void {
    this.drawn = '';
    this.redraw();
  }

  draw(): void {
    const { race, scene, marks, chosen } = this.landscape;
    const { width, height } = this.above;
    const context = this.above.begin();
    if (!race || width === 0 || height === 0) {
      this.below.begin();
      this.drawn = '';
      this.projection = null;
      return;
    }
    const [x, y] = race.f.variables.map((name) => scene.window[name] ?? [-1, 1]);
    const projection = y ? Projection.fitting(x, y, width, height) : Projection.filling(x, heightOf(race.f, x), width, height);
    this.projection = projection;
    this.drawGround(projection);
    drawPaths(context, { race, projection, marks, chosen });
    this.probe.draw(this.landscape, projection, this.pointer);
    if (this.landscape.busy) return; // in words it is told at rest
    const words = this.inWords();
    if (this.above.element.getAttribute('aria-label') !== words) this.above.element.setAttribute('aria-label', words);
  }

  /** The window is on the move: what lies below is drawn coarsely until it rests. */
  move(): void {
    this.coarse = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.coarse = false;
      this.redraw();
    }, REST);
  }

  /** Where the pointer rests; null where it has left. */
  point(pointer: readonly [number, number] | null): void {
    this.pointer = pointer;
    this.redraw();
  }

  /** What a pointer at a place means: the start, the head of a participant, or the ground. */
  under(left: number, top: number): 'start' | number | null {
    const { race } = this.landscape;
    const { projection } = this;
    if (!race || !projection) return null;
    const near = ([x, y]: readonly [number, number]): boolean => Math.hypot(x - left, y - top) <= NEAR + HEAD;
    const heads = race.lanes.map((lane, index) => ('track' in lane && near(pixelOf(lane, race.step, projection)) ? index : -1));
    const [first] = race.participants;
    if (first && near(pixelOf(first, 0, projection))) return 'start';
    return heads.find((index) => index >= 0) ?? null;
  }

  private drawGround(projection: Projection): void {
    const { race, scene, marks } = this.landscape;
    if (!race) return;
    const { f } = race;
    const { width, height } = projection;
    // of another function the eye first wants any picture at all
    if (this.of !== f.text) this.move();
    this.of = f.text;
    const state = [f.text, String(projection.x), String(projection.y), width, height, marks.slope, this.coarse, theme().background].join();
    if (state === this.drawn) return;
    this.drawn = state;
    const context = this.below.begin();
    if (f.variables.length === 1) drawCurve(context, projection, f, scene.gallery, marks.slope);
    else this.map.draw(context, projection, f, scene.gallery, { coarse: this.coarse, slope: marks.slope });
  }

  private inWords(): string {
    const { race, scene } = this.landscape;
    const { projection } = this;
    if (!race || !projection) return '';
    const extents = race.f.variables.map((name, i) => {
      const [from, to] = i === 0 ? projection.x : projection.y;
      return `${name} from ${number(from)} to ${number(to)}`;
    });
    const places = race.participants.map((participant) => {
      const { position, value } = participant.at(race.step);
      const state = stateOf(race, participant, scene.window);
      return `${nameOf(participant)} at ${position.map((x) => number(x)).join(', ')}, value ${number(value)}${state ? `, ${state.text}` : ''}`;
    });
    const kind = race.f.variables.length === 1 ? 'Curve' : 'Contour map';
    return `${kind} of ${scene.formula}; ${extents.join(', ')}. Step ${integer(race.step)} of ${integer(scene.steps)}: ${places.join('; ')}.`;
  }
}

/** A line that tells what is wrong with the function, where a picture would be. */
export class Fault {
  readonly element = element('p', { class: 'fault', role: 'alert', hidden: true });

  draw(text: string | null): void {
    if (this.element.hidden !== (text === null)) this.element.hidden = text === null;
    setText(this.element, text ?? '');
  }
}
