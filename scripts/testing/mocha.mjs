// Plain mocha on every built test of a folder, with its readable report, followed by the line that `npm test` adds up. A folder without
// any test is a failure.
//   node scripts/testing/mocha.mjs FOLDER [--timeout MS] [--grep TEXT]
import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportTo } from './report.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { timeout: { type: 'string', default: '60000' }, grep: { type: 'string' } },
});
const [folder] = positionals;
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.test.js'));
if (files.length === 0) throw new Error(`there are no tests in ${folder}`);

const mocha = new Mocha({ reporter: 'spec', timeout: Number(values.timeout), grep: values.grep });
for (const file of files.sort()) mocha.addFile(join(folder, file));
await mocha.loadFilesAsync();
const runner = mocha.run((failures) => {
  report(failures);
  process.exit(failures === 0 ? 0 : 1);
});
const report = reportTo(runner);
