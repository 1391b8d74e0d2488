/**
 * Which weights are pictures. The weights of a unit that sees an image, place by place, are an image of the same extents, and so is a filter of a
 * convolution; drawn as such one sees at once what they look for.
 */
import type { Structure } from './structure';

/** Channels, rows and columns. */
export type ImageShape = readonly [channels: number, rows: number, columns: number];

/**
 * The image that each row of each layer's weights is, in the order of `Structure.layers`; null where it is none.
 * @param sample of the data, where it is an image: a network may take its pixels as plain numbers
 */
export function imagesOf({ operations, values, layers }: Structure, sample: ImageShape | undefined): readonly (ImageShape | null)[] {
  /** What a value is place by place; all that keeps the places is looked through. */
  const imageOf = (value: number): ImageShape | null => {
    const shape = value === 0 ? (sample ?? values[0]) : values[value];
    const [channels, rows, columns] = shape;
    if (shape.length === 3) return rows * columns > 1 ? [channels, rows, columns] : null;
    const maker = operations[value - 1];
    const keeps = maker !== undefined && (maker.kind === 'dropout' || maker.kind === 'noise' || maker.kind === 'activation');
    return keeps ? imageOf(maker.from[0]) : null;
  };
  const images = layers.map((): ImageShape | null => null);
  for (const operation of operations) {
    const [weight] = operation.parameters;
    if (operation.kind === 'dense') images[weight] = imageOf(operation.from[0]);
    else if (operation.kind === 'convolution') {
      const { channels, kernelHeight, kernelWidth } = operation.window;
      if (kernelHeight * kernelWidth > 1) images[weight] = [channels, kernelHeight, kernelWidth];
    }
  }
  return images;
}
