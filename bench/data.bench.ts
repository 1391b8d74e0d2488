/**
 * How long data take to load, and how much memory: 60,000 images of 28 × 28 as IDX, plain and gzipped, and as tables of whole numbers and
 * of decimals. Each is loaded in a process of its own, `data.bench.js load KIND FOLDER`, so that the peak is its own.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadData } from '../src/engine/problems/load';
import type { DataSource } from '../src/engine/run/specification';
import { nodeFiles } from '../src/node/files';
import { median } from './timing';

const samples = 60_000;
const side = 28;
const inputs = side * side;

const sources: Readonly<Record<string, { readonly title: string; readonly file: string; readonly source: DataSource }>> = {
  idx: { title: 'IDX', file: 'images', source: { idx: { images: 'images', labels: 'labels' } } },
  gzip: { title: 'IDX, gzipped', file: 'images.gz', source: { idx: { images: 'images.gz', labels: 'labels' } } },
  bytes: { title: 'CSV of whole numbers', file: 'bytes.csv', source: { csv: { file: 'bytes.csv', label: 'label' } } },
  decimals: { title: 'CSV of decimals', file: 'decimals.csv', source: { csv: { file: 'decimals.csv', label: 'label' } } },
};

export interface DataFigure {
  readonly title: string;
  /** Bytes of the file. */
  readonly file: number;
  /** Bytes of the features in memory. */
  readonly features: number;
  /** From the file to samples: the first time, in a process that has done nothing yet, and the median of the next five. */
  readonly first: number;
  readonly milliseconds: number;
  /** Bytes that the process grew by at its largest, the first time. */
  readonly peak: number;
}

/** Measures all kinds of files; makes half a gigabyte of them first. */
export function benchData(): readonly DataFigure[] {
  const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-data-'));
  try {
    writeFiles(folder);
    return Object.keys(sources).map((kind) => {
      const answer = execFileSync(process.execPath, [join(__dirname, 'data.bench.js'), 'load', kind, folder], { encoding: 'utf8' });
      return JSON.parse(answer) as DataFigure;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Four pixels of five are black, as in images of strokes. */
function writeFiles(folder: string): void {
  let state = 1;
  const draw = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 16;
  const pixels = Uint8Array.from({ length: samples * inputs }, () => (draw() % 5 === 0 ? draw() % 256 : 0));
  const labels = Uint8Array.from({ length: samples }, () => draw() % 10);
  const header = Buffer.alloc(16);
  [0x803, samples, side, side].forEach((word, i) => header.writeUInt32BE(word, 4 * i));
  const images = Buffer.concat([header, pixels]);
  writeFileSync(join(folder, 'images'), images);
  writeFileSync(join(folder, 'images.gz'), gzipSync(images, { level: 1 }));
  header.writeUInt32BE(0x801, 0);
  writeFileSync(join(folder, 'labels'), Buffer.concat([header.subarray(0, 8), labels]));
  for (const [name, show] of [
    ['bytes.csv', String],
    ['decimals.csv', (pixel: number) => (pixel === 0 ? '0.0' : (pixel / 255).toFixed(5))],
  ] as const) {
    const texts = Array.from({ length: 256 }, (_, pixel) => show(pixel));
    const file = openSync(join(folder, name), 'w');
    writeSync(file, `label,${Array.from({ length: inputs }, (_, i) => `pixel${i}`).join(',')}\n`);
    for (let sample = 0; sample < samples; sample++) {
      let row = String(labels[sample]);
      for (let i = sample * inputs; i < (sample + 1) * inputs; i++) row += `,${texts[pixels[i]]}`;
      writeSync(file, `${row}\n`);
    }
    closeSync(file);
  }
}

async function load(kind: string, folder: string): Promise<DataFigure> {
  const { title, file, source } = sources[kind];
  const files = nodeFiles(folder);
  const before = process.memoryUsage.rss();
  const once = async (): Promise<readonly [number, number]> => {
    const began = performance.now();
    const { x } = await loadData(source, 1, files);
    return [performance.now() - began, x.byteLength];
  };
  const [first, features] = await once();
  const peak = 1024 * process.resourceUsage().maxRSS - before;
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push((await once())[0]);
  return { title, file: statSync(join(folder, file)).size, features, first, milliseconds: median(times), peak };
}

if (process.argv[2] === 'load')
  void load(process.argv[3], process.argv[4]).then((figure) => process.stdout.write(`${JSON.stringify(figure)}\n`));
