/** The fixtures of test/oracle/optimizers, for tests that run in Node. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Fixture } from './follow';

const folder = 'test/oracle/optimizers';

/** Names of all of them: `adam.torch.json`, … */
export const fixtureFiles = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();

export const readFixture = (file: string): Fixture => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Fixture;
