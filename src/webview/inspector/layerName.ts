/** What panels call a layer: short enough for a side bar, the kinds as a network's description has them. */

/** Kinds whose names are long → what they are called for short. */
const short: Readonly<Record<string, string>> = { convolution: 'conv' };

/** `dense1 · weight` for the record's `dense1.weight`; `conv1 · bias`; a batch norm's are its scale and shift, `batchNorm1 · γ`. */
export function layerName(name: string): string {
  const [operation, tensor] = name.split('.');
  if (tensor === undefined) return name;
  const [, kind, number] = /^(.*?)(\d*)$/.exec(operation) ?? ['', operation, ''];
  const part = kind !== 'batchNorm' ? tensor : tensor === 'weight' ? 'γ' : 'β';
  return `${short[kind] ?? kind}${number} · ${part}`;
}
