import { between, wayChoices } from '../interpolation';
import { choice, number, stepsOfRun, truth } from '../setting';
import { defineSchedule } from './definition';

/** One-cycle policy (Smith & Topin 2018), with PyTorch's arithmetic: phases end on the last step before a share of the steps. */
export const oneCycle = defineSchedule({
  name: 'oneCycle',
  title: 'One cycle',
  aliases: ['OneCycleLR'],
  doc: 'The rate rises from lr/divide to lr over the first share `rise` of the steps, then falls to lr/(divide·divideEnd); with `threePhase` it first falls back as it rose.',
  formula: 'lr/divide → lr → lr/(divide·divideEnd), the top at step rise·steps − 1, the end at step steps − 1',
  use: 'To train quickly with a rate that would diverge if it were kept: lr is the top of the cycle. Find the largest that the middle of the run can bear. PyTorch moves the momentum the other way at the same time; this does not.',
  source: 'Smith & Topin 2018, arXiv:1708.07120; torch.optim.lr_scheduler.OneCycleLR with cycle_momentum=False',
  settings: {
    steps: stepsOfRun({ aliases: ['total_steps'], doc: 'length of the cycle, in steps' }),
    rise: number({ min: 0, max: 1, default: 0.3, aliases: ['pct_start'], doc: 'the share of the steps in which the rate rises' }),
    divide: number({ min: 1, default: 25, aliases: ['div_factor'], doc: 'the first rate is lr divided by this' }),
    divideEnd: number({ above: 0, default: 1e4, aliases: ['final_div_factor'], doc: 'the last rate is the first divided by this' }),
    way: choice(wayChoices, { default: 'cosine', aliases: ['anneal_strategy'], doc: 'how it goes from one rate to the next' }),
    threePhase: truth({
      default: false,
      aliases: ['three_phase'],
      doc: 'fall back to the first rate as quickly as it rose, then to the last',
    }),
  },
  rate(k, lr, { steps, rise, divide, divideEnd, way, threePhase }) {
    const first = lr / divide;
    const last = first / divideEnd;
    const top = rise * steps - 1;
    const end = steps - 1;
    const back = 2 * rise * steps - 2;
    const share = (from: number, to: number): number => (to > from ? (k - from) / (to - from) : 1);
    if (k <= top) return between(first, lr, share(0, top), way);
    if (!threePhase) return between(lr, last, share(top, end), way);
    return k <= back ? between(lr, first, share(top, back), way) : between(first, last, share(back, end), way);
  },
});
