/**
 * What runs, in one line; the buttons; the scrubber with where one stands on it; the run that it is compared with; and, where it broke, what
 * happened and how to go on.
 */
import { iconButton, textButton, type Control } from '../controls';
import { element, icon, setText, show } from '../dom';
import { integer } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { StatePill } from '../state';
import { namesApart } from './difference';
import { Links } from './links';
import { marksOf } from './marks';
import { Scrubber } from './scrubber';
import { Standing } from './standing';
import { Toolbar } from './toolbar';

const AFTER_DIVERGENCE = 'Look at a step before that on the scrubber, and go on from there with a smaller learning rate.';

export class Header {
  readonly element: HTMLElement;
  private readonly title = element('h1', { class: 'title' });
  private readonly details = element('span', { class: 'details number' });
  private readonly speed = new Quantity('stepsPerSecond', (value) => `${integer(value)} steps/s`);
  private readonly speedPill = element('span', { class: 'pill speed number' }, this.speed.element);
  private readonly state = new StatePill();
  private readonly origin = element('span', { class: 'pill', title: 'Read from its record; nothing is trained now.' }, 'from a record');
  private readonly pinned = element('span', { class: 'details number' });
  private readonly comparison: HTMLElement;
  private readonly toolbar: Toolbar;
  private readonly links: Links;
  private readonly scrubber: Scrubber;
  private readonly standing: Standing;
  private readonly noticed = element('span');
  private readonly notice = element('div', { class: 'banner told', role: 'status' }, icon('info'), this.noticed);
  private readonly problem = element('span');
  private readonly banner: HTMLElement;
  private readonly resume: Control;
  private readonly again: Control;

  constructor(context: PanelContext) {
    const { host, attempt } = context;
    this.toolbar = new Toolbar(context);
    this.links = new Links(context);
    this.scrubber = new Scrubber(context.looking);
    this.standing = new Standing(context, () => this.scrubber.element.focus());
    this.resume = textButton('Resume', () => attempt(() => host.resumeFromCheckpoint()));
    this.again = textButton('Train again', () => attempt(() => host.again()), 'secondary');
    this.banner = element(
      'div',
      { class: 'banner', role: 'alert' },
      icon('warning'),
      this.problem,
      this.resume.element,
      this.again.element,
    );
    const unpin = iconButton('close', 'End the comparison', () => attempt(() => host.unpin()));
    this.comparison = element(
      'div',
      { class: 'compared' },
      element('i', { class: 'swatch dashed foreground', 'aria-hidden': 'true' }),
      element('span', { class: 'dim' }, 'compared with'),
      this.pinned,
      unpin.element,
    );
    this.element = element(
      'header',
      {},
      element(
        'div',
        { class: 'bar' },
        element('div', { class: 'what' }, this.title, this.details),
        element(
          'div',
          { class: 'side' },
          this.toolbar.element,
          element('div', { class: 'pills' }, this.state.element, this.origin),
          this.links.element,
          this.speedPill,
        ),
      ),
      this.comparison,
      this.scrubber.element,
      this.standing.element,
      this.notice,
      this.banner,
    );
  }

  draw(shown: Shown): void {
    const { run, pinned, view } = shown;
    setText(this.title, run.title);
    setText(this.details, run.details);
    if (this.details.title !== run.details) this.details.title = run.details;
    this.state.draw(run);
    show(this.origin, run.snapshot.from === 'record');
    const speed = run.stepsPerSecond;
    show(this.speedPill, Number.isFinite(speed));
    if (Number.isFinite(speed)) this.speed.set(speed, run.step);

    show(this.comparison, pinned !== null);
    setText(this.pinned, pinned ? namesApart(run, pinned)[1] : '');
    const about = pinned ? `${pinned.title} ${pinned.details}` : '';
    if (this.pinned.title !== about) this.pinned.title = about;

    this.toolbar.draw(run, view.at);
    this.links.draw(shown);
    const begun = run.step > 0;
    show(this.scrubber.element, begun || run.start !== null);
    this.scrubber.draw(run, view.at, marksOf(run));
    this.standing.draw(run, this.scrubber.dragging);
    this.drawNotices(run);
  }

  private drawNotices(run: Run): void {
    const { notices } = run.snapshot;
    show(this.notice, notices.length > 0);
    setText(this.noticed, notices.at(-1) ?? '');
    const earlier = notices.slice(0, -1).join('\n');
    if (this.notice.title !== earlier) this.notice.title = earlier;

    const problem = run.problem ?? run.end?.message ?? null;
    const broken = run.state === 'lost' || run.state === 'failed';
    show(this.banner, broken || problem !== null);
    const said = problem ?? (run.state === 'lost' ? 'The run’s worker has died.' : 'The run has failed.');
    setText(this.problem, run.end?.reason === 'diverged' ? `${said} ${AFTER_DIVERGENCE}` : said);
    show(this.resume.element, broken && run.checkpointStep !== null);
    show(this.again.element, broken && run.checkpointStep === null);
    if (run.checkpointStep !== null) this.resume.say(`Resume from step ${integer(run.checkpointStep)}`);
  }
}
