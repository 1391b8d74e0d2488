/**
 * Problems in the files of the workspace: pairs of IDX files, tables, run specifications. Listing reads names only; a chosen file is
 * looked into piece by piece, so that the editor never waits for a large one.
 */
import { createReadStream } from 'node:fs';
import { dirname, relative } from 'node:path';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';
import * as vscode from 'vscode';
import { checkSpecification } from '../engine/run/check';
import { largestSpecification, parseSpecification } from '../engine/run/parse';
import type { RunSpecification } from '../engine/run/specification';
import { nodeFiles } from '../node/files';
import { networksFor, type DataChoice, type SpecificationChoice } from './problemChoice';

/** A file of the workspace that may be a problem; `open` looks into it. */
export type WorkspaceFile =
  | { readonly kind: 'idx'; readonly title: string; readonly detail: string; readonly images: string; readonly labels: string }
  | { readonly kind: 'csv'; readonly title: string; readonly detail: string; readonly path: string }
  | { readonly kind: 'run'; readonly title: string; readonly detail: string; readonly path: string };

const skipped = '**/{node_modules,.venv,venv,site-packages,__pycache__}/**';
const mostFiles = 200;
/** Rows of a table that are looked at for the kind of its columns. */
const rowsLookedAt = 2000;

/** The files that may be problems, by name alone. */
export async function findProblemFiles(): Promise<WorkspaceFile[]> {
  if (!vscode.workspace.workspaceFolders?.length) return [];
  const find = async (pattern: string): Promise<string[]> =>
    (await vscode.workspace.findFiles(pattern, skipped, mostFiles)).filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
  const [idx, csv, run] = await Promise.all([
    find('**/*{idx3-ubyte,idx3-ubyte.gz,idx1-ubyte,idx1-ubyte.gz}'),
    find('**/*.csv'),
    find('**/*.run.json'),
  ]);
  const shown = (path: string): string => vscode.workspace.asRelativePath(path);
  const sorted = (paths: string[]): string[] => [...paths].sort();
  return [
    ...sorted(idx).flatMap((images): WorkspaceFile[] => {
      const labels = labelsOf(images, idx);
      return labels === undefined
        ? []
        : [{ kind: 'idx', title: idxTitle(images), detail: `${shown(images)} with its labels`, images, labels }];
    }),
    ...sorted(csv).map((path): WorkspaceFile => ({ kind: 'csv', title: baseName(path), detail: shown(path), path })),
    ...sorted(run).map((path): WorkspaceFile => ({ kind: 'run', title: baseName(path), detail: shown(path), path })),
  ];
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** `t10k-images-idx3-ubyte.gz` → `t10k-labels-idx1-ubyte.gz`, packed or not. */
function labelsOf(images: string, all: readonly string[]): string | undefined {
  const name = baseName(images);
  if (!name.includes('idx3')) return undefined;
  const wanted = images.slice(0, images.length - name.length) + name.replace('images', 'labels').replace('idx3', 'idx1');
  const bare = wanted.endsWith('.gz') ? wanted.slice(0, -3) : wanted;
  return all.find((path) => path === wanted) ?? all.find((path) => path === bare || path === `${bare}.gz`);
}

const idxTitle = (images: string): string => {
  const name = baseName(images);
  return `Images ${name.slice(0, name.indexOf('idx3')).replace(/[-_.]?images[-_.]?/, '') || name}`;
};

/** The first bytes of a file, unpacked where it is packed. */
async function head(path: string, bytes: number): Promise<Uint8Array> {
  const packed = createReadStream(path);
  const stream = path.endsWith('.gz') ? packed.pipe(createGunzip()) : packed;
  packed.on('error', (error) => stream.destroy(error));
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= bytes) break;
    }
  } finally {
    packed.destroy();
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** Looks into a pair of IDX files: the size of an image, and how many classes the labels name. */
export async function openIdx(file: Extract<WorkspaceFile, { kind: 'idx' }>): Promise<DataChoice> {
  const folder = dirname(file.images);
  const header = await head(file.images, 16);
  const magic = [0, 0, 8, 3];
  if (header.length < 16 || magic.some((byte, index) => header[index] !== byte)) {
    const found = [...header.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new Error(`${baseName(file.images)} is no IDX file of images: it begins with ${found || 'nothing'}; 00 00 08 03 is expected.`);
  }
  const view = new DataView(header.buffer, header.byteOffset, 16);
  const [samples, rows, columns] = [view.getUint32(4), view.getUint32(8), view.getUint32(12)];
  const labels = await nodeFiles(folder).read(file.labels, 2 ** 24);
  const outputs = labels.subarray(8).reduce((most, label) => Math.max(most, label), 0) + 1;
  const inputs = rows * columns;
  return {
    kind: 'data',
    title: file.title,
    detail: `${samples.toLocaleString('en')} images of ${rows} × ${columns}, ${outputs} classes`,
    source: { idx: { images: relative(folder, file.images), labels: relative(folder, file.labels) } },
    folder,
    inputs,
    outputs,
    loss: 'crossEntropy',
    batchSize: 64,
    length: { epochs: 10 },
    networks: networksFor(inputs, outputs),
  };
}

/** What the first rows of a table say about a column. */
export interface TableColumn {
  readonly name: string;
  readonly numeric: boolean;
  /** Different values seen. */
  readonly values: number;
}

export interface Table {
  readonly path: string;
  readonly columns: readonly TableColumn[];
  /** Rows looked at. */
  readonly rows: number;
}

/** Looks at the first rows of a table. */
export async function openTable(path: string): Promise<Table> {
  const text = new TextDecoder().decode(await head(path, 2 ** 18));
  // the last line may be cut off
  const { data } = Papa.parse<string[]>(text.slice(0, text.lastIndexOf('\n') + 1) || text, { preview: rowsLookedAt, skipEmptyLines: true });
  const [header, ...rows] = data;
  if (!header || rows.length === 0) throw new Error(`${baseName(path)} has no rows below its header: there is nothing to learn from.`);
  const columns = header.map((name, index) => {
    const cells = rows.map((row) => (row[index] ?? '').trim());
    return { name, numeric: cells.every((cell) => cell !== '' && Number.isFinite(Number(cell))), values: new Set(cells).size };
  });
  return { path, columns, rows: rows.length };
}

/** The names in a column, counted over the whole table, a piece at a time. */
function countClasses(path: string, column: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const names = new Set<string>();
    Papa.parse<Record<string, string>>(createReadStream(path), {
      header: true,
      skipEmptyLines: true,
      step: ({ data }) => void names.add((data[column] ?? '').trim()),
      complete: () => resolve(names.size),
      error: reject,
    });
  });
}

/** The data of a table whose `column` is to be learnt: a class, or a number. */
export async function chooseColumn(table: Table, column: TableColumn, as: 'class' | 'number'): Promise<DataChoice> {
  const others = table.columns.filter(({ name }) => name !== column.name);
  const text = others.filter(({ numeric }) => !numeric);
  if (text.length > 0)
    throw new Error(`${baseName(table.path)}: a feature must be a number; ${text.map(({ name }) => `“${name}”`).join(', ')} holds text.`);
  const folder = dirname(table.path);
  const file = baseName(table.path);
  const outputs = as === 'class' ? await countClasses(table.path, column.name) : 1;
  return {
    kind: 'data',
    title: file,
    detail: `${as === 'class' ? `${outputs} classes of` : 'the number'} “${column.name}” from ${others.length} ${others.length === 1 ? 'feature' : 'features'}`,
    source: { csv: { file, ...(as === 'class' ? { label: column.name } : { targets: [column.name] }), standardise: true } },
    folder,
    inputs: others.length,
    outputs,
    loss: as === 'class' ? 'crossEntropy' : 'meanSquaredError',
    batchSize: Math.min(32, Math.max(1, Math.floor(table.rows / 4))),
    length: { epochs: 100 },
    networks: networksFor(others.length, outputs),
  };
}

/** Reads a run specification. @throws with the place, what was found and what is expected */
export async function readSpecification(path: string, text?: string): Promise<{ spec: RunSpecification; folder: string }> {
  const folder = dirname(path);
  const content = text ?? (await nodeFiles(folder).text(path, largestSpecification));
  return { spec: checkSpecification(parseSpecification(content, baseName(path))), folder };
}

export async function openSpecification(file: Extract<WorkspaceFile, { kind: 'run' }>): Promise<SpecificationChoice> {
  const { spec, folder } = await readSpecification(file.path);
  return { kind: 'specification', title: file.title, detail: file.detail, spec, folder };
}
