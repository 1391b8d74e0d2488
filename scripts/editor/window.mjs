// A window of the browser VS Code as a person has it in front of them, on a copy of a workspace so that nothing in the tree is
// touched, and the few things that everyone who drives it needs: the palette, a webview by its name, a screenshot.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser } from './browser.mjs';
import { examples, root, screenshots } from './root.mjs';
import { startServer } from './server.mjs';

/** A copy of `folder`, under its own name. */
function copyWorkspace(folder) {
  const copy = join(mkdtempSync(join(tmpdir(), 'optimizer-debugger-workspace-')), basename(folder));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/**
 * The webview whose `<body>` has `data-panel="name"`. A webview lies in a frame of a frame, and gets a new one whenever it is
 * shown again, so it is looked for until it is there. @throws after `ms` milliseconds, naming the webviews that are there
 */
async function findPanel(page, name, ms) {
  const end = Date.now() + ms;
  for (;;) {
    const found = [];
    for (const frame of page.frames()) {
      const panel = await frame.evaluate(() => document.body?.dataset.panel).catch(() => undefined);
      if (panel === name && (await shown(frame))) return frame;
      if (panel) found.push(panel);
    }
    if (Date.now() > end) throw new Error(`No panel "${name}" within ${ms / 1000} s; there is ${found.join(', ') || 'none'}.`);
    await sleep(100);
  }
}

/** Whether the frame's own element can be seen: a webview that was hidden keeps its frame for a while. */
async function shown(frame) {
  const element = await frame.frameElement().catch(() => undefined);
  return (await element?.isVisible().catch(() => false)) ?? false;
}

/**
 * Opens a window.
 * @param folder the workspace to copy
 * @param file what of it to open; `:line:column` may follow
 * @param extensions folders of unpacked extensions to use
 * @param vsix packages to install
 * @param settings the user's settings
 */
export async function openWindow({
  folder = examples,
  file,
  extensions = [root],
  vsix = [],
  settings = {},
  size = { width: 1400, height: 900 },
  webgpu = true,
} = {}) {
  const server = await startServer({ vsix, unpacked: extensions, settings });
  const workspace = copyWorkspace(folder);
  let browser;
  const close = async () => {
    await browser?.close();
    await server.stop();
    rmSync(dirname(workspace), { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    browser = await openBrowser({ webgpu });
    const page = await browser.newPage({ viewport: size });
    const payload = [];
    if (file) payload.push(...server.opening(join(workspace, file)));
    await page.goto(server.address(workspace, payload));
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    if (file) await page.locator('.editor-instance .view-line').first().waitFor({ timeout: 60_000 });
    if (file?.includes('.py')) await page.locator('.statusbar-item a', { hasText: /^Python$/ }).waitFor({ timeout: 30_000 });

    const shot = async (name) => {
      mkdirSync(screenshots, { recursive: true });
      const path = join(screenshots, `${name}.png`);
      await page.screenshot({ path });
      return path;
    };
    const palette = async (text) => {
      // the row that Enter takes: while the list still narrows, another has the focus
      const command = page.locator('.quick-input-list .monaco-list-row.focused:visible', { hasText: text }).first();
      // a list that was opened before the extension was found does not learn of it
      for (let tries = 0; ; tries++) {
        await page.keyboard.press('F1');
        const input = page.locator('.quick-input-widget input').first();
        await input.waitFor({ state: 'visible', timeout: 15_000 });
        await input.focus(); // it may be seen before it has the focus
        await page.keyboard.type(text);
        const offered = await command.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        );
        if (offered) break;
        await page.keyboard.press('Escape');
        if (tries === 5) throw new Error(`The palette offers no command "${text}".`);
      }
      await page.keyboard.press('Enter');
    };
    const frame = (name, ms = 30_000) => findPanel(page, name, ms);
    return { page, server, workspace, data: server.data, shot, palette, frame, close };
  } catch (error) {
    await close();
    throw error;
  }
}
