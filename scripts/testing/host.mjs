// The tests inside the real extension host: the same suite, out/test/vscode/index.main.js, in the desktop VS Code where there is one and
// in the browser VS Code otherwise. Its console comes out here; the process ends with 0 where the suite's `run` resolved.
//   node scripts/testing/host.mjs
import { runTests } from '@vscode/test-electron';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { desktopEditor, desktopFlags, examples, openBrowser, root, startServer } from '../editor/index.mjs';

const suite = join(root, 'out', 'test', 'vscode', 'index.main.js');
/** The longest the whole suite may take. */
const LIMIT_MS = 8 * 60_000;

/** @returns the suite's exit code */
async function inDesktop(vscodeExecutablePath, workspace, home) {
  const launchArgs = [workspace, ...desktopFlags(home)];
  return runTests({ vscodeExecutablePath, extensionDevelopmentPath: root, extensionTestsPath: suite, launchArgs });
}

/** What the workbench says for itself where it has no network and no account. */
const noise = /^(Resolv|Creating a socket|Updating additional|Timed out waiting for auth|getaddrinfo|\[[\w: -]+\] )|workbench\.js:/;

/** What the page passes on: the workbench's console and the extension host's. */
function show(type, values) {
  const text = format(...values);
  if (!noise.test(text)) (type === 'error' ? process.stderr : process.stdout).write(`${text}\n`);
}

/** @returns the suite's exit code */
async function inBrowser(workspace) {
  const server = await startServer({ development: true });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.exposeFunction('codeAutomationLog', show);
    const exit = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
    const limit = new Promise((_, reject) =>
      setTimeout(() => reject(new Error(`the suite did not end within ${LIMIT_MS / 60_000} minutes`)), LIMIT_MS).unref(),
    );
    const payload = [
      ['extensionDevelopmentPath', server.uri(root)],
      ['extensionTestsPath', server.uri(suite)],
    ];
    await page.goto(server.address(workspace, payload));
    return await Promise.race([exit, limit]);
  } finally {
    await browser.close();
    await server.stop();
  }
}

const home = mkdtempSync(join(tmpdir(), 'optimizer-debugger-host-'));
const workspace = join(home, 'examples');
cpSync(examples, workspace, { recursive: true });
try {
  const desktop = await desktopEditor();
  process.exitCode = desktop ? await inDesktop(desktop, workspace, home) : await inBrowser(workspace);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
