/**
 * MNIST from end to end: `npm run train` on `mnist.run.json`, and PyTorch doing the same. Each is a process, timed from its start to its end,
 * loading and evaluations included.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSpecification } from '../src/engine/run/parse';
import { prepare } from '../src/engine/run/prepare';
import type { RecordEvent } from '../src/engine/run/record';
import type { RunSpecification } from '../src/engine/run/specification';
import { nodeFiles } from '../src/node/files';
import { pythonOf } from './participants';
import type { Figure } from './report';

const images = 't10k-images-idx3-ubyte.gz';
const labels = 't10k-labels-idx1-ubyte.gz';

/** Are the files there? */
export const hasMnist = (folder: string): boolean => [images, labels].every((file) => existsSync(join(folder, file)));

/** @param folder of the two files @param torch whether PyTorch is there */
export async function mnistFigures(root: string, folder: string, torch: boolean): Promise<Figure[]> {
  const specification = join(root, 'bench', 'mnist.run.json');
  const files = [join(folder, images), join(folder, labels)];
  const settings = ['images', 'labels'].flatMap((name, i) => ['--set', `problem.data.idx.${name}=${JSON.stringify(files[i])}`]);
  const [output, seconds] = timed(process.execPath, [join(root, 'scripts', 'cli.mjs'), 'train', specification, ...settings]);
  const events = output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RecordEvent]));
  const last = events.filter((event) => event.type === 'evaluation').at(-1);
  const end = events.find((event) => event.type === 'end');
  if (!last || end?.reason !== 'completed') throw new Error(`The run of ${specification} did not come to its end.`);
  const ours: Figure[] = [
    { name: 'npm run train, from start to end', value: seconds, unit: 's' },
    { name: 'of which training and evaluations', value: end.seconds, unit: 's' },
    { name: 'held-out accuracy', value: 100 * (last.heldOutAccuracy ?? NaN), unit: '%' },
    { name: 'held-out loss', value: last.heldOutLoss ?? NaN, unit: '' },
  ];
  if (!torch) return ours;
  const scratch = mkdtempSync(join(tmpdir(), 'optimizer-debugger-mnist-'));
  try {
    const heldOut = join(scratch, 'held-out.u32');
    writeFileSync(heldOut, await heldOutRows(specification, folder));
    const [line, wall] = timed(pythonOf(root), [join(root, 'bench', 'peers', 'mnist_torch.py'), ...files, heldOut]);
    const found = JSON.parse(line) as { seconds: number; heldOutAccuracy: number; heldOutLoss: number };
    return [
      ...ours,
      { name: 'PyTorch, from start to end', value: wall, unit: 's' },
      { name: 'of which reading, training and evaluations', value: found.seconds, unit: 's' },
      { name: 'held-out accuracy of PyTorch', value: 100 * found.heldOutAccuracy, unit: '%' },
      { name: 'held-out loss of PyTorch', value: found.heldOutLoss, unit: '' },
      { name: 'PyTorch ÷ ours, from start to end', value: wall / seconds, unit: '×' },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The samples that the run holds out. */
async function heldOutRows(specification: string, folder: string): Promise<Uint32Array> {
  const parsed = parseSpecification(readFileSync(specification, 'utf8'), 'mnist.run.json');
  const { problem } = await prepare(parsed as RunSpecification, nodeFiles(folder));
  return problem.kind === 'network' ? problem.heldOut : new Uint32Array(0);
}

/** What a program prints, and its seconds. @throws Error where it fails */
function timed(program: string, args: readonly string[]): [string, number] {
  const began = performance.now();
  const output = execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'inherit'] });
  return [output, (performance.now() - began) / 1000];
}
