/**
 * A million random texts for the reader of rules, and how long a rule of 5,000 lines takes; then a tenth as many random and damaged files
 * for the readers of data, and a two-thousandth as many random runs to go back in: `npm run fuzz -- [COUNT] [SEED]`.
 */
import { readRule } from '../src/engine/language';
import { rules } from '../src/engine/optimizers';
import { wrappers } from '../src/engine/wrappers';
import { fuzzInFolder } from '../test/fuzz/inFolder';
import { fuzzLanguage } from '../test/fuzz/language';
import { fuzzReplay } from '../test/fuzz/replay';

const [count = '1000000', seed = '1'] = process.argv.slice(2);
const texts = [...rules(), ...wrappers()].flatMap((rule) => (rule.kind === 'text' ? [rule.text] : []));

const head = ['optimizer long "Long"', 'parameter lr = 0.1 in (0, inf) "η"', 'state m', 'x0 = g'];
/** A rule of 5,000 lines, each made from the one before by `next`. */
function longRule(next: (before: string) => string): string {
  const lines = [...head];
  while (lines.length < 4_997) lines.push(`x${lines.length - 3} = ${next(`x${lines.length - 4}`)}`);
  return [...lines, `m = 0.9*m + x${lines.length - 4}`, 'rate = lr', 'w = w - lr*m'].join('\n');
}
for (const [what, text] of [
  ["lines such as Adam's", longRule((before) => `0.9*${before} + (1 - 0.9)*g^2`)],
  ['lines twice as long', longRule((before) => `0.9*${before} + 0.1*sqrt(abs(g)) - (1 - 0.5)^2*w`)],
]) {
  const times = Array.from({ length: 21 }, () => {
    const began = performance.now();
    readRule(text, 'long.optim');
    return performance.now() - began;
  });
  const [first, ...later] = times;
  const median = later.sort((a, b) => a - b)[10];
  console.log(`a rule of 5,000 ${what}: ${first.toFixed(0)} ms the first time, then ${median.toFixed(0)} ms (median of 20)`);
}

const began = performance.now();
const { inputs, accepted, slowest } = fuzzLanguage(Number(count), Number(seed), texts, () => performance.now());
const seconds = (performance.now() - began) / 1000;
console.log(
  `${inputs.toLocaleString('en')} texts: ${accepted.toLocaleString('en')} rules, the others refused with a place; no other end. ` +
    `${seconds.toFixed(0)} s, the slowest ${slowest.toFixed(0)} ms.`,
);

async function data(): Promise<void> {
  const start = performance.now();
  const found = await fuzzInFolder(Math.ceil(Number(count) / 10), Number(seed));
  const kinds = Object.entries(found.accepted).map(([kind, right]) => `${right.toLocaleString('en')} ${kind}`);
  console.log(
    `${found.inputs.toLocaleString('en')} data files, a third each of IDX, CSV and gzip: ${kinds.join(', ')} read as the slow readers read them, ` +
      `the others refused with a place; no other end. ${((performance.now() - start) / 1000).toFixed(0)} s, the slowest ${found.slowest.toFixed(0)} ms; ` +
      `at most ${found.hungriest.toFixed(0)} bytes of memory a byte of the file; the process never took more than ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB.`,
  );
}

async function replay(): Promise<void> {
  const start = performance.now();
  const { runs, visits, back } = await fuzzReplay(Math.ceil(Number(count) / 2000), Number(seed));
  console.log(
    `${runs.toLocaleString('en')} random runs, every optimizer in turn: ${visits.toLocaleString('en')} of their steps visited again, ${back.toLocaleString('en')} times by ` +
      `going back; every byte was what it had been. ${((performance.now() - start) / 1000).toFixed(0)} s.`,
  );
}
void data().then(replay);
