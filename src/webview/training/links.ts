/** What else one may want of a run: train it again, see a second one beside it, keep it as a file, and look at it in another panel. */
import { panelList } from '../../shared/panelList.gen';
import { iconButton, type Control } from '../controls';
import { element } from '../dom';
import type { PanelContext } from '../panel';
import type { Shown } from '../shown';

export class Links {
  readonly element: HTMLElement;
  private readonly again: Control;
  private readonly export: Control;

  constructor({ host, attempt }: PanelContext) {
    const control = (icon: string, label: string, act: () => Promise<void>): Control => iconButton(icon, label, () => attempt(act));
    this.again = control('debug-restart', 'Train again', () => host.again());
    this.export = control('export', 'Export run…', () => host.exportRun());
    const compare = control('compare-changes', 'Compare with another run…', () => host.pin());
    const others = Object.entries(panelList).filter(([id]) => id !== 'training');
    this.element = element(
      'div',
      { class: 'controls links', role: 'group', 'aria-label': 'more' },
      ...[this.again, compare, this.export].map((made) => made.element),
      element('span', { class: 'between', 'aria-hidden': 'true' }),
      ...others.map(([id, { open, icon }]) => control(icon, open, () => host.openPanel(id)).element),
    );
  }

  draw({ run }: Shown): void {
    this.again.enable(run.state !== 'starting');
    this.export.enable(run.start !== null);
  }
}
