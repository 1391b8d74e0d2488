/**
 * Times the steps of all participants, case after case: each opens the network and warms up, then they measure in turn, round after
 * round (A B C A B C …), so that whatever disturbs the machine hits all alike. The median over the rounds counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { referenceBackend } from '../src/engine/backends/reference';
import { nameOf, parametersOf, type Case } from './cases';
import { yardstick } from './machine';
import { ourKey, type Missing, type Participant } from './participants';
import { problemOf } from './problem';
import { writeProblem } from './problemFiles';
import { Process } from './process';
import { rowOf, type Chosen, type TrainingRow } from './report';
import type { Timed } from './timing';
import { trainingOf } from './training';

export interface RoundOptions {
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
  /** Of warming up: V8 and XLA have compiled what they will by then. */
  readonly warm: number;
  readonly progress: (message: string) => void;
}

export interface Rounds {
  readonly rows: readonly TrainingRow[];
  readonly libraries: Readonly<Record<string, string>>;
  /** Participants that failed on the way. */
  readonly failed: readonly Missing[];
  /** Milliseconds of the yardstick. */
  readonly yardsticks: readonly number[];
}

/** Steps whose losses are compared: fewer where the reference takes long. */
const checked = (one: Case): number => (parametersOf(one) > 200_000 ? 3 : 20);

interface Runner {
  readonly participant: Participant;
  readonly process: Process;
}

interface Measuring {
  readonly runner: Runner;
  readonly losses: readonly number[];
  readonly times: Timed[];
}

export async function runRounds(cases: readonly Case[], participants: readonly Participant[], options: RoundOptions): Promise<Rounds> {
  const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-bench-'));
  const libraries: Record<string, string> = {};
  const failed: Missing[] = [];
  const yardsticks: number[] = [];
  let runners: Runner[] = [];
  /** Asks somebody; who fails takes no further part. */
  const tell = async <Answer>(runner: Runner, ask: (process: Process) => Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await ask(runner.process);
    } catch (error) {
      runners = runners.filter((each) => each !== runner);
      runner.process.end();
      const { name, threads, command } = runner.participant;
      const reason = error instanceof Error ? error.message : String(error);
      failed.push({ name: `${name} (${threads}T)`, reason, command: command.join(' ') });
      return undefined;
    }
  };
  try {
    runners = participants.map((participant) => ({
      participant,
      process: new Process(`${participant.name} (${participant.threads}T)`, participant),
    }));
    for (const runner of [...runners]) {
      const said = await tell(runner, (process) => process.answer<{ ready: { library: string; version: string } }>());
      if (said) libraries[said.ready.library] = said.ready.version;
    }
    const rows: TrainingRow[] = [];
    for (const one of cases) {
      options.progress(`${one.id}. ${nameOf(one)}`);
      const files = writeProblem(one, problemOf(one), folder);
      const check = checked(one);
      const reference = trainingOf(one, referenceBackend);
      const expected = Array.from({ length: check }, (_, i) => reference.step(i + 1));
      const measured: Measuring[] = [];
      for (const runner of [...runners]) {
        const opened = await tell(runner, (process) => process.ask<{ losses: number[] }>({ open: files, check, warm: options.warm }));
        if (opened) measured.push({ runner, losses: opened.losses, times: [] });
      }
      const us = runners.find(({ participant }) => participant.key === ourKey);
      const chosen = us && (await tell(us, (process) => process.ask<Chosen>({ choose: { id: one.id } })));
      for (let round = 0; round < options.rounds; round++) {
        yardsticks.push(yardstick());
        for (const { runner, times } of measured) {
          if (!runners.includes(runner)) continue;
          const timed = await tell(runner, (process) => process.ask<Timed>({ measure: options.seconds }));
          if (timed) times.push(timed);
        }
      }
      for (const runner of [...runners]) await tell(runner, (process) => process.ask({ close: true }));
      const complete = measured.filter(({ times }) => times.length === options.rounds);
      rows.push(
        rowOf(
          one,
          complete.map(({ runner: { participant }, losses, times }) => ({
            ...{ name: participant.name, threads: participant.threads, losses },
            rounds: times.map(({ microseconds }) => microseconds),
            cores: times.map(({ cores }) => cores),
          })),
          expected,
          chosen ?? null,
        ),
      );
    }
    return { rows, libraries, failed, yardsticks };
  } finally {
    for (const { process } of runners) process.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
