/**
 * The Gradient inspector, in the side bar: the layers as navigation, their gradient norms over steps, and the learning rate that the
 * weights of the chosen layer really get, as a fan over steps and weight by weight. The chosen layer is remembered.
 */
import '../styles/common.css';
import '../styles/gradientInspector.css';
import { Cadence } from '../cadence';
import { recall, remember } from '../connection';
import { element, setText } from '../dom';
import { integer } from '../format';
import { EffectiveRate } from '../inspector/effectiveRate';
import { EveryWeight } from '../inspector/everyWeight';
import { GradientNorms } from '../inspector/gradientNorms';
import { LayerList } from '../inspector/layerList';
import { openPanel } from '../panel';
import { Quantity } from '../quantity';
import { StatePill } from '../state';

/** The maps, the fan and the curves in the list follow the run ten times a second; the numbers and the norms follow every frame. */
const PICTURE_PERIOD = 100;

export const about = { title: 'Gradient inspector', open: 'Open the gradient inspector', icon: 'pulse', place: 'side' } as const;

openPanel(
  'Put the cursor on an optimizer, such as `torch.optim.Adam(…)`, and choose Train with…: you see here how large the gradient of each layer is, and the learning rate that each single weight really gets.',
  (context) => {
    const state = new StatePill();
    const step = new Quantity('step', integer);
    const total = element('span');
    let chosen = recall('layer');
    let names: readonly string[] = [];
    const pictures = new Cadence(PICTURE_PERIOD, context.redraw);
    let drawn: string | undefined;

    const everything = (): void => {
      pictures.hurry();
      context.redraw();
    };
    const choose = (layer: number): void => {
      chosen = names[layer];
      remember('layer', chosen);
      everything();
    };

    const list = new LayerList(choose, everything);
    const norms = new GradientNorms(everything);
    const rate = new EffectiveRate();
    const weights = new EveryWeight(context.host, context.redraw);
    return {
      element: element(
        'div',
        { class: 'inspector' },
        element('header', { class: 'bar' }, state.element, element('span', { class: 'steps number' }, 'step ', step.element, total)),
        list.element,
        ...norms.elements,
        rate.element,
        weights.element,
      ),
      draw({ run }) {
        names = run.layers.map(({ name }) => name);
        const selected = Math.max(0, names.indexOf(chosen ?? ''));
        const stamp = `${run.id} ${run.state}`;
        if (stamp !== drawn) pictures.hurry();
        drawn = stamp;
        const picture = pictures.due();
        state.draw(run);
        step.set(run.step, run.step);
        setText(total, ` of ${integer(run.steps)}`);
        list.draw(run, selected, picture);
        norms.draw(run, selected, picture);
        rate.draw(run, selected, picture);
        weights.draw(run, selected);
      },
      recolour() {
        norms.recolour();
        rate.recolour();
        everything();
      },
    };
  },
);
