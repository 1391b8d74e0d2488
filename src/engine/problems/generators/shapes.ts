import { integer, number } from '../../setting';
import { defineGenerator } from './definition';

/** Whether a point is inside a figure that reaches from −1 to 1 both ways; y runs downwards. */
type Figure = (x: number, y: number) => boolean;

/** In the order of their class numbers. */
const figures: readonly (readonly [name: string, inside: Figure])[] = [
  ['disc', (x, y) => x * x + y * y <= 1],
  ['square', (x, y) => Math.abs(x) <= 1 && Math.abs(y) <= 1],
  ['triangle', (x, y) => Math.abs(y) <= 1 && Math.abs(x) <= (y + 1) / 2],
  ['cross', (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 1 && Math.min(Math.abs(x), Math.abs(y)) <= 1 / 3],
];

/** Each pixel is the share of this many points, both ways, that are inside. */
const points = 2;

/**
 * Grey images with one bright figure on a dark ground, of a radius between a fifth and two fifths of the image and anywhere within it;
 * then normal noise on every pixel.
 */
export const shapes = defineGenerator({
  name: 'shapes',
  title: 'Shapes',
  doc: 'Small images of a disc, a square, a triangle or a cross, anywhere and of any size: for convolutional networks, without a download.',
  learns: 'classes',
  inputs: 144,
  settings: {
    samples: integer({ min: 1, max: 60_000, default: 1000, doc: 'how many images' }),
    classes: integer({ min: 2, max: figures.length, default: figures.length, doc: 'how many of disc, square, triangle and cross' }),
    side: integer({ min: 8, max: 28, default: 12, doc: 'height and width of an image in pixels' }),
    noise: number({ min: 0, max: 10, default: 0.1, doc: 'standard deviation of the Gaussian added to each pixel' }),
  },
  generate({ samples, classes, side, noise }, random) {
    const inputs = side * side;
    const x = new Float32Array(samples * inputs);
    const labels = Int32Array.from({ length: samples }, (_, i) => i % classes);
    for (let i = 0; i < samples; i++) {
      const radius = side * (0.2 + 0.2 * random.uniform());
      const [across, down] = [0, 0].map(() => radius + (side - 2 * radius) * random.uniform());
      const inside = figures[labels[i]][1];
      for (let pixel = 0; pixel < inputs; pixel++) {
        let count = 0;
        for (let k = 0; k < points * points; k++) {
          const column = (pixel % side) + ((k % points) + 0.5) / points;
          const line = Math.floor(pixel / side) + (Math.floor(k / points) + 0.5) / points;
          if (inside((column - across) / radius, (line - down) / radius)) count++;
        }
        x[i * inputs + pixel] = count / points ** 2 + noise * random.normal();
      }
    }
    const names = figures.slice(0, classes).map(([name]) => name);
    return { name: 'shapes', samples, inputs, x, scale: 1, shape: [1, side, side], y: { kind: 'classes', classes, names, labels } };
  },
});
