/**
 * What can be asked of every single weight of a run whose machine answers later: of the machine while the run goes on, and of what was kept of
 * it when the run ended, since its machine is closed then.
 */
import type { Floats, Layer } from '../backends/backend';
import { wait, type Waiting } from '../eventually';
import { ratesAsked } from './askedStep';
import type { Rates } from './stepEvent';
import type { MachineTensors, StreamMachine } from './stream';
import { ofLayer, stateAsked } from './weightValues';

/** All of it, of all layers. */
export interface LastValues extends Pick<MachineTensors, 'weights' | 'state'> {
  readonly gradients: readonly Floats[];
  /** Null where nothing was measured. */
  readonly rates: Rates | null;
}

/** Asks for one quantity of a layer. @param title of the rule @throws Error where it keeps no such state */
export function valuesAsked(machine: StreamMachine, title: string, layer: number, quantity: string): Promise<Floats | number> {
  if (quantity === 'weight') return machine.tensor('weights', layer);
  if (quantity === 'gradient') return machine.tensor('gradients', layer);
  return quantity === 'rate' ? machine.rates(layer) : machine.state(stateAsked(machine.states, quantity, title), layer);
}

/** The same of a run that has ended. @param layers of its network */
export function valuesKept(
  { weights, gradients, rates, state }: LastValues,
  title: string,
  layers: readonly Pick<Layer, 'parameters'>[],
  layer: number,
  quantity: string,
): Floats | number {
  if (quantity === 'weight') return weights[layer];
  if (quantity === 'gradient') return gradients[layer];
  if (quantity === 'rate' && rates !== null) return rates[layer];
  return ofLayer(state[stateAsked(Object.keys(state), quantity, title)], layers, layer);
}

/** Asks for all that there is. @param measured was any step? @param saved asks for the machine's tensors */
export function* allValuesAsked(machine: StreamMachine, measured: boolean, saved: () => Promise<MachineTensors>): Waiting<LastValues> {
  const gradients = Promise.all(machine.layers.map((_, layer) => machine.tensor('gradients', layer)));
  const rates = measured ? ratesAsked(machine) : null;
  const [found, rated, { weights, state }] = yield* wait(Promise.all([gradients, rates, saved()]));
  return { weights, state, gradients: found, rates: rated };
}
