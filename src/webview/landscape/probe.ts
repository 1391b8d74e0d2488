/** The numbers under the pointer: of a place that a path has passed, where one is near, otherwise of the function there. */
import type { Projection } from '../charts/projection';
import { element } from '../dom';
import { integer } from '../format';
import type { Landscape } from './landscape';
import { lookOf } from './palette';
import { pixelOf } from './paths';
import { numberRow, PointerBox } from './pointerBox';
import { nameOf } from './standing';
import { derivative } from './symbols';

/** Pixels within which a place of a path is meant. */
const NEAR = 7;

export class Probe {
  private readonly box = new PointerBox();
  readonly element = this.box.element;
  private shown = '';

  /** @param pointer CSS pixels; null where it is elsewhere */
  draw(landscape: Landscape, projection: Projection, pointer: readonly [number, number] | null): void {
    const { race } = landscape;
    if (!pointer || !race) {
      this.box.hide();
      return;
    }
    const { f } = race;
    const near = nearest(landscape, projection, pointer);
    const place = near ? near.participant.at(near.step) : null;
    const x = projection.xAt(pointer[0]);
    const position = place?.position ?? (f.variables.length === 1 ? [x] : [x, projection.yAt(pointer[1])]);
    const state = `${landscape.generation} ${String(position)} ${near?.index ?? ''}`;
    if (state !== this.shown) {
      this.shown = state;
      const step = place?.step ?? 0;
      const row = (label: string, name: string, value: number): readonly Node[] => numberRow(label, name, value, step);
      const gradient = place?.gradient ?? f.gradient(position);
      const head = element('strong', {}, place ? `${nameOf(near!.participant)}, step ${integer(place.step)}` : 'Here');
      if (near) head.style.color = lookOf(near.index).colour;
      this.box.fill(
        head,
        ...f.variables.map((name, i) => row(name, `position.${name}`, position[i])),
        row('f', 'value', place?.value ?? f.value(position)),
        ...f.variables.map((name, i) => row(derivative(f.variables, name), `gradient.${name}`, gradient[i])),
        ...(place?.rates ? f.variables.map((name, i) => row(`rate ${name}`, `rate.${name}`, place.rates![i])) : []),
      );
    }
    this.box.showAt(pointer, projection);
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
