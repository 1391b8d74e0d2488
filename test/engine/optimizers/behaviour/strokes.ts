/** Images like MNIST's, for tests that need data of its size and kind: ten figures of strokes, moved about, with grey values and specks. */
import type { Dataset } from '../../../../src/engine/problems/dataset';
import { Random } from '../../../../src/engine/random';

const side = 28;
const classes = 10;

/** A figure: the pixels under a pen two pixels wide that wanders through the middle of the image. */
function figure(random: Random): Uint8Array {
  const pixels = new Uint8Array(side * side);
  for (let stroke = 0; stroke < 5; stroke++) {
    let [x, y] = [6 + 16 * random.uniform(), 6 + 16 * random.uniform()];
    let direction = 2 * Math.PI * random.uniform();
    for (let length = 0; length < 14; length++) {
      for (const [i, j] of [y, y + 1].flatMap((down) => [x, x + 1].map((across) => [Math.round(down), Math.round(across)])))
        if (i >= 0 && i < side && j >= 0 && j < side) pixels[i * side + j] = 1;
      x += Math.cos(direction);
      y += Math.sin(direction);
      direction += 0.3 * random.normal();
    }
  }
  return pixels;
}

/** @param samples how many images */
export function strokes(samples: number): Dataset {
  const random = new Random(5, 'strokes');
  const figures = Array.from({ length: classes }, () => figure(random));
  const labels = Int32Array.from({ length: samples }, () => random.integer(classes));
  const x = new Uint8Array(samples * side * side);
  labels.forEach((label, sample) => {
    const [down, across] = [random.integer(5) - 2, random.integer(5) - 2];
    for (let i = 0; i < side; i++)
      for (let j = 0; j < side; j++) {
        const [from, to] = [i + down, j + across];
        const inside = from >= 0 && from < side && to >= 0 && to < side && figures[label][from * side + to] === 1;
        const speck = random.uniform() < 0.03;
        x[(sample * side + i) * side + j] = inside ? 128 + random.integer(128) : speck ? random.integer(256) : 0;
      }
  });
  const names = Array.from({ length: classes }, (_, label) => String(label));
  return {
    name: 'strokes',
    samples,
    inputs: side * side,
    x,
    scale: 1 / 255,
    shape: [1, side, side],
    y: { kind: 'classes', classes, names, labels },
  };
}
