/**
 * The Curvature panel, beside the editor: where on the loss surface the run is and was, how sharply the loss curves against what the rule can
 * bear, and how well all of it is known.
 */
import '../styles/common.css';
import '../styles/header.css';
import '../styles/measurements.css';
import '../styles/curvature.css';
import { Absence } from '../curvature/absence';
import { EndsCard } from '../curvature/ends';
import { LookedAt } from '../curvature/lookedAt';
import { MeasurementTable } from '../curvature/measurementTable';
import { NegativeCard } from '../curvature/negative';
import { ResidualCard } from '../curvature/residuals';
import { SharpnessCard } from '../curvature/sharpness';
import { TraceCard } from '../curvature/trace';
import { VerdictStrip } from '../curvature/verdictStrip';
import { WhereaboutsCard } from '../curvature/whereabouts';
import { element, show } from '../dom';
import { openPanel } from '../panel';

export const about = { title: 'Curvature', open: 'Open the Curvature panel', icon: 'compass', place: 'beside' } as const;

openPanel(
  'Put the cursor on an optimizer, such as `torch.optim.Adam(…)`, and choose Train with…: you see here how sharply the loss curves up and down around the weights, whether that is a minimum, a saddle, a plateau or a slope, and how close it is to what the optimizer can bear.',
  (context) => {
    const header = new LookedAt(context);
    const absence = new Absence(context);
    const strip = new VerdictStrip(context);
    const whereabouts = new WhereaboutsCard(context, { more: [strip.element], link: false });
    const cards = [
      new EndsCard(context),
      new SharpnessCard(context),
      new TraceCard(context),
      new NegativeCard(context),
      new ResidualCard(context),
    ];
    const table = new MeasurementTable(context);
    const grid = element('div', { class: 'cards' }, whereabouts.element, ...cards.map((card) => card.element), table.element);
    return {
      element: element('div', { class: 'curvaturePanel' }, header.element, absence.element, grid),
      draw(shown) {
        header.draw(shown);
        absence.draw(shown.run);
        const any = shown.run.curvatures.length > 0;
        show(grid, any);
        if (!any) return;
        whereabouts.draw(shown);
        strip.draw(shown);
        for (const card of cards) card.draw(shown);
        table.draw(shown);
      },
      recolour() {
        strip.recolour();
        for (const card of cards) card.recolour();
      },
    };
  },
);
