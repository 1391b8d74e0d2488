/**
 * `train SPEC.json`: prepares, trains and prints the record, in slices so that Ctrl-C is heard. With `--resume-from` it goes on where a
 * checkpoint stands, and prints what the whole run prints from there on; `--to-step` ends both at any step.
 */
import { access, constants } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { changed, type Change } from '../../engine/run/changes';
import type { Checkpoint } from '../../engine/run/checkpoint';
import { toLine } from '../../engine/run/line';
import { largestSpecification, parseSpecification } from '../../engine/run/parse';
import { prepare, type Prepared } from '../../engine/run/prepare';
import type { RecordEvent } from '../../engine/run/record';
import { prepareFrom } from '../../engine/run/resume';
import type { RunSpecification } from '../../engine/run/specification';
import { assembleWith } from '../../engine/run/threads';
import { Trainer, type TrainerOptions } from '../../engine/run/trainer';
import { chooseCheckpoint, folderOf, readCheckpoint } from '../checkpointFile';
import { nodeFiles } from '../files';
import { mostThreads, nodeThreads } from '../threads';
import { writeWeights } from '../weightsFile';
import { Changes, readChanges } from './change';
import { Checkpoints, type CheckpointPlan } from './checkpoints';
import type { Output } from './output';
import { replaced } from './replace';
import { readArguments, UsageError } from './usage';

/** How long the run works between two looks at signals and output, in milliseconds. */
const SLICE = 50;

/** Says something to the person beside the record. */
type Tell = (text: string) => void;
const toStandardError: Tell = (text) => void process.stderr.write(`${text}\n`);

/** A run as the command line says it. */
interface Asked {
  /** The specification's file; a run that is resumed needs none. */
  readonly file?: string;
  readonly settings: readonly string[];
  /** A checkpoint's file, or a folder of them. */
  readonly from?: string;
  /** Stop after this step. */
  readonly toStep?: number;
  /** How many threads compute. */
  readonly threads?: number | 'auto';
  /** What is changed on the way, by step. */
  readonly changes: readonly Change[];
}

interface Loaded {
  readonly trainer: Trainer;
  /** The folder of the specification. */
  readonly home: string;
  /** Does it go on from a checkpoint? Otherwise it begins. */
  readonly resumed: boolean;
  readonly changes: Changes;
}

/** @returns the exit code: 0 completed or at the step asked for, 1 diverged or error, 2 bad specification or checkpoint, 130 stopped */
export async function train(args: readonly string[], output: Output, tell: Tell = toStandardError): Promise<number> {
  const { values, positionals } = readArguments(args, {
    set: { type: 'string', multiple: true, default: [] },
    'weights-out': { type: 'string' },
    'resume-from': { type: 'string' },
    'to-step': { type: 'string' },
    'checkpoint-out': { type: 'string' },
    checkpoints: { type: 'string' },
    'checkpoint-every': { type: 'string' },
    'checkpoint-budget': { type: 'string' },
    threads: { type: 'string' },
    change: { type: 'string', multiple: true, default: [] },
  });
  const from = values['resume-from'];
  if (positionals.length !== 1 && !(from !== undefined && positionals.length === 0))
    throw new UsageError(
      `train takes one specification, for example spec.json; found ${positionals.length === 0 ? 'none' : positionals.join(' ')}.`,
    );
  const plan: CheckpointPlan = {
    file: place(values['checkpoint-out']),
    folder: place(values.checkpoints),
    every: wholeNumber('--checkpoint-every', values['checkpoint-every'], 1),
    budget: wholeNumber('--checkpoint-budget', values['checkpoint-budget'], 1),
  };
  if (plan.every !== undefined && plan.file === undefined && plan.folder === undefined)
    throw new UsageError('--checkpoint-every needs --checkpoints FOLDER or --checkpoint-out FILE: where the checkpoints go.');
  const weightsFile = place(values['weights-out']);
  await checkFolder('--weights-out', weightsFile);
  await checkFolder('--checkpoint-out', plan.file);
  const toStep = wholeNumber('--to-step', values['to-step'], 0);
  const threads = threadsOf(values.threads);
  const changes = readChanges(values.change);
  let loaded: Loaded;
  try {
    loaded = await load({ file: positionals[0], settings: values.set, from, toStep, threads, changes }, tell);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    tell(error instanceof Error ? error.message : String(error));
    return 2;
  }
  const { trainer, home } = loaded;
  const { steps } = trainer.start;
  if (toStep !== undefined && toStep > steps) throw new UsageError(`--to-step ${toStep}: the run has ${steps} steps.`);
  const checkpoints = await Checkpoints.open(trainer, home, plan, from ?? null);
  const { code, failed, message } = await runToEnd(loaded, toStep ?? steps, checkpoints, output);
  if (message !== undefined) tell(message);
  trainer.machine.team.close();
  if (weightsFile !== undefined) await writeWeights(weightsFile, trainer.machine);
  if (!failed) await checkpoints.finish();
  else if (plan.file !== undefined) tell(`No checkpoint was written to ${plan.file}: the last step is not whole.`);
  return code;
}

async function load({ file, settings, from, toStep = Infinity, threads, changes }: Asked, tell: Tell): Promise<Loaded> {
  const start = (prepared: Prepared, options: TrainerOptions = {}): Trainer => {
    const { machine, note } = assembleWith(nodeThreads(threads ?? 'auto'), prepared);
    if (threads !== undefined) tell(note);
    return new Trainer(prepared, { clock: () => performance.now(), machine, ...options });
  };
  if (from === undefined) {
    const trainer = start(await prepareFile(String(file), settings));
    return { trainer, home: dirname(resolve(String(file))), resumed: false, changes: new Changes(trainer, changes) };
  }
  const chosen = await chooseCheckpoint(from, toStep);
  const { bytes, checkpoint } = await readCheckpoint(chosen);
  const home = file === undefined ? folderOf(chosen, checkpoint) : dirname(resolve(file));
  const beginning = file === undefined ? await prepareOwn(checkpoint, home, settings) : await prepareFile(file, settings);
  const before = checkpoint.header.changes;
  const resumed = checkpoint.header.step <= toStep;
  const prepared = resumed ? before.reduce(changed, beginning) : beginning;
  const trainer = start(prepared, resumed ? { checkpoint: bytes } : {});
  if (!resumed) {
    trainer.beginningOf(checkpoint);
    tell(`${basename(chosen)} stands at step ${checkpoint.header.step}, behind step ${toStep}: the run begins anew and comes there again.`);
  }
  if (checkpoint.header.engine !== trainer.engine)
    tell(`${basename(chosen)} was made by ${checkpoint.header.engine}; this is ${trainer.engine}. The last digits may differ from now on.`);
  const all = [...before.filter(({ step }) => step <= toStep), ...changes];
  return { trainer, home, resumed, changes: new Changes(trainer, all) };
}

async function prepareFile(file: string, settings: readonly string[]): Promise<Prepared> {
  const files = nodeFiles(dirname(resolve(file)));
  const text = await files.text(resolve(file), largestSpecification);
  const specification = settings.reduce(replaced, parseSpecification(text, basename(file)));
  // `prepare` checks every field of whatever it is given.
  return prepare(specification as RunSpecification, files);
}

/** A checkpoint's own run. Its rules are in it; its data are still where they were, or else the specification's place is to be given. */
const prepareOwn = ({ header }: Checkpoint, home: string, settings: readonly string[]): Promise<Prepared> =>
  prepareFrom({ ...header, changes: [] }, nodeFiles(home), settings.reduce(replaced, header.spec as unknown) as RunSpecification);

const place = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path));

function wholeNumber(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new UsageError(`${option} ${text}: a whole number, at least ${least}, is expected.`);
  return value;
}

/** @throws UsageError */
function threadsOf(text: string | undefined): number | 'auto' | undefined {
  if (text === undefined || text === 'auto') return text;
  const count = wholeNumber('--threads', text, 1);
  if (Number(count) > mostThreads)
    throw new UsageError(`--threads ${text}: at most ${mostThreads} are possible; auto finds out how many are best.`);
  return count;
}

/** Trains to a step, or to the run's end where that is its last. @returns the exit code, whether a step failed halfway, and what went wrong */
async function runToEnd(
  { trainer, resumed, changes }: Loaded,
  toStep: number,
  checkpoints: Checkpoints,
  output: Output,
): Promise<{ readonly code: number; readonly failed: boolean; readonly message?: string }> {
  const interrupt = (): void => {
    if (trainer.finishing) process.exit(130); // a second Ctrl-C does not wait for what is left
    checkpoints.stopping();
    trainer.stop();
  };
  /** The last step of all is followed by the run's end. */
  const arrived = (): boolean => trainer.step === toStep && toStep < trainer.start.steps && !trainer.finishing && !changes.due;
  process.on('SIGINT', interrupt);
  try {
    let last = resumed ? undefined : await print(trainer.begin(), output);
    while (!trainer.ended && !arrived() && !output.closed) {
      if (checkpoints.due) await checkpoints.write();
      const events: RecordEvent[] = [];
      const until = performance.now() + SLICE;
      do events.push(...advance(trainer, changes));
      while (!trainer.ended && !arrived() && !checkpoints.due && performance.now() < until);
      last = (await print(events, output)) ?? last;
      await setImmediate();
    }
    const end = last?.type === 'end' ? last : null;
    if (checkpoints.due && end?.reason !== 'error') await checkpoints.write();
    const code = end === null || end.reason === 'completed' ? 0 : end.reason === 'stopped' ? 130 : 1;
    return { code, failed: end?.reason === 'error', message: end?.message };
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** What is changed here, or a step; a fault in it becomes the record's end. */
function advance(trainer: Trainer, changes: Changes): RecordEvent[] {
  try {
    return changes.due ? changes.make() : trainer.advance();
  } catch (error) {
    return trainer.fail(error instanceof Error ? error.message : String(error));
  }
}

async function print(events: readonly RecordEvent[], output: Output): Promise<RecordEvent | undefined> {
  await output.write(events.map((event) => `${toLine(event)}\n`).join(''));
  return events.at(-1);
}

/** A run of hours must not find out at its end that what it made cannot be written. */
async function checkFolder(option: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    await access(dirname(file), constants.W_OK);
  } catch {
    throw new UsageError(`${option}: the folder ${dirname(file)} is missing or may not be written to.`);
  }
}
