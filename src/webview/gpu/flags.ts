/** WebGPU's usage flags, as its specification numbers them: TypeScript's library has the types and not these. */

export const bufferUsage = {
  mapRead: 0x1,
  copySource: 0x4,
  copyDestination: 0x8,
  uniform: 0x40,
  storage: 0x80,
  queryResolve: 0x200,
} as const;
export const mapMode = { read: 0x1 } as const;
export const shaderStage = { compute: 0x4 } as const;
