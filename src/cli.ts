/** The engine without the editor: `train` prints a run's record, `export` makes other files of one, `optimizers` lists what there is to train with. */
import './node/webAssemblyFlags';
import { FOLDER_BUDGET } from './node/commandLine/checkpoints';
import { exportRun } from './node/commandLine/export';
import { optimizers } from './node/commandLine/optimizers';
import { Output } from './node/commandLine/output';
import { train } from './node/commandLine/train';
import { UsageError } from './node/commandLine/usage';

const usage = `Optimizer Debugger on the command line

  npm run --silent train -- SPEC.json [--set PATH=VALUE …] [--to-step N] [--weights-out FILE] [--checkpoint-out FILE]
      Trains what the specification says and prints the record, one JSON event a line.
      --set optimizer.lr=0.1   replaces one value of the specification; may be given several times
      --to-step N              ends after step N: the record up to there, with no end of its own
      --weights-out FILE       writes the final weights, as \`initialWeights\` reads them
      --checkpoint-out FILE    writes where the command ends, after Ctrl-C too, all that going on bit for bit needs
      --checkpoints FOLDER     writes checkpoints on the way, thinned so that those that stay are spread over the run
      --checkpoint-every K     … at every step that K divides; without a folder over --checkpoint-out's file
      --checkpoint-budget MIB  … that take at most so much of the disk (${FOLDER_BUDGET} without it)
      --threads N|auto         computes in N threads, or in as many as a short measurement finds fastest (auto, also without it); says on
                               standard error which, and why; the record is the same
      Exit code: 0 completed or at step N, 1 diverged or error, 2 bad specification or checkpoint, 130 stopped by Ctrl-C.

  npm run --silent train -- --resume-from FILE|FOLDER [SPEC.json] [--to-step N] [… as above]
      Goes on from a checkpoint, or from a folder's latest, and prints the lines that the whole run prints after it. With
      SPEC.json the run is held against it. --to-step N before the checkpoint goes back: from the folder's nearest earlier one, or
      from the run's beginning, to the very state that the run had at step N.

  npm run --silent export -- RECORD.jsonl --csv QUANTITY,… [--out FILE]
      Prints a table (CSV) of quantities of a record, a row a step, every number as it is in the record; all stands for every quantity.
      --out FILE               writes it there instead
  npm run --silent export -- RECORD.jsonl --tensorboard FOLDER [--float64]
      Writes an event file for \`tensorboard --logdir FOLDER\`. Its numbers are the record's, rounded to float32.
      --float64                not rounded; TensorBoard shows such files with --load_fast=false only
  npm run --silent export -- RECORD.jsonl --list
      Lists the quantities of a record.
      Exit code: 0 done, 2 no record, no such quantity, or a file that cannot be written. Lines that cannot be read are told on standard
      error and left out.

  npm run --silent optimizers -- [--json]
      Lists every optimizer and schedule with its hyperparameters, defaults, sources and backends.
`;

async function main([command, ...args]: readonly string[], output: Output): Promise<number> {
  if (command === undefined || command === '--help' || command === '-h' || args.includes('--help') || args.includes('-h')) {
    await output.write(usage);
    return command === undefined ? 2 : 0;
  }
  if (command === 'train') return train(args, output);
  if (command === 'export') return exportRun(args, output);
  if (command === 'optimizers') return optimizers(args, output);
  throw new UsageError(`There is no command ${command}; there are train, export and optimizers.`);
}

const output = new Output(process.stdout);
main(process.argv.slice(2), output)
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof UsageError) process.stderr.write('Run with --help for what can be said.\n');
    return error instanceof UsageError ? 2 : 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
