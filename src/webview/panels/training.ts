/**
 * The Training panel, beside the editor: what runs and how far it is, the loss, the accuracy where there are classes, the learning rate, a
 * second run for comparison, both ends of the curvature, and where on the loss surface that puts us.
 */
import '../styles/common.css';
import '../styles/header.css';
import '../styles/measurements.css';
import '../styles/scrubber.css';
import '../styles/training.css';
import '../styles/comparison.css';
import { EndsCard } from '../curvature/ends';
import { WhereaboutsCard } from '../curvature/whereabouts';
import { element, show } from '../dom';
import { openPanel } from '../panel';
import { AccuracyCard } from '../training/accuracy';
import { BetterSentence } from '../training/betterSentence';
import { ComparisonCard } from '../training/comparison';
import { Header } from '../training/header';
import { LossCard } from '../training/loss';
import { RateCard } from '../training/rate';

export const about = { title: 'Training', open: 'Open the Training panel', icon: 'graph-line', place: 'beside' } as const;

openPanel(
  'Put the cursor on an optimizer, such as `torch.optim.Adam(…)`, and choose Train with…: a small network trains with exactly these settings, and you see here why it does or does not learn.',
  (context) => {
    const header = new Header(context);
    const look = (at: number): void => context.looking.look({ at });
    const [loss, accuracy, rate] = [new LossCard(context, look), new AccuracyCard(context), new RateCard(context)];
    const [comparison, curvature, whereabouts] = [new ComparisonCard(look), new EndsCard(context), new WhereaboutsCard(context)];
    const better = new BetterSentence();
    const cards = element(
      'div',
      { class: 'cards' },
      ...[loss, accuracy, rate, comparison, curvature, whereabouts].map((card) => card.element),
    );
    const waiting = element(
      'p',
      { class: 'quiet' },
      'The data are being read, the network is laid out and, for a GPU, shaders are compiled; the first step follows.',
    );
    return {
      element: element('div', { class: 'training' }, header.element, better.element, waiting, cards),
      draw(shown) {
        const { run } = shown;
        const classes = AccuracyCard.applies(run);
        cards.classList.toggle('classes', classes);
        show(accuracy.element, classes);
        header.draw(shown);
        better.draw(shown);
        const begun = run.history !== null || run.evaluations.length > 0 || run.curvatures.length > 0;
        show(waiting, !begun && run.state === 'starting');
        show(cards, begun);
        if (!begun) return;
        loss.draw(shown);
        if (classes) accuracy.draw(shown);
        rate.draw(shown);
        comparison.draw(shown);
        curvature.draw(shown);
        whereabouts.draw(shown);
      },
      recolour() {
        for (const card of [loss, accuracy, rate, curvature]) card.recolour();
      },
    };
  },
);
