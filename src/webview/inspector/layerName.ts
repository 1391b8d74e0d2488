/** `dense1 · weight` for the record's `dense1.weight`. */
export const layerName = (name: string): string => name.replace('.', ' · ');
