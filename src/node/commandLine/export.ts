/** `export RECORD.jsonl`: other files made of a record, a table or TensorBoard's, without the editor. What is wrong with the record is told beside it. */
import { resolve } from 'node:path';
import type { Choosable } from '../../shared/export/column';
import { exportTable, quantitiesIn, writeTable, type Tell } from '../exportRecord';
import { exportTensorBoard } from '../exportTensorBoard';
import type { Output } from './output';
import { readArguments, UsageError } from './usage';

const toStandardError: Tell = (text) => void process.stderr.write(`${text}\n`);

/** @returns the exit code: 0 done, 2 no record, no such quantity, or a file that cannot be written */
export async function exportRun(args: readonly string[], output: Output, tell: Tell = toStandardError): Promise<number> {
  const { values, positionals } = readArguments(args, {
    csv: { type: 'string' },
    out: { type: 'string' },
    tensorboard: { type: 'string' },
    float64: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  });
  const { csv, out, tensorboard, float64, list } = values;
  if (positionals.length !== 1)
    throw new UsageError(
      `export takes one record, for example run.jsonl; found ${positionals.length === 0 ? 'none' : positionals.join(' ')}.`,
    );
  const kinds = [csv !== undefined, tensorboard !== undefined, list].filter(Boolean).length;
  if (kinds !== 1) throw new UsageError(`export needs one of --csv QUANTITY,…, --tensorboard FOLDER and --list; found ${kinds}.`);
  if (out !== undefined && csv === undefined) throw new UsageError('--out FILE is for --csv.');
  if (float64 && tensorboard === undefined) throw new UsageError('--float64 is for --tensorboard; a table always has every digit.');
  const record = resolve(positionals[0]);
  try {
    if (list) await output.write(inWords(await quantitiesIn(record)));
    else if (tensorboard !== undefined) {
      const file = await exportTensorBoard(record, resolve(tensorboard), float64 ? 'float64' : 'float32', tell);
      await output.write(`${file}\n`);
    } else {
      const quantities = String(csv)
        .split(',')
        .map((id) => id.trim());
      if (out === undefined) await writeTable(record, quantities, (text) => output.write(text), tell);
      else await exportTable(record, quantities, resolve(out), tell);
    }
    return 0;
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

function inWords(quantities: readonly Choosable[]): string {
  const width = Math.max(...quantities.map(({ id }) => id.length));
  const lines = quantities.map(({ id, doc, columns }) => {
    const unit = columns[0].unit === '1' ? '' : ` [${columns[0].unit}]`;
    return `${id.padEnd(width)}  ${doc}${unit}${columns.length === 1 ? '' : `, ${columns.length} columns`}\n`;
  });
  return lines.join('');
}
