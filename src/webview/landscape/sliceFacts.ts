/** What a slice says in numbers: its axes, the loss in the middle and where it is lowest, and how much of the way the plane holds. */
import type { Slice } from '../../shared/protocol';
import type { Tabular } from '../charts/csv';
import { element, setText, show } from '../dom';
import { deviation, integer, number } from '../format';
import { Quantity } from '../quantity';

/** From this share of itself on, λ₂ is as good as not told apart from its neighbours. */
const VAGUE = 0.01;

/** Index of the lowest loss; −1 where none is finite. */
export function lowestCell({ loss }: Slice): number {
  let best = -1;
  for (let i = 0; i < loss.length; i++) if (Number.isFinite(loss[i]) && (best < 0 || loss[i] < loss[best])) best = i;
  return best;
}

/** The share of the squared distance to the start of the way that lies in the plane; NaN where the run stands there. */
export function shareInPlane({ path }: Slice): number {
  const { u, v, distance } = path[0] ?? { u: 0, v: 0, distance: 0 };
  return (u ** 2 + v ** 2) / (u ** 2 + v ** 2 + distance ** 2);
}

/** Every cell, then every place of the way. */
export function tableOf({ u, v, loss, path, step }: Slice): Tabular {
  const cells = loss.length;
  return {
    caption: `Loss around step ${step}, and the way to it`,
    columns: ['what', 'step', 'u along e₁', 'v along e₂', 'loss', 'distance from the plane'],
    rows: cells + path.length,
    cell(row, column) {
      const point = path[row - cells];
      if (point) return ['way', point.step, point.u, point.v, null, point.distance][column];
      return ['grid', step, u[row % u.length], v[Math.floor(row / u.length)], loss[row], 0][column];
    },
  };
}

/** Below this share the plane holds next to nothing of the way. */
const LITTLE = 0.1;

export class SliceFacts {
  readonly element: HTMLElement;
  private readonly middle = new Quantity('slice.loss', (value) => number(value, 4));
  private readonly lowest = new Quantity('slice.loss', (value) => number(value, 4));
  private readonly where = element('span');
  private readonly lambda = [1, 2].map((k) => new Quantity(`slice.eigenvalue${k}`, number));
  private readonly residual = [1, 2].map((k) => new Quantity(`slice.residual${k}`, number));
  private readonly samples = new Quantity('slice.samples', integer);
  private readonly share = new Quantity('slice.shareInPlane', (share) => `${number(100 * share, 2)} %`);
  private readonly places = element('span');
  private readonly shareFact: HTMLElement;
  private readonly vague = element(
    'p',
    { class: 'quiet' },
    'λ₂ is not told apart from its neighbours: its residual is large, and the second axis is one of several directions that curve about as much.',
  );
  private readonly little = element(
    'p',
    { class: 'quiet' },
    'Most of the way leads out of this plane: the run went far in directions in which the loss hardly curves, and to and fro in these two.',
  );

  constructor() {
    const fact = (name: string, meaning: string, ...value: (Node | string)[]): HTMLElement =>
      element('div', { title: meaning }, element('dt', {}, name), element('dd', { class: 'number' }, ...value));
    this.shareFact = fact(
      'way in the plane',
      'share of the squared distance from the first step to here that this plane holds',
      this.share.element,
    );
    const [first, second] = this.lambda.map((lambda, k) =>
      fact(
        `λ${'₁₂'[k]}, along e${'₁₂'[k]}`,
        `${k === 0 ? 'largest' : 'second largest'} eigenvalue of the Hessian here ± residual bound: how much the loss curves along this axis`,
        lambda.element,
        ' ± ',
        this.residual[k].element,
      ),
    );
    this.element = element(
      'div',
      { class: 'sliceFacts' },
      element(
        'dl',
        { class: 'facts' },
        fact('loss in the middle', 'mean loss over the probe samples at the weights where the run stands', this.middle.element),
        fact('lowest in the picture', 'lowest mean loss of all cells, and where it is', this.lowest.element, this.where),
        first,
        second,
        this.shareFact,
        fact('places of the way', 'steps whose weights the engine has kept', this.places),
        fact('samples', 'over which every loss in the picture is the mean', this.samples.element),
      ),
      this.vague,
      this.little,
    );
  }

  draw(slice: Slice): void {
    const { step, eigenvalues, residuals, u, v, loss, path, samples } = slice;
    this.middle.set(loss[(loss.length - 1) / 2], step);
    const cell = lowestCell(slice);
    if (cell < 0) this.lowest.clear();
    else this.lowest.set(loss[cell], step);
    const away = cell < 0 ? NaN : Math.hypot(u[cell % u.length], v[Math.floor(cell / u.length)]);
    setText(this.where, cell < 0 ? '' : away === 0 ? ', here' : `, ${number(away, 2)} away`);
    eigenvalues.forEach((value, k) => this.lambda[k].set(value, step));
    residuals.forEach((value, k) => this.residual[k].set(value, step, deviation(value, eigenvalues[k])));
    const share = shareInPlane(slice);
    show(this.shareFact, !Number.isNaN(share));
    this.share.set(share, step);
    setText(this.places, integer(path.length));
    this.samples.set(samples, step);
    show(this.little, share < LITTLE);
    show(this.vague, residuals[1] > VAGUE * Math.abs(eigenvalues[1]));
  }
}
