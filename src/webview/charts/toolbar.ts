/**
 * The tools of a card, at the right of its title: calm until the pointer or the focus is in the card. With the tabulator key they are one stop;
 * the arrow keys go from one to the next (WAI-ARIA toolbar).
 */
import type { Control } from '../controls';
import { element } from '../dom';

/** Milliseconds for which a tool says that it has done its work. */
const DONE = 1500;

/** @param name of the card, for a screen reader */
export function toolbar(name: string, tools: readonly Control[]): HTMLElement {
  const bar = element('div', { class: 'tools', role: 'toolbar', 'aria-label': `${name}: tools` }, ...tools.map((tool) => tool.element));
  let current = 0;
  const usable = (index: number): boolean => !tools[index].element.hidden;
  const go = (to: number): void => {
    current = to;
    tools.forEach((tool, index) => tool.element.setAttribute('tabindex', index === to ? '0' : '-1'));
  };
  go(tools.findIndex((_, index) => usable(index)));
  bar.addEventListener('focusin', (event) => {
    const at = tools.findIndex((tool) => tool.element.contains(event.target as Node));
    if (at >= 0) go(at);
  });
  bar.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    let to = current;
    do to = (to + by + tools.length) % tools.length;
    while (!usable(to));
    go(to);
    tools[to].element.focus();
  });
  return bar;
}

/** Lets a tool say for a moment that it has done its work, then say again what it does. */
export function confirm(tool: Control, done: string, label: string, iconName: string): void {
  tool.say(done, 'check');
  setTimeout(() => tool.say(label, iconName), DONE);
}
