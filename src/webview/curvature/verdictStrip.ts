/**
 * The verdicts of all measurements over steps, as a strip of colours and signs: what kind of place the run came through, at one look. It
 * is a slider, too: a click or an arrow key looks at a measurement.
 */
import type { CurvatureEvent, Verdict } from '../../engine/run/record';
import { Surface } from '../charts/canvas';
import { askForRedraw, element, setText, show } from '../dom';
import { integer } from '../format';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { fade, theme, type Theme } from '../theme';
import { nearest, stretches } from './stretches';

interface Look {
  readonly sign: string;
  readonly colour: 'green' | 'purple' | 'red' | 'blue' | 'dim';
  readonly meaning: string;
}

/** How each verdict looks; of several on one pixel the later in this list is seen. */
const LOOKS: Readonly<Record<Verdict, Look>> = {
  slope: { sign: '╱', colour: 'dim', meaning: 'The loss still slopes: there is a way down.' },
  plateau: { sign: '─', colour: 'blue', meaning: 'Gradient and curvature are both near zero.' },
  minimum: { sign: '∪', colour: 'green', meaning: 'No slope is left, and no direction curves down.' },
  maximum: { sign: '∩', colour: 'red', meaning: 'No slope is left, and no direction curves up.' },
  saddle: { sign: '╳', colour: 'purple', meaning: 'No slope is left, and some directions curve up, some down.' },
};
const VERDICTS = Object.keys(LOOKS) as Verdict[];

/** CSS pixels between two signs of a long stretch, and the room that one needs. */
const APART = 26;
const ROOM = 11;

export class VerdictStrip {
  readonly element: HTMLElement;
  private readonly surface: Surface;
  private readonly track: HTMLElement;
  private readonly tip = element('p', { class: 'tip' });
  private readonly counts = new Map<Verdict, { readonly entry: HTMLElement; readonly count: HTMLElement }>();
  private shown: Shown | null = null;
  private drawn = '';

  constructor(private readonly context: PanelContext) {
    this.surface = new Surface('', () => this.outdate());
    this.surface.element.removeAttribute('role');
    this.surface.element.setAttribute('aria-hidden', 'true');
    this.track = element(
      'div',
      { class: 'track', role: 'slider', tabindex: 0, 'aria-label': 'Verdict of each measurement' },
      this.surface.element,
    );
    const entries = VERDICTS.map((verdict) => {
      const { sign, colour, meaning } = LOOKS[verdict];
      const count = element('span', { class: 'number' });
      const entry = element(
        'span',
        { class: 'entry', title: meaning },
        element('i', { class: `sign ${colour}`, 'aria-hidden': 'true' }, sign),
        `${verdict} `,
        count,
      );
      this.counts.set(verdict, { entry, count });
      return entry;
    });
    this.element = element('div', { class: 'verdicts' }, this.track, this.tip, element('div', { class: 'legend' }, ...entries));
    this.track.addEventListener('pointermove', (event) => this.hover(this.indexAt(event)));
    this.track.addEventListener('pointerleave', () => this.hover(-1));
    this.track.addEventListener('click', (event) => this.look(this.indexAt(event)));
    this.track.addEventListener('keydown', (event) => this.key(event));
    this.hover(-1);
  }

  recolour(): void {
    this.outdate();
  }

  draw(shown: Shown): void {
    const { run, pinned, view } = shown;
    this.shown = shown;
    const { curvatures } = run;
    const stamp = [
      run.id,
      curvatures.length,
      curvatures.at(-1)?.step,
      run.branch?.curvatures.length,
      pinned?.id,
      view.at,
      this.horizon,
    ].join(' ');
    if (stamp === this.drawn) return;
    this.drawn = stamp;
    show(this.element, curvatures.length > 0);
    for (const [verdict, { entry, count }] of this.counts) {
      const found = curvatures.reduce((sum, event) => sum + Number(event.verdict === verdict), 0);
      show(entry, found > 0);
      setText(count, integer(found));
    }
    const last = run.curvature;
    const index = last ? curvatures.indexOf(last) : 0;
    this.track.setAttribute('aria-valuemin', '0');
    this.track.setAttribute('aria-valuemax', String(Math.max(0, curvatures.length - 1)));
    this.track.setAttribute('aria-valuenow', String(index));
    this.track.setAttribute('aria-valuetext', last ? told(last) : 'none yet');
    this.paint(shown);
  }

  /** The steps that the strip spans. */
  private get horizon(): number {
    const { run, pinned } = this.shown!;
    return Math.max(1, run.horizon, pinned?.step ?? 0, run.branch?.step ?? 0);
  }

  private paint({ run, pinned }: Shown): void {
    const { surface } = this;
    const { width, height } = surface;
    if (width === 0) return;
    const context = surface.begin();
    const colours = theme();
    const row = pinned ? height * 0.62 : height;
    if (run.branch) this.row(context, colours, run.branch, 0, row, 0.3);
    this.row(context, colours, run, 0, row, 1);
    if (pinned) this.row(context, colours, pinned, row + 2, height - row - 2, 0.75);
    if (!run.past) return;
    const x = (run.looked / this.horizon) * width;
    context.fillStyle = fade(colours.background, 0.6);
    context.fillRect(x, 0, width - x, height);
    context.fillStyle = colours.foreground;
    context.fillRect(Math.round(x) - 0.5, 0, 1, height);
  }

  private row(context: CanvasRenderingContext2D, colours: Theme, run: Run, y: number, height: number, opacity: number): void {
    const { width } = this.surface;
    const scale = width / this.horizon;
    const found = stretches(run.curvatures, run.step);
    context.font = `${Math.min(12, height - 2)}px ${colours.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const verdict of VERDICTS)
      for (const stretch of found) {
        if (stretch.verdict !== verdict) continue;
        const { sign, colour } = LOOKS[verdict];
        const from = stretch.from * scale;
        const across = Math.max(2, (stretch.to - stretch.from) * scale);
        context.fillStyle = fade(colours[colour], 0.28 * opacity);
        context.fillRect(from, y, across, height);
        context.fillStyle = fade(colours[colour], 0.9 * opacity);
        context.fillRect(from, y + height - 2, across, 2);
        if (across < ROOM) continue;
        context.fillStyle = fade(colours.foreground, opacity);
        const signs = Math.max(1, Math.floor(across / APART));
        for (let k = 0; k < signs; k++) context.fillText(sign, from + ((k + 0.5) * across) / signs, y + height / 2);
      }
  }

  private indexAt({ clientX }: MouseEvent): number {
    if (!this.shown) return -1;
    const { left, width } = this.track.getBoundingClientRect();
    return nearest(this.shown.run.curvatures, ((clientX - left) / width) * this.horizon);
  }

  private hover(index: number): void {
    const event = this.shown?.run.curvatures[index];
    setText(
      this.tip,
      event ? `${told(event)}. ${event.reason}` : 'Point at the strip for a measurement’s verdict; click to look at its step.',
    );
  }

  private look(index: number): void {
    const event = this.shown?.run.curvatures[index];
    if (event) this.context.looking.look({ at: event.step });
  }

  private key(pressed: KeyboardEvent): void {
    const { shown } = this;
    if (!shown) return;
    const { curvatures, curvature } = shown.run;
    const [index, last] = [curvature ? curvatures.indexOf(curvature) : 0, curvatures.length - 1];
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: index - 1,
      ArrowDown: index - 1,
      ArrowRight: index + 1,
      ArrowUp: index + 1,
      PageDown: index - 10,
      PageUp: index + 10,
      Home: 0,
      End: last,
    };
    if (!(pressed.key in to)) return;
    pressed.preventDefault();
    const wanted = Math.min(last, Math.max(0, to[pressed.key]));
    this.look(wanted);
    this.hover(wanted);
  }

  private outdate(): void {
    this.drawn = '';
    askForRedraw(this.element);
  }
}

const told = ({ step, verdict }: CurvatureEvent): string => `Step ${integer(step)}: ${verdict}`;
