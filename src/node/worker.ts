/** The training worker: a thread of its own that the host starts with the first run. All it does is answer the protocol's calls. */
import './webAssemblyFlags';
import { setImmediate } from 'node:timers/promises';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { decodeCheckpoint } from '../engine/run/checkpoint';
import { prepare } from '../engine/run/prepare';
import type { StartEvent } from '../engine/run/record';
import { assembleWith } from '../engine/run/threads';
import { Trainer } from '../engine/run/trainer';
import type { EngineCalls, EngineEvents, RunId, SpeedRequest, StartRequest } from '../shared/protocol';
import { bareRun, measureSpeed } from '../shared/run/speed';
import { toHost } from './channel';
import { nodeFiles } from './files';
import { openRecordFile } from './recordFile';
import { prepareFrom } from './resume';
import { besideEditor, nodeThreads } from './threads';
import { TrainingRun } from './trainingRun';

/** Ended runs that still answer for their rates. */
const KEPT = 1;

class Engine implements EngineCalls {
  private readonly runs = new Map<RunId, TrainingRun>();
  private readonly endedRuns: RunId[] = [];
  host!: EngineEvents;

  async start(request: StartRequest): Promise<StartEvent> {
    const { run: id, spec, folder, checkpoint } = request;
    if (this.runs.has(id)) throw new Error(`There is a run ${id} already.`);
    const kept = checkpoint ? decodeCheckpoint(checkpoint).header : null;
    const prepared = kept ? await prepareFrom(kept, folder) : await prepare(spec, nodeFiles(folder));
    const { machine } = assembleWith(nodeThreads('auto', besideEditor()), prepared);
    try {
      const trainer = new Trainer(prepared, { clock: now, machine, checkpoint });
      return await this.run(request, trainer, Number(kept?.notes.record ?? 0));
    } catch (error) {
      machine.team.close();
      throw error;
    }
  }

  /** @param keep bytes of the record's file that a checkpoint's run had written */
  private async run({ run: id, recordFile, checkpoint }: StartRequest, trainer: Trainer, keep: number): Promise<StartEvent> {
    const first = checkpoint ? [] : trainer.begin(); // before anything is written: it may fail, too
    const record = recordFile === undefined ? null : await openRecordFile(recordFile, keep);
    if (checkpoint && record?.position === 0) record.add(trainer.start); // its lines are gone: what follows still says of what run it is
    const run = new TrainingRun(id, trainer, record, this.host, first);
    this.runs.set(id, run);
    void run.ended.then(() => {
      trainer.machine.team.close();
      this.forget(id);
    });
    return trainer.start;
  }

  async measure({ spec, folder }: SpeedRequest): Promise<number> {
    const prepared = await prepare(bareRun(spec), nodeFiles(folder));
    const { machine } = assembleWith(nodeThreads('auto', besideEditor()), prepared);
    try {
      const trainer = new Trainer(prepared, { clock: now, machine });
      return await measureSpeed(trainer, { clock: now, breath: setImmediate });
    } finally {
      machine.team.close();
    }
  }

  pause = (run: RunId): Promise<number> => this.of(run, (it) => it.pause());
  resume = (run: RunId): Promise<void> => this.of(run, (it) => it.resume());
  step = (run: RunId): Promise<number> => this.of(run, (it) => it.step());
  goBack: EngineCalls['goBack'] = (run, step) => this.of(run, (it) => it.goBack(step));
  stop = (run: RunId): Promise<void> => this.of(run, (it) => it.stop());
  replaceRule: EngineCalls['replaceRule'] = (run, file, text) => this.of(run, (it) => it.replaceRule(file, text));
  rateMap: EngineCalls['rateMap'] = (run, layer) => this.of(run, (it) => it.rateMap(layer));

  acknowledge(run: RunId, sequence: number): void {
    this.runs.get(run)?.acknowledge(sequence);
  }

  private async of<Result>(id: RunId, use: (run: TrainingRun) => Result | Promise<Result>): Promise<Result> {
    const run = this.runs.get(id);
    if (!run) throw new Error(`There is no run ${id} in this worker.`);
    return use(run);
  }

  /** Lets the memory of runs that ended a while ago go. */
  private forget(id: RunId): void {
    this.endedRuns.push(id);
    for (const old of this.endedRuns.splice(0, this.endedRuns.length - KEPT)) this.runs.delete(old);
  }
}

const now = (): number => performance.now();

function serve(port: MessagePort): void {
  const engine = new Engine();
  engine.host = toHost(port, engine);
}

if (!parentPort) throw new Error('This is the training worker: it runs in a worker thread.');
serve(parentPort);
