/**
 * The Landscape panel, beside the editor: a function of one or two variables with several optimizers on it, from one start, moving together; and
 * the loss of the run's network, on the plane along the two directions in which it curves most. It needs no run to begin with.
 */
import '../styles/common.css';
import '../styles/landscape.css';
import '../styles/plot.css';
import '../styles/transport.css';
import '../styles/entrants.css';
import '../styles/places.css';
import '../styles/measurements.css';
import '../styles/slice.css';
import { recall, remember } from '../connection';
import { tabs } from '../controls';
import { element, show } from '../dom';
import { FunctionView } from '../landscape/functionView';
import { SliceView } from '../landscape/sliceView';
import { openOwnPanel } from '../panel';

export const about = { title: 'Landscape', open: 'Open the Landscape panel', icon: 'map', place: 'beside' } as const;

/** Under what the chosen view is remembered. */
const VIEW = 'landscape.view';

openOwnPanel((context) => {
  const views = { function: new FunctionView(context), slice: new SliceView(context) } as const;
  type Name = keyof typeof views;
  let chosen: Name = recall(VIEW) === 'slice' ? 'slice' : 'function';
  const choices = [
    { value: 'function', label: 'Function' },
    { value: 'slice', label: 'Around this network' },
  ];
  const choice = tabs('What is drawn', choices, chosen, (value) => {
    chosen = value as Name;
    remember(VIEW, chosen);
    context.redraw();
  });
  const pages = choices.map(({ value, label }) => {
    const view = views[value as Name];
    return { value, view, element: element('div', { role: 'tabpanel', 'aria-label': label }, view.element) };
  });
  return {
    element: element('div', { class: 'landscapePanel' }, choice.element, ...pages.map((page) => page.element)),
    draw(shown) {
      for (const page of pages) show(page.element, page.value === chosen);
      views[chosen].draw(shown);
    },
    follows: () => chosen === 'slice',
    recolour() {
      for (const { view } of pages) view.recolour();
    },
  };
});
