/** Where a run can compute, and what a specification may ask for. */

export const backendNames = ['cpu', 'webgpu', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];

/** `auto`: the faster one for this network on this machine. */
export const backendChoices = ['auto', ...backendNames] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** What a person reads. */
export const backendTitles: Readonly<Record<BackendName, string>> = { cpu: 'CPU', webgpu: 'WebGPU', reference: 'float64 reference' };
