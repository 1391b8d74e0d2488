/** The numbers under the pointer: of a place that a path has passed, where one is near, otherwise of the function there. */
import type { Projection } from '../charts/projection';
import { element, show } from '../dom';
import { integer, number } from '../format';
import { Quantity } from '../quantity';
import type { Landscape } from './landscape';
import { lookOf } from './palette';
import { pixelOf } from './paths';
import { nameOf } from './standing';

/** Pixels within which a place of a path is meant. */
const NEAR = 7;
const GAP = 14;

export class Probe {
  readonly element = element('div', { class: 'readout probe', role: 'tooltip', hidden: true });
  private shown = '';

  /** @param pointer CSS pixels; null where it is elsewhere */
  draw(landscape: Landscape, projection: Projection, pointer: readonly [number, number] | null): void {
    const { race } = landscape;
    show(this.element, pointer !== null && race !== null);
    if (!pointer || !race) return;
    const { f } = race;
    const near = nearest(landscape, projection, pointer);
    const place = near ? near.participant.at(near.step) : null;
    const x = projection.xAt(pointer[0]);
    const position = place?.position ?? (f.variables.length === 1 ? [x] : [x, projection.yAt(pointer[1])]);
    const state = `${landscape.generation} ${String(position)} ${near?.index ?? ''}`;
    if (state !== this.shown) {
      this.shown = state;
      const step = place?.step ?? 0;
      const row = (label: string, name: string, value: number): Node[] => {
        const quantity = new Quantity(name, (v) => number(v, 4));
        quantity.set(value, step);
        return [element('span', { class: 'dim' }, label), quantity.element];
      };
      const gradient = place?.gradient ?? f.gradient(position);
      const head = element('strong', {}, place ? `${nameOf(near!.participant)}, step ${integer(place.step)}` : 'Here');
      if (near) head.style.color = lookOf(near.index).colour;
      this.element.replaceChildren(
        head,
        ...f.variables.flatMap((name, i) => row(name, `position.${name}`, position[i])),
        ...row('f', 'value', place?.value ?? f.value(position)),
        ...f.variables.flatMap((name, i) => row(`∂f/∂${name}`, `gradient.${name}`, gradient[i])),
        ...(place?.rates ? f.variables.flatMap((name, i) => row(`rate ${name}`, `rate.${name}`, place.rates![i])) : []),
      );
    }
    const { offsetWidth, offsetHeight } = this.element;
    const right = pointer[0] + GAP + offsetWidth <= projection.width;
    const below = pointer[1] + GAP + offsetHeight <= projection.height;
    this.element.style.left = `${Math.max(0, right ? pointer[0] + GAP : pointer[0] - GAP - offsetWidth)}px`;
    this.element.style.top = `${Math.max(0, below ? pointer[1] + GAP : pointer[1] - GAP - offsetHeight)}px`;
  }
}

/** The place of a path, up to the step that is looked at, that is nearest to the pointer, if one is near. */
function nearest({ race, chosen }: Landscape, projection: Projection, [left, top]: readonly [number, number]) {
  let best = null;
  let least = NEAR;
  for (const [index, lane] of race!.lanes.entries()) {
    if (!('track' in lane)) continue;
    for (let step = 0; step <= Math.min(race!.step, lane.track.last); step++) {
      const [x, y] = pixelOf(lane, step, projection);
      const distance = Math.hypot(x - left, y - top) - (index === chosen ? 0.5 : 0);
      if (distance > least) continue;
      least = distance;
      best = { participant: lane, index, step };
    }
  }
  return best;
}
