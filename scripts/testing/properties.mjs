// What property tests draw: the same cases every time, so that a change is judged by what it does and not by luck. Others are looked for on
// purpose, by `npm run fuzz`, or in all tests with PROPERTY_SEED=random; PROPERTY_SEED=N draws those of a failure again.
import { createRequire } from 'node:module';

// the tests require it, so it must be the same copy
const { configureGlobal } = createRequire(import.meta.url)('fast-check');
const wanted = process.env.PROPERTY_SEED ?? '1';
const seed = wanted === 'random' ? Date.now() % 2 ** 31 : Number(wanted);
if (!Number.isInteger(seed)) throw new Error(`PROPERTY_SEED is "${wanted}"; expected a whole number or "random"`);
configureGlobal({ seed });
