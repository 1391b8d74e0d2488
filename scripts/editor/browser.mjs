// A Chromium to look at the browser VS Code with, driven by playwright-core: for the tests, the screenshots and the benchmark.
import { chromium as driver } from 'playwright-core';
import { chromium } from './system.mjs';

/** Chromium's own traffic switched off, and its sandbox, which needs rights that a container has not. */
const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a graphics card needs on Linux without a display. */
const hardwareFlags = ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface', '--ignore-gpu-blocklist'];

/** @param webgpu WebGPU in software where there is no graphics card; without it a page finds no adapter @param hardware the machine's graphics card */
export async function openBrowser({ webgpu = true, hardware = false } = {}) {
  return driver.launch({
    executablePath: await chromium(),
    args: [...flags, ...(webgpu ? ['--enable-unsafe-webgpu'] : []), ...(hardware ? hardwareFlags : [])],
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}
