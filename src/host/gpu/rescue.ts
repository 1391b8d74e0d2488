/**
 * Where a run goes on whose WebGPU engine has ended: on WebGPU again, since most ends are a moment's (a tab closed by mistake, a driver
 * restarted); on the CPU where it ends again and again. Knows nothing of the editor.
 */
import { showCount } from '../../engine/problems/files';

/** Ends within `within` milliseconds after which WebGPU is given up. */
const most = 4;
const within = 60_000;

export type Place = 'webgpu' | 'cpu';

export class Rescue {
  private ends: number[] = [];

  /** One more end. @param now in milliseconds @returns where to go on */
  next(now: number): Place {
    this.ends = [...this.ends.filter((at) => at > now - within), now];
    return this.ends.length < most ? 'webgpu' : 'cpu';
  }
}

/** What a person is told. @param reason why it ended @param step of the checkpoint; null where there is none yet */
export function noticeOf(reason: string, step: number | null, place: Place): string {
  const from = step === null ? 'starts anew' : `goes on from step ${showCount(step)}`;
  const where = place === 'webgpu' ? 'on WebGPU again' : 'on the CPU';
  const why = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  return `The WebGPU engine has ended: ${why} The run ${from}, ${where}.`;
}
