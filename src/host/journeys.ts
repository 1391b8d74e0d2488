/**
 * Putting a run to a step: back in its engine where that has it, under way or ended; on to it where it lies ahead; and where no engine has the
 * run any more, by training it once more from its latest checkpoint before, or from its beginning, with all that was changed on the way. It
 * stands still there, perhaps with other hyperparameters.
 */
import type * as vscode from 'vscode';
import type { Settings } from '../engine/language';
import { showCount } from '../engine/problems/files';
import type { EvaluationEvent } from '../engine/run/record';
import type { RunState, StartRequest } from '../shared/protocol';
import type { Engines } from './engines';
import type { Run } from './run';

/** What else an engine is told with a run. */
export type Launch = Pick<StartRequest, 'checkpoint' | 'paused' | 'replay'>;

/** What this needs of the runs service. */
export interface Ground {
  readonly engines: Engines;
  /** Gives a run to its engine. @throws what is wrong */
  launch(run: Run, how: Launch): Promise<void>;
  isCurrent(run: Run): boolean;
  /** Its views are to be drawn anew. */
  redraw(run: Run): void;
  readonly onDidChange: vscode.Event<unknown>;
}

/** What may come between, in words. */
const becameOf: Readonly<Partial<Record<RunState, string>>> = {
  starting: 'was begun again',
  running: 'was continued',
  ended: 'ended',
  failed: 'failed',
  lost: 'was lost',
};

export class Journeys {
  /** Ends with the last journey that was asked for. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly ground: Ground) {}

  /** @throws where the step cannot be reached, or a value will not do; told before anything happens where that can be */
  goTo(run: Run, step: number, settings: Settings = {}): Promise<void> {
    return this.inTurn(run, () => this.goNow(run, step, settings));
  }

  /** Undoes the last step of a run that is paused or has ended. */
  stepBack(run: Run): Promise<void> {
    return this.inTurn(run, async () => {
      const stands = run.state === 'paused' ? await this.ground.engines.of(run).pause(run.id) : (run.end?.step ?? run.step);
      if (stands === 0) throw new Error('The run stands at its beginning: there is no step to undo.');
      await this.goNow(run, stands - 1, {});
    });
  }

  /** One journey after the other, however quickly they are asked for; a run that is being trained to a step does not go on to it. */
  private async inTurn(run: Run, journey: () => Promise<void>): Promise<void> {
    if (run.replay !== null && run.state === 'running') await this.ground.engines.of(run).pause(run.id);
    const done = this.last.then(journey);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async goNow(run: Run, step: number, settings: Settings): Promise<void> {
    const others = checkGoal(run, step, settings);
    if (run.state === 'starting') await this.until(run, () => run.state !== 'starting');
    if (run.state === 'running' || run.state === 'paused') await this.whileAlive(run, step);
    else if (run.state === 'ended') await this.fromEnd(run, step);
    else await this.again(run, step);
    await this.arrive(run, step, others);
  }

  private async whileAlive(run: Run, step: number): Promise<void> {
    const engine = this.ground.engines.of(run);
    const stands = await engine.pause(run.id);
    if (run.state === 'running') await this.until(run, () => run.state !== 'running'); // its last steps were under way
    if (run.state !== 'paused') return this.fromEnd(run, step);
    if (step > stands) await this.onTo(run, step);
    else if (step < stands)
      await this.back(run, step, async () => {
        await engine.stop(run.id);
        await this.again(run, step);
      });
  }

  private async fromEnd(run: Run, step: number): Promise<void> {
    const last = run.end?.step ?? run.step;
    const reason = run.end?.reason;
    if (step > last && reason !== 'stopped')
      throw new Error(`The run ended at step ${showCount(last)}; it does not come to step ${showCount(step)}.`);
    if (step === last && (reason === 'completed' || reason === 'diverged'))
      throw new Error(`Step ${showCount(step)} was the run’s last: nothing follows it. Choose an earlier one.`);
    await this.back(run, Math.min(step, last), () => this.again(run, step));
    if (step > last && run.state === 'paused') await this.onTo(run, step);
  }

  /** Back in its engine. @param otherwise where that cannot go there */
  private async back(run: Run, step: number, otherwise: () => Promise<void>): Promise<void> {
    const { attempt, state } = run;
    const branch = run.branchOff(step); // on the way its engine tells the steps before again
    try {
      run.standAt(await this.ground.engines.of(run).goBack(run.id, step), branch);
    } catch (error) {
      if (run.attempt !== attempt || run.state !== state) throw error; // its engine has ended, and it goes on by itself
      return otherwise();
    }
    this.ground.redraw(run);
  }

  private async onTo(run: Run, step: number): Promise<void> {
    run.replay = run.replayTo(step);
    this.ground.redraw(run);
    const arrived = this.until(run, () => run.replay === null);
    try {
      await this.ground.engines.of(run).resume(run.id, step);
    } catch (error) {
      run.replay = null;
      throw error;
    }
    await arrived;
  }

  /** Trains it once more, from the latest checkpoint before the step or from its beginning. */
  private async again(run: Run, step: number): Promise<void> {
    const checkpoint = run.checkpoints.upTo(step - 1);
    const known = checkpoint === null ? run.evaluations.at(0) : undefined;
    run.replay = run.replayTo(step);
    run.branch = run.branchOff(step);
    run.rewind(checkpoint);
    run.stopping = false;
    await this.travel(run, checkpoint ? { checkpoint: checkpoint.bytes.slice(0) } : {});
    this.compare(run, known);
  }

  private async travel(run: Run, from: Launch): Promise<void> {
    const arrived = this.until(run, () => run.replay === null);
    await this.ground.launch(run, { ...from, ...(run.replay && { replay: run.replay }) });
    await arrived;
  }

  /** It stands at the step, or something came between. */
  private async arrive(run: Run, step: number, settings: Settings): Promise<void> {
    const on = `on its way to step ${showCount(step)}`;
    if (!this.ground.isCurrent(run)) throw new Error(`Another run was begun while this one was ${on}.`);
    if (run.state !== 'paused')
      throw new Error(`The run ${becameOf[run.state] ?? run.state} ${on}.${run.problem ? ` ${run.problem}` : ''}`);
    const engine = this.ground.engines.of(run);
    const stands = await engine.pause(run.id);
    if (stands !== step) throw new Error(`The run was paused at step ${showCount(stands)}, ${on}.`);
    if (Object.keys(settings).length > 0) await engine.change(run.id, settings);
  }

  /** A run that is done again begins with the loss with which it began, or is not the same. */
  private compare(run: Run, known: EvaluationEvent | undefined): void {
    const first = run.evaluations.at(0);
    if (known?.step !== 0 || first?.step !== 0 || Object.is(first.trainLoss, known.trainLoss)) return;
    const notice = `Trained again, the run began with a training loss of ${first.trainLoss}; its record has ${known.trainLoss}. Data, version or machine are others: its steps may differ.`;
    run.notices = [...run.notices, notice];
    this.ground.redraw(run);
  }

  /** Ends when this holds, or the run is not the current one any more. */
  private until(run: Run, holds: () => boolean): Promise<void> {
    const { ground } = this;
    return new Promise((resolve) => {
      const look = (): boolean => {
        const over = holds() || !ground.isCurrent(run);
        if (over) resolve();
        return over;
      };
      if (look()) return;
      const listening = ground.onDidChange(() => {
        if (look()) listening.dispose();
      });
    });
  }
}

/** @returns the hyperparameters that become other there @throws where the run has no such step, or a value will not do */
export function checkGoal(run: Run, step: number, settings: Settings = {}): Settings {
  const { start } = run;
  if (start === null) throw new Error('The run has not begun.');
  if (!Number.isSafeInteger(step) || step < 0 || step > start.steps)
    throw new Error(`The run has the steps 0 to ${showCount(start.steps)}; ${step} is none of them.`);
  return run.checked(settings, step);
}
