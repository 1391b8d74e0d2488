// What all peers in JavaScript have in common: they answer lines of JSON with lines of JSON, and time blocks of steps.
//   {"open": CASE, "check": 20, "warm": 1}  →  {"losses": […]}        builds the network, takes the first steps, warms up
//   {"measure": 0.5}                        →  {"microseconds": 12.3, "steps": 40000, "cores": 1}
//                                             the median over blocks of steps; and how many cores were at work
//   {"close": true}                         →  {}
// The first line that a peer says is {"ready": {…}}: its library, version, and threads.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Seconds that a block of steps lasts at least: long beside the clock's grain, short beside a measurement. */
const blockSeconds = 0.002;

/** What libraries say of themselves goes where it disturbs nobody. */
console.log = console.info = console.warn = console.error;
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** A case with its numbers read. `x[i]` and `y[i]` are mini-batch i; `weights` the tensors weight [out][in], bias, layer after layer. */
export function readCase(given) {
  const { widths, batch, batches, loss } = given;
  const numbers = (path, Type) => {
    const bytes = readFileSync(path);
    return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };
  const slices = (all, size) => Array.from({ length: batches }, (_, i) => all.slice(i * size, (i + 1) * size));
  const joined = numbers(given.weights, Float32Array);
  const weights = [];
  let at = 0;
  widths.slice(1).forEach((outputs, l) => {
    for (const shape of [[outputs, widths[l]], [outputs]]) {
      const length = shape.reduce((product, extent) => product * extent, 1);
      weights.push({ shape, values: joined.slice(at, (at += length)) });
    }
  });
  const classes = widths.at(-1);
  const wanted = slices(numbers(given.y, loss === 'crossEntropy' ? Int32Array : Float32Array), batch);
  /** As many numbers a sample as the network has outputs: classes one-hot. */
  const oneHot = (labels) => {
    const rows = new Float32Array(batch * classes);
    labels.forEach((label, i) => (rows[i * classes + label] = 1));
    return rows;
  };
  return {
    ...given,
    outputs: classes,
    x: slices(numbers(given.x, Float32Array), batch * widths[0]),
    y: loss === 'crossEntropy' ? wanted.map(oneHot) : wanted,
    weights,
  };
}

/**
 * Answers until the other side closes.
 * @param ready what to say of the library
 * @param open (case) → { step(i): Promise<number>, close() }: a network in training; step i takes mini-batch i and gives its loss, read back
 */
export async function serve(ready, open) {
  say({ ready });
  let training;
  let taken = 0;
  const step = async () => training.step(taken++ % training.batches);
  const timed = async (seconds) => {
    const times = [];
    let steps = 0;
    let block = 1;
    const start = performance.now();
    const worked = process.cpuUsage();
    do {
      const began = performance.now();
      for (let i = 0; i < block; i++) await step();
      const took = performance.now() - began;
      steps += block;
      if (took < 500 * blockSeconds) {
        block *= 2; // too short a block to count
        continue;
      }
      times.push(took / block);
      if (took < 1000 * blockSeconds) block *= 2;
    } while (performance.now() < start + 1000 * seconds || times.length === 0);
    const { user, system } = process.cpuUsage(worked);
    const cores = (user + system) / (1000 * (performance.now() - start));
    return { microseconds: 1000 * times.sort((a, b) => a - b)[times.length >> 1], steps, cores };
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    if (asked.open) {
      const given = readCase(asked.open);
      training = { ...(await open(given)), batches: given.batches };
      taken = 0;
      const losses = [];
      while (losses.length < asked.check) losses.push(await step());
      await timed(asked.warm);
      say({ losses });
    } else if (asked.measure) {
      say(await timed(asked.measure));
    } else {
      await training?.close();
      training = undefined;
      say({});
    }
  }
}
