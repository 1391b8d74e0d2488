/** Opening the GPU: an adapter, a device with all the memory that the adapter gives, and what shaders have to know of it. */
import type { Adapter } from '../../engine/backends/webgpu/definition';
import { GpuContext } from './context';

/** There is no GPU to be had; the message says what to do. */
export class NoGpuError extends Error {
  override readonly name = 'NoGpuError';
}

/** Limits that are asked for as the adapter has them; all others stay at what every adapter has. */
const asked = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/** Adapters that compute on the CPU, by what they call themselves. */
const inSoftware = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|warp/i;

/**
 * @param kind as which shaders are to be written for the adapter; what it is, if missing
 * @throws NoGpuError where there is no adapter
 */
export async function openGpu(kind?: Adapter['kind']): Promise<GpuContext> {
  const gpu = (navigator as Partial<Navigator>).gpu;
  const adapter = (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
  if (adapter === null) throw new NoGpuError(whatToDo(gpu !== undefined, navigator.userAgent));
  const { limits, features, info } = adapter;
  const wanted = ['timestamp-query', 'subgroups'] as const;
  const found = wanted.filter((feature) => features.has(feature));
  const device = await adapter.requestDevice({
    requiredFeatures: found,
    requiredLimits: Object.fromEntries(asked.map((limit) => [limit, limits[limit]])),
  });
  const described: Adapter = { kind: kind ?? kindOf(info), limits: device.limits, subgroups: found.includes('subgroups') };
  return new GpuContext(device, described, titleOf(info), found.includes('timestamp-query'));
}

/** Whether an adapter computes on the CPU. */
export const kindOf = ({ architecture, description, device, isFallbackAdapter }: GPUAdapterInfo): Adapter['kind'] =>
  isFallbackAdapter || inSoftware.test(`${architecture} ${description} ${device}`) ? 'software' : 'hardware';

/** What a person calls an adapter: what it says of itself, as far as the browser tells. */
export const titleOf = ({ description, vendor, architecture, device }: GPUAdapterInfo): string =>
  description || [vendor, architecture, device].filter((part) => part !== '').join(' ') || 'a GPU without a name';

/**
 * Why there is no GPU, and what can be done.
 * @param known whether the browser knows WebGPU at all @param agent its user agent
 */
export function whatToDo(known: boolean, agent: string): string {
  const found = known
    ? 'WebGPU has no adapter here: the browser found no GPU that it trusts.'
    : 'There is no WebGPU here: navigator.gpu is missing.';
  const linux =
    'On Linux it has to be switched on where the editor is started: `code --enable-unsafe-webgpu --enable-features=Vulkan`, with a Vulkan driver ' +
    'installed. The file argv.json passes on neither of the two.';
  const other =
    'See that the graphics driver is up to date and that "disable-hardware-acceleration" is not set in the editor\'s argv.json.';
  const advice = /Linux|X11/.test(agent) && !/Android/.test(agent) ? linux : other;
  return `${found} ${advice} The CPU computes the same: "backend": "cpu" or "auto".`;
}
