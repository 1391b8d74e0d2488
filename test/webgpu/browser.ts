/** Chromium with WebGPU, with a page of the tests in it. */
import type { Browser, Page } from 'playwright-core';
import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as editor from '../../scripts/editor/index.mjs';

/** The editor harness is plain JavaScript that finds the project by its own place, so it is loaded from there. */
const harness = async (): Promise<typeof editor> =>
  (await import(pathToFileURL(join(process.cwd(), 'scripts/editor/index.mjs')).href)) as typeof editor;

export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

/**
 * Opens a page with one script in it. WebGPU is for secure contexts only, of which this machine itself is one.
 * @param script a file of this folder: `battery.page.ts`
 */
export async function openPage(script: string): Promise<OpenPage> {
  const { outputFiles } = await build({
    entryPoints: [`test/webgpu/${script}`],
    write: false, // files of tests that share a page run side by side
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    sourcemap: 'inline',
    loader: { '.optim': 'text' },
    logLevel: 'warning',
  });
  const server = createServer((request, response) => {
    if (request.url === '/page.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(outputFiles[0].contents);
    else
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><meta charset="utf-8"><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser: Browser = await (await harness()).openBrowser({ webgpu: true });
  const page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(message.text());
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
