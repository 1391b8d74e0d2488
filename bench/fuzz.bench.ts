/** A million random texts for the reader of rules, and how long a rule of 5,000 lines takes: `npm run fuzz -- [COUNT] [SEED]`. */
import { readRule } from '../src/engine/language';
import { rules } from '../src/engine/optimizers';
import { wrappers } from '../src/engine/wrappers';
import { fuzzLanguage } from '../test/fuzz/language';

const [count = '1000000', seed = '1'] = process.argv.slice(2);
const texts = [...rules(), ...wrappers()].flatMap((rule) => (rule.kind === 'text' ? [rule.text] : []));

const long = ['optimizer long "Long"', 'parameter lr = 0.1 in (0, inf) "η"', 'state m', 'x0 = g'];
while (long.length < 4_997) long.push(`x${long.length - 3} = 0.9*x${long.length - 4} + 0.1*sqrt(abs(g)) - (1 - 0.5)^2*w`);
long.push(`m = 0.9*m + x${long.length - 4}`, 'rate = lr', 'w = w - lr*m');
const times = Array.from({ length: 11 }, () => {
  const began = performance.now();
  readRule(long.join('\n'), 'long.optim');
  return performance.now() - began;
});
const [first, ...later] = times;
console.log(
  `a rule of ${long.length} lines: ${first.toFixed(1)} ms the first time, then ${later.sort((a, b) => a - b)[5].toFixed(1)} ms (median of 10)`,
);

const began = performance.now();
const { inputs, accepted, slowest } = fuzzLanguage(Number(count), Number(seed), texts, () => performance.now());
const seconds = (performance.now() - began) / 1000;
console.log(
  `${inputs.toLocaleString('en')} texts: ${accepted.toLocaleString('en')} rules, the others refused with a place; no other end. ` +
    `${seconds.toFixed(0)} s, the slowest ${slowest.toFixed(0)} ms.`,
);
