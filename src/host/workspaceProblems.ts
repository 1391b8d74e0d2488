/**
 * Problems in the files of the workspace: pairs of IDX files, tables, run specifications. Listing reads names only; a chosen file is
 * looked into piece by piece, so that the editor never waits for a large one.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import * as vscode from 'vscode';
import { interestsOf, layoutOf, type Roles } from '../engine/problems/csv/columns';
import { readHead, type Head } from '../engine/problems/csv/header';
import { Look } from '../engine/problems/csv/look';
import { endOfRows, Pieces } from '../engine/problems/csv/pieces';
import { Rows } from '../engine/problems/csv/rows';
import { readIdxHeader, readLabels, shapeOf } from '../engine/problems/idx';
import { checkSpecification } from '../engine/run/check';
import { largestSpecification, parseSpecification } from '../engine/run/parse';
import type { RunSpecification } from '../engine/run/specification';
import { nodeFiles } from '../node/files';
import { networksForFile, type DataChoice, type SpecificationChoice } from './problemChoice';

/** A file of the workspace that may be a problem; `open` looks into it. */
export type WorkspaceFile =
  | { readonly kind: 'idx'; readonly title: string; readonly detail: string; readonly images: string; readonly labels: string }
  | { readonly kind: 'csv'; readonly title: string; readonly detail: string; readonly path: string }
  | { readonly kind: 'run'; readonly title: string; readonly detail: string; readonly path: string };

const skipped = '**/{node_modules,.venv,venv,site-packages,__pycache__}/**';
const mostFiles = 200;
/** Bytes of a table that are looked at for the kind of its columns. */
const bytesLookedAt = 2 ** 18;
/** Bytes of a table that are read at a time: a few milliseconds' work. */
const piece = 2 ** 18;

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
    ...sorted(run).map((path): WorkspaceFile => ({
      kind: 'run',
      title: baseName(path),
      detail: `a run specification: ${shown(path)}`,
      path,
    })),
  ];
}

/** The most tables of a program that are looked for. */
const mostTables = 3;

/**
 * The tables that a program reads, where they are to be found: beside it, or from a folder of the workspace, in which it may run.
 * @param paths as the program writes them. @param program where it is
 */
export async function findTables(paths: readonly string[], program: vscode.Uri): Promise<Extract<WorkspaceFile, { kind: 'csv' }>[]> {
  const folders = [dirname(program.fsPath), ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath)];
  const isFile = (path: string): Promise<boolean> =>
    stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
  const found = await Promise.all(
    paths.slice(0, mostTables).map(async (written) => {
      for (const path of folders.map((folder) => resolve(folder, written))) if (await isFile(path)) return path;
      return null;
    }),
  );
  return [...new Set(found.filter((path) => path !== null))].map((path) => ({
    kind: 'csv',
    title: baseName(path),
    detail: vscode.workspace.asRelativePath(path),
    path,
  }));
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
  // The header of no more than 255 dimensions.
  const { extents } = readIdxHeader(await head(file.images, 4 + 4 * 255), baseName(file.images), 'images');
  const [samples, ...shape] = extents;
  const labels = readLabels(await nodeFiles(folder).read(file.labels, 2 ** 24), baseName(file.labels));
  const outputs = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const inputs = shape.reduce((product, extent) => product * extent, 1);
  const ends = { inputs, outputs, shape: shapeOf(shape) ?? null, loss: 'crossEntropy' };
  return {
    kind: 'data',
    title: file.title,
    detail: `${samples.toLocaleString('en')} images of ${shape.join(' × ')}, ${outputs} classes`,
    source: { idx: { images: relative(folder, file.images), labels: relative(folder, file.labels) } },
    folder,
    ...ends,
    batchSize: 64,
    length: { epochs: 10 },
    networks: networksForFile(ends),
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
  readonly head: Head;
}

/** Looks at the first rows of a table. */
export async function openTable(path: string): Promise<Table> {
  const name = baseName(path);
  const bytes = await head(path, bytesLookedAt);
  // The last row may be cut off.
  const whole = bytes.length < bytesLookedAt ? bytes : bytes.subarray(0, endOfRows(bytes) || bytes.length);
  const beginning = readHead(whole, name, undefined, []);
  const { header, delimiter, at, line } = beginning;
  const look = new Look(
    header,
    header.map(() => 'names'),
  );
  look.add(new Rows(whole, delimiter, name, at, line));
  if (look.rows === 0) throw new Error(`${name} has no rows below its header: there is nothing to learn from.`);
  const columns = look.columns.map(({ numbers, texts, names, tooMany }, column) => ({
    name: header[column],
    numeric: numbers > 0 && texts === 0,
    values: tooMany ? look.rows : names.size,
  }));
  return { path, columns, rows: look.rows, head: beginning };
}

/** Looks at a whole table, a piece at a time. */
async function lookAt({ path, head: { header, delimiter, at, line } }: Table, roles: Roles): Promise<Look> {
  const name = baseName(path);
  const look = new Look(header, interestsOf(header, roles));
  const pieces = new Pieces(name);
  let next = line;
  const add = (rows: Rows): void => {
    look.add(rows);
    next = rows.rest.line;
  };
  const stream = createReadStream(path, { start: at, highWaterMark: piece });
  for await (const bytes of stream as AsyncIterable<Buffer>) add(new Rows(pieces.add(bytes), delimiter, name, 0, next));
  add(new Rows(pieces.end(), delimiter, name, 0, next));
  return look;
}

/**
 * The data of a table whose `column` is to be learnt: a class, or a number. Columns with a name for nearly every row are left out, and
 * missing cells filled in, since nobody is asked about them here.
 * @throws FileError where a column is at fault
 */
export async function chooseColumn(table: Table, column: TableColumn, as: 'class' | 'number'): Promise<DataChoice> {
  const { path, head: beginning } = table;
  const { header } = beginning;
  const file = baseName(path);
  const learnt = header.indexOf(column.name);
  const others = header.map((_, at) => at).filter((at) => at !== learnt);
  const roles: Roles = {
    features: others,
    targets: as === 'number' ? [learnt] : [],
    categories: new Set(),
    ...(as === 'class' && { label: learnt }),
  };
  const look = await lookAt(table, roles);
  const ignored = others.filter((at) => look.columns[at].tooMany ?? look.columns[at].numbers + look.columns[at].texts === 0);
  const features = others.filter((at) => !ignored.includes(at));
  if (features.length === 0)
    throw new Error(
      `${file} has nothing to learn “${column.name}” from: ${ignored.length === 0 ? 'it is the only column' : 'every other column has too many different names, or none'}.`,
    );
  const missing = look.incomplete === 0 ? 'refuse' : look.columns[learnt].missing > 0 ? 'drop' : 'mean';
  const layout = layoutOf(beginning, file, { ...roles, features }, look, missing);
  const outputs = as === 'class' ? look.columns[learnt].names.size : 1;
  const inputs = layout.names.length;
  const ends = { inputs, outputs, shape: null, loss: as === 'class' ? 'crossEntropy' : 'meanSquaredError' };
  const notes = [
    ...(ignored.length > 0 ? [`without ${ignored.map((at) => `“${header[at]}”`).join(', ')}`] : []),
    ...(missing === 'drop' ? [`without ${look.incomplete} rows that have missing cells`] : []),
    ...(missing === 'mean' ? [`means for missing cells in ${look.incomplete} rows`] : []),
  ];
  return {
    kind: 'data',
    title: file,
    detail: [
      `${as === 'class' ? `${outputs} classes of` : 'the number'} “${column.name}” from ${inputs} ${inputs === 1 ? 'feature' : 'features'}`,
      ...notes,
    ].join(', '),
    source: {
      csv: {
        file,
        ...(as === 'class' ? { label: column.name } : { targets: [column.name] }),
        ...(ignored.length > 0 && { ignore: ignored.map((at) => header[at]) }),
        ...(missing !== 'refuse' && { missing }),
        standardise: true,
      },
    },
    folder: dirname(path),
    ...ends,
    batchSize: Math.min(32, Math.max(1, Math.floor(table.rows / 4))),
    length: { epochs: 100 },
    networks: networksForFile(ends),
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
