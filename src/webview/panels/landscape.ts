/**
 * The Landscape panel, beside the editor: a function of one or two variables with several optimizers on it, from one start, moving together; and
 * the loss of the network of the run, on the plane along the two directions in which it curves most. It needs no run to begin with.
 */
import '../styles/common.css';
import '../styles/landscape.css';
import { element } from '../dom';
import { FunctionView } from '../landscape/functionView';
import { openOwnPanel } from '../panel';

export const about = { title: 'Landscape', open: 'Open the Landscape panel', icon: 'map', place: 'beside' } as const;

openOwnPanel((context) => {
  const view = new FunctionView(context);
  return {
    element: element('div', { class: 'landscape' }, view.element),
    draw: (shown) => view.draw(shown),
    recolour: () => view.recolour(),
  };
});
