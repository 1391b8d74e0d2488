/** `train SPEC.json`: prepares, trains and prints the record, in slices so that Ctrl-C is heard. */
import { access, constants } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { toLine } from '../../engine/run/line';
import { largestSpecification, parseSpecification } from '../../engine/run/parse';
import { prepare } from '../../engine/run/prepare';
import type { RecordEvent } from '../../engine/run/record';
import type { RunSpecification } from '../../engine/run/specification';
import { Trainer } from '../../engine/run/trainer';
import { nodeFiles } from '../files';
import { writeWeights } from '../weightsFile';
import type { Output } from './output';
import { replaced } from './replace';
import { readArguments, UsageError } from './usage';

/** How long the run works between two looks at signals and output, in milliseconds. */
const SLICE = 50;

/** @returns the exit code: 0 completed, 1 diverged or error, 2 bad specification, 130 stopped */
export async function train(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = readArguments(args, {
    set: { type: 'string', multiple: true, default: [] },
    'weights-out': { type: 'string' },
  });
  if (positionals.length !== 1)
    throw new UsageError(
      `train takes one specification, for example spec.json; found ${positionals.length === 0 ? 'none' : positionals.join(' ')}.`,
    );
  const weightsFile = values['weights-out'] === undefined ? undefined : resolve(values['weights-out']);
  if (weightsFile !== undefined) await checkFolder(weightsFile);
  let trainer: Trainer;
  try {
    trainer = await load(resolve(positionals[0]), values.set);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const code = await runToEnd(trainer, output);
  if (weightsFile !== undefined) await writeWeights(weightsFile, trainer.machine);
  return code;
}

async function load(file: string, settings: readonly string[]): Promise<Trainer> {
  const folder = dirname(file);
  const text = await nodeFiles(folder).text(file, largestSpecification);
  const specification = settings.reduce(replaced, parseSpecification(text, basename(file)));
  // `prepare` checks every field of whatever it is given.
  return new Trainer(await prepare(specification as RunSpecification, nodeFiles(folder)), { clock: () => performance.now() });
}

async function runToEnd(trainer: Trainer, output: Output): Promise<number> {
  const interrupt = (): void => {
    if (trainer.finishing) process.exit(130); // a second Ctrl-C does not wait for what is left
    trainer.stop();
  };
  process.on('SIGINT', interrupt);
  try {
    let last = await print(trainer.begin(), output);
    while (!trainer.ended && !output.closed) {
      const events: RecordEvent[] = [];
      const until = performance.now() + SLICE;
      while (!trainer.ended && performance.now() < until) events.push(...advance(trainer));
      last = (await print(events, output)) ?? last;
      await setImmediate();
    }
    const end = last?.type === 'end' ? last : null;
    if (end?.message !== undefined) process.stderr.write(`${end.message}\n`);
    return end === null || end.reason === 'completed' ? 0 : end.reason === 'stopped' ? 130 : 1;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** A step; a fault in it becomes the record's end. */
function advance(trainer: Trainer): RecordEvent[] {
  try {
    return trainer.advance();
  } catch (error) {
    return trainer.fail(error instanceof Error ? error.message : String(error));
  }
}

async function print(events: readonly RecordEvent[], output: Output): Promise<RecordEvent | undefined> {
  await output.write(events.map((event) => `${toLine(event)}\n`).join(''));
  return events.at(-1);
}

/** A run of hours must not find out at its end that its weights cannot be written. */
async function checkFolder(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
  } catch {
    throw new UsageError(`--weights-out: the folder ${dirname(file)} is missing or may not be written to.`);
  }
}
