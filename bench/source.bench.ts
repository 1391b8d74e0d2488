/**
 * How long reading a 5,000-line Python file takes, first in a fresh process and then again, as the person types. `node out/bench/source.bench.js`.
 */
import { readPython } from '../src/source/python';
import { trainingScript } from '../test/engine/source/sample';

const helper = (i: number): string => `
def helper_${i}(x, y=None, *, scale=1.0):
    """Documents what it does with 'quotes' and (brackets)."""
    if y is None:
        y = [value * scale for value in x]
    for index, (a, b) in enumerate(zip(x, y)):
        print(f"step {index}: {a:.3f}", {"sum": a + b, "ratio": a / max(b, 1e-8)})
    return sorted(x, key=lambda value: -value)[: len(y) // 2]

`;
let text = trainingScript;
for (let i = 0; text.split('\n').length < 5_000; i++) text = helper(i) + text;
/** The worst case: every function mentions an optimizer, so that nothing can be left out. */
const dense = text.replaceAll('Documents', 'optim');

for (const [what, program] of [
  ['helpers between', text],
  ['optimizers everywhere', dense],
] as const) {
  const times = Array.from({ length: 12 }, () => {
    const began = performance.now();
    readPython(program);
    return performance.now() - began;
  });
  const [first, ...rest] = times;
  const median = rest.sort((a, b) => a - b)[rest.length >> 1];
  console.log(
    `${what}: ${program.split('\n').length} lines, first ${first.toFixed(1)} ms, then ${median.toFixed(1)} ms (median of ${rest.length})`,
  );
}
