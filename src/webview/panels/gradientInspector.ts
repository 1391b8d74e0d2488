/**
 * The Gradient inspector, in the side bar: the layers as navigation, their gradient norms and their progress over steps, the learning rate that
 * the weights of the chosen layer really get, and a number of every single weight. The chosen layer and the hidden ones are the same in all panels.
 */
import '../styles/common.css';
import '../styles/gradientInspector.css';
import { columnSeries } from '../charts/series';
import { Turn } from '../charts/turns';
import { textButton } from '../controls';
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import { Beginning } from '../inspector/beginning';
import { EffectiveRate } from '../inspector/effectiveRate';
import { EveryWeight } from '../inspector/everyWeight';
import { GradientMap } from '../inspector/gradientMap';
import { LayerLines } from '../inspector/layerLines';
import { LayerList } from '../inspector/layerList';
import { ratioSeries } from '../inspector/slowest';
import { openPanel } from '../panel';
import { Quantity } from '../quantity';
import { chosenLayer } from '../shown';
import { StatePill } from '../state';
import { column } from '../../shared/frame';

/** The curves in the list follow the run ten times a second; the numbers follow every frame. */
const SPARKLINE_PERIOD = 100;

export const about = { title: 'Gradient inspector', open: 'Open the gradient inspector', icon: 'pulse', place: 'side' } as const;

openPanel(
  'Put the cursor on an optimizer, such as `torch.optim.Adam(…)`, and choose Train with…: you see here how large the gradient of each layer is, which layer learns slowest, and the learning rate that each single weight really gets.',
  (context) => {
    const { looking } = context;
    const state = new StatePill();
    const step = new Quantity('step', integer);
    const total = element('span');
    const newest = textButton('Newest', async () => looking.look({ at: null }), 'secondary');
    newest.element.classList.add('newest');
    const sparklines = new Turn(() => context.redraw(), SPARKLINE_PERIOD);
    let drawnOf: string | undefined;

    const list = new LayerList({
      choose: (layer) => looking.look({ layer }),
      hide(layer, hide) {
        const others = looking.view.hiddenLayers.filter((name) => name !== layer);
        looking.look({ hiddenLayers: hide ? [...others, layer] : others });
      },
      redraw: () => {
        sparklines.hurry();
        context.redraw();
      },
    });
    const norms = new LayerLines(context, {
      card: 'gradientNorms',
      title: 'Gradient norm by layer',
      unit: '‖g‖',
      quantity: 'gradientNorm',
      format: number,
      series: (history, layer) => columnSeries(history, column.gradientNorm(layer)),
    });
    const progress = new LayerLines(context, {
      card: 'updateRatios',
      title: 'Progress by layer',
      unit: '‖Δw‖ / ‖w‖ a step',
      quantity: 'updateRatio',
      format: number,
      series: ratioSeries,
    });
    const map = new GradientMap(context);
    const rate = new EffectiveRate(context);
    const weights = new EveryWeight(context);
    const beginning = new Beginning(context);
    const steps = element('span', { class: 'steps number' }, 'step ', step.element, total);
    const cards = [norms, map, progress, rate, weights];
    const measured = element('div', {}, list.element, element('div', { class: 'cards' }, ...cards.map((card) => card.element)));
    return {
      element: element(
        'div',
        { class: 'inspector' },
        element('header', { class: 'bar' }, state.element, steps, newest.element),
        beginning.element,
        measured,
      ),
      draw(shown) {
        const { run, view } = shown;
        const selected = chosenLayer(shown);
        const stamp = `${run.id} ${run.state} ${view.at}`;
        if (stamp !== drawnOf) sparklines.hurry();
        drawnOf = stamp;
        state.draw(run);
        step.set(run.past ? run.looked : run.step, run.past ? run.looked : run.step);
        setText(total, run.past ? ` · run at ${integer(run.step)}` : ` of ${integer(run.steps)}`);
        show(newest.element, run.past);
        show(steps, run.steps > 0);
        const begun = beginning.draw(run);
        show(measured, begun);
        if (!begun) return;
        let drawn = false;
        sparklines.take(() => {
          list.draw(shown, selected, true);
          drawn = true;
        });
        if (!drawn) list.draw(shown, selected, false);
        norms.draw(shown);
        map.draw(shown, list.order, selected);
        progress.draw(shown);
        rate.draw(shown);
        weights.draw(shown);
      },
      recolour() {
        for (const card of cards) card.recolour();
        sparklines.hurry();
      },
    };
  },
);
