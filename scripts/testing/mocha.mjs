// Plain mocha on every built test of a folder, with its readable report, followed by the line that `npm test` adds up. A folder without
// any test is a failure. With more than one job files run side by side, each in a process of its own; a file's report comes when it is through.
//   node scripts/testing/mocha.mjs FOLDER [--timeout MS] [--grep TEXT] [--jobs N]
import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reportTo } from './report.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { timeout: { type: 'string', default: '60000' }, grep: { type: 'string' }, jobs: { type: 'string', default: '1' } },
});
const [folder] = positionals;
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.test.js'));
if (files.length === 0) throw new Error(`there are no tests in ${folder}`);

const jobs = Number(values.jobs);
const properties = fileURLToPath(new URL('./properties.mjs', import.meta.url));
const mocha = new Mocha({
  reporter: 'spec',
  timeout: Number(values.timeout),
  grep: values.grep,
  parallel: jobs > 1,
  jobs,
  require: [properties], // for the processes of several jobs; one job is this process
});
for (const file of files.sort()) mocha.addFile(join(folder, file));
if (jobs === 1) {
  await import(properties);
  await mocha.loadFilesAsync();
}
const runner = mocha.run((failures) => {
  report(failures);
  process.exit(failures === 0 ? 0 : 1);
});
const report = reportTo(runner);
