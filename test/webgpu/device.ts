/** The device that the tests' pages run on; a browser without WebGPU fails here, it never skips. */
import type { Adapter } from '../../src/engine/backends/webgpu/definition';
import type { GpuContext } from '../../src/webview/gpu/context';
import { openGpu } from '../../src/webview/gpu/open';

/** @param kind as which the adapter's shaders are to be written; what it is, if missing @throws NoGpuError */
export async function openContext(kind?: Adapter['kind']): Promise<GpuContext> {
  const context = await openGpu(kind);
  context.device.addEventListener('uncapturederror', ({ error }) => console.error(error.message));
  return context;
}
