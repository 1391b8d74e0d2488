/** What both ways of counting in radix selection share: how a round goes on from the one before. */

/** Ranges that a round tells apart. */
export const ranges = 256;
/** The lowest bit that each round looks at. */
export const shifts = [24, 16, 8, 0] as const;

/**
 * Words of what is known of a layer between rounds: for each rank what is left of it and which histogram it is in; the upper bits of those,
 * twice, since one round reads them while it writes the next's; and how many they are.
 */
export const stateWords = (ranks: number): number => 4 * ranks + 1;

/** Where the state of a layer has the upper bits that a round reads, and those that it leaves. @param shift of the round */
export const upperBits = (ranks: number, shift: number): { readonly read: number; readonly left: number } =>
  shift % 16 === 0 ? { read: 2 * ranks, left: 3 * ranks } : { read: 3 * ranks, left: 2 * ranks };
export const differentAt = (ranks: number): number => 4 * ranks;

/** WGSL: a number's bits as an integer in the order of the numbers, and back. */
export const keyOf = (word: string): string => `${word} ^ select(0x80000000u, 0xffffffffu, ${word} >= 0x80000000u)`;
/** The same of four at once. */
export const keysOf = (words: string): string =>
  `${words} ^ select(vec4u(0x80000000u), vec4u(0xffffffffu), ${words} >= vec4u(0x80000000u))`;
export const wordOf = (key: string): string => `${key} ^ select(0xffffffffu, 0x80000000u, ${key} >= 0x80000000u)`;
export const isMissing = (word: string): string => `(${word} & 0x7fffffffu) > 0x7f800000u`;
