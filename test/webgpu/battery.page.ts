/**
 * Runs in Chromium with WebGPU: every case of the battery in float32 on the GPU beside the float64 reference, all of them in step. The
 * tests (battery.test.ts) hand in the fixtures and report.
 */
import type { TextRule } from '../../src/engine/language';
import { referenceUpdater } from '../../src/engine/language/reference';
import { Stream } from '../../src/webview/gpu/stream';
import { apartInFloat32, follow, type Case, type Walk } from '../engine/optimizers/follow';
import { plainProblem } from '../engine/optimizers/problems';
import { disagreement, type AgreementCase } from './agreement';
import { batteryCases, isText, type BatteryCase, type FixtureFile } from './cases';
import { openContext } from './device';
import { gpuExceptions } from './exceptions';
import { Lockstep } from './lockstep';
import { gpuStepper, type GpuStepper } from './stepper';

const seed = 3;

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

const reference = (one: Case, steps?: readonly number[]): Promise<Walk> => {
  const model = plainProblem(one.problem, Float64Array, one.shapes);
  return follow(one, model, () => referenceUpdater(textOf(one), one.settings, model, seed), undefined, steps);
};

function textOf({ rule }: Case): TextRule {
  if (!isText(rule)) throw new Error(`${rule.name} is no text.`);
  return rule;
}

async function parity(one: BatteryCase, stream: Stream, lockstep: Lockstep): Promise<string | null> {
  try {
    const { chosen, walk } = await one.reference(reference);
    const model = plainProblem(chosen.problem, Float32Array, chosen.shapes);
    const stepper = (): GpuStepper => gpuStepper(textOf(chosen), chosen.settings, model, seed, stream, lockstep);
    return await apartInFloat32(chosen, walk, model, stepper, gpuExceptions.get(chosen.of));
  } catch (error) {
    return messageOf(error);
  }
}

/** Runs the battery. @returns what is wrong with each case, in their order; null where nothing is */
async function battery(fixtures: readonly FixtureFile[]): Promise<readonly (string | null)[]> {
  const stream = new Stream(await openContext());
  const lockstep = new Lockstep(stream);
  const found = await Promise.all(batteryCases(fixtures).map((one) => lockstep.run(() => parity(one, stream, lockstep))));
  stream.context.device.destroy();
  return found;
}

/** Runs rules beside the reference on layers of many shapes. @returns for each what differs; null where nothing does */
async function agreement(cases: readonly AgreementCase[]): Promise<readonly (string | null)[]> {
  const stream = new Stream(await openContext());
  const lockstep = new Lockstep(stream);
  const found = await Promise.all(cases.map((one) => lockstep.run(() => disagreement(one, stream, lockstep).catch(messageOf))));
  stream.context.device.destroy();
  return found;
}

export const page = { battery, agreement };
declare global {
  var webgpuPage: typeof page;
}
globalThis.webgpuPage = page;
