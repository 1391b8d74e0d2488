// The recorded runs that the panels are shown and tested with: made by the command line from the specifications in
// src/webview/preview/records, into out/records; a second or two each, the same numbers each time.
//   node scripts/recordedRuns.mjs   (makes all of them anew)
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const specifications = join(root, 'src', 'webview', 'preview', 'records');
const records = join(root, 'out', 'records');

/** The records that there are, by name. */
export const recordNames = () =>
  readdirSync(specifications)
    .filter((file) => file.endsWith('.run.json'))
    .map((file) => file.replace(/\.run\.json$/, ''));

/** Records being made, so that two who ask for one get the same. */
const making = new Map();

async function make(name, file) {
  mkdirSync(records, { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  const specification = join(specifications, `${name}.run.json`);
  const child = spawn(process.execPath, [join(root, 'scripts', 'cli.mjs'), 'train', specification], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  await finished(child.stdout.pipe(createWriteStream(partial)));
  await ended;
  // one of them is to diverge, and the command line says so with its exit code: a record with an end is what is wanted
  if (!/\{"type":"end"[^\n]*\n$/.test(readFileSync(partial, 'utf8')))
    throw new Error(`The command line could not train ${specification}:\n${said}`);
  renameSync(partial, file);
  return file;
}

/** @param fresh make it anew even where it is newer than its specification @returns the record's file */
export async function recordedRun(name, { fresh = false } = {}) {
  if (!recordNames().includes(name)) throw new Error(`There is no recorded run ${name}; there are ${recordNames().join(', ')}.`);
  const file = join(records, `${name}.jsonl`);
  const specification = join(specifications, `${name}.run.json`);
  if (!making.has(name)) {
    if (!fresh && existsSync(file) && statSync(file).mtimeMs > statSync(specification).mtimeMs) return file;
    making.set(
      name,
      make(name, file).finally(() => making.delete(name)),
    );
  }
  return making.get(name);
}

/** All of them, one after the other. */
export async function recordedRuns(options) {
  for (const name of recordNames()) await recordedRun(name, options);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await recordedRuns({ fresh: true });
