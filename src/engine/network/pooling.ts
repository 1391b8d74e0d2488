/** What both kinds of pooling do alike: fit a window over an image and make an operation of it. */
import type { NetworkBuilder } from './builder';

/** @param key the field that holds the window @returns the signal that goes out @throws LayerFault where the window does not fit */
export function pooling(
  network: NetworkBuilder,
  kind: 'maxPooling' | 'averagePooling',
  key: string,
  kernel: readonly [number, number],
  stride: number,
  padding: number,
  from: number,
): number {
  if (2 * padding > Math.min(...kernel))
    throw network.fault(
      'padding',
      'form',
      `found ${padding}, but the window is ${kernel[0]} × ${kernel[1]}; at most half of it, ${Math.floor(Math.min(...kernel) / 2)}, may lie outside.`,
    );
  const window = network.window(from, kernel, stride, padding, { window: key, form: key });
  return network.add({ kind, window }, [from], [window.channels, window.outHeight, window.outWidth]);
}
