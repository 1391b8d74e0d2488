/** Runs the checks of `elements/` in Chromium with WebGPU; elements.test.ts reports. */
import { activations } from '../../src/engine/network/activations';
import { losses } from '../../src/engine/network/losses';
import type { GpuContext } from '../../src/webview/gpu/context';
import { openContext } from './device';
import { activationFault } from './elements/activations';
import { dropoutFault, noiseFault, normalFault } from './elements/draws';
import { gatherFault } from './elements/gathering';
import { lossFault } from './elements/losses';

/** Finds what is wrong first; null where nothing is. */
type Check = (context: GpuContext) => Promise<string | null>;

const checks: readonly (readonly [title: string, check: Check])[] = [
  ...activations.map((each) => [`the activation ${each.name}`, (context: GpuContext) => activationFault(context, each)] as const),
  ...losses.map((each) => [`the loss ${each.name}`, (context: GpuContext) => lossFault(context, each)] as const),
  ...[0.1, 0.5, 0.999].map((rate) => [`dropout of ${rate}`, (context: GpuContext) => dropoutFault(context, rate)] as const),
  ['noise', noiseFault],
  ['normal numbers', normalFault],
  ['samples', gatherFault],
];

/** Whether shaders for it are not the same for both kinds; of the activations one is as good as another. */
const differs = (title: string): boolean => /^the loss|^the activation (elu|tanh)$/.test(title);

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** @returns by title, what is wrong with shaders as they are written for one of the two kinds of adapters */
async function run(): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const kind of ['software', 'hardware'] as const) {
    const context = await openContext(kind);
    for (const [title, check] of checks) if (kind === 'software' || differs(title)) found[title] ??= await check(context).catch(messageOf);
    context.device.destroy();
  }
  return found;
}

export const elementsPage = { run };
declare global {
  var elements: typeof elementsPage;
}
globalThis.elements = elementsPage;
