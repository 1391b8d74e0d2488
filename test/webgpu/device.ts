/** The device that the tests' pages run on; a browser without WebGPU fails here, it never skips. */
import type { Adapter } from '../../src/engine/backends/webgpu/definition';
import { GpuContext } from '../../src/webview/gpu/context';

export async function openDevice(): Promise<GPUDevice> {
  return (await openContext()).device;
}

/** @param kind as which the adapter's shaders are to be written; what it is, if missing */
export async function openContext(kind?: Adapter['kind']): Promise<GpuContext> {
  if (!('gpu' in navigator)) throw new Error('This browser has no WebGPU: navigator.gpu is missing.');
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null)
    throw new Error('WebGPU has no adapter here. Chromium gives one in software when started with --enable-unsafe-webgpu.');
  const { limits, features, info } = adapter;
  const timestamps = features.has('timestamp-query');
  const device = await adapter.requestDevice({
    requiredFeatures: timestamps ? ['timestamp-query'] : [],
    requiredLimits: {
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
    },
  });
  device.addEventListener('uncapturederror', ({ error }) => console.error(error.message));
  const described: Adapter = { kind: kind ?? 'software', limits: device.limits, subgroups: false };
  return new GpuContext(device, described, info.description, timestamps);
}
