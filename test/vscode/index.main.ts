/**
 * The suite inside the extension host: every `*.test.js` beside this file, by mocha, reported to the console. `run` resolves where all
 * pass; the last line is for machines. MOCHA_GREP names part of a title
 * where only some are wanted.
 */
import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { reportTo } from '../../scripts/testing/report.mjs';

export async function run(): Promise<void> {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.js'));
  if (files.length === 0) throw new Error(`there are no tests in ${__dirname}`);
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: 60_000, color: false, grep: process.env.MOCHA_GREP || undefined });
  for (const file of files.sort()) mocha.addFile(join(__dirname, file));
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run((failures) => {
      report(failures);
      resolve(failures);
    });
    const report = reportTo(runner);
  });
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
