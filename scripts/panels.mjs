// The panels in a plain browser, without VS Code: to work on them, to test and to photograph them. They play recorded runs, which the command
// line makes the first time.
//   npm run panels [-- --port 8123] [--record run.jsonl]
// The address names a panel, /training for one, and what it shows:
//   ?theme=dark|light|contrast|contrastLight
//   &scene=empty|starting|running|paused|completed|diverged|lost|deviceLost|failed|error|replaying|opened
//   &record=NAME     a run of src/webview/preview/records, or `given` (the file of --record), or `invented` (&steps=COUNT)
//   &at=STEP         where the run stands            &speed=STEPS   a second, while it runs; 0 stands still
//   &look=STEP       the step that is looked at      &branch=STEP   the run went back there from where it stood
//   &pinned=NAME     a second run                    &layer=NAME&hide=NAME,NAME   the chosen layer, and those not drawn
//   &remembered=JSON what the panel remembers of an earlier time, for one {"landscape":"{\"gallery\":\"saddle\",\"step\":12}"}
//   &together        panels in several windows move together
// `window.asked` lists what a panel asked of the editor.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';
import { bundles } from '../esbuild.mjs';
import { panelList } from './panelIndex.mjs';
import { themes } from './panelThemes.mjs';
import { recordedRun, recordNames } from './recordedRuns.mjs';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf', '.map': 'application/json' };
const SCENES = [
  'empty',
  'starting',
  'running',
  'paused',
  'completed',
  'diverged',
  'lost',
  'deviceLost',
  'failed',
  'error',
  'replaying',
  'opened',
];
const root = fileURLToPath(new URL('..', import.meta.url));

/** Every page: the panels, and the WebGPU engine's. */
const pages = () => readdirSync(join(root, 'src', 'webview', 'panels')).map((file) => file.replace(/\.ts$/, ''));

const variables = (theme) => Object.entries(themes[theme].colours).map(([name, value]) => `--vscode-${name}: ${value};`);

/** A panel's page, with the policy and the skeleton that the editor gives it. */
function page(panel, theme) {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; worker-src 'self'; style-src 'self' 'nonce-${nonce}'; font-src 'self'; img-src 'self' data:; connect-src 'self'`;
  const about = panelList()[panel];
  const background = about?.place === 'side' ? 'sideBar-background' : 'editor-background';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}"><meta name="viewport" content="width=device-width"><title>${about?.title ?? panel}</title><link rel="icon" href="data:,">
<style nonce="${nonce}">:root { ${variables(theme).join(' ')} } body { background: var(--vscode-${background}); }</style>
<link rel="stylesheet" href="/${panel}.css"></head>
<body class="${themes[theme].kind}" data-vscode-theme-kind="${themes[theme].kind}" data-panel="${panel}"><main id="app"></main>
<script type="module" nonce="${nonce}" src="/host.js"></script><script type="module" nonce="${nonce}" src="/${panel}.js"></script></body></html>`;
}

/** The panel of the side bar beside another one, as in the editor, with links to all that can be chosen. */
function overview(query) {
  const chosen = { theme: 'dark', scene: 'running', record: 'adam', panel: 'training', ...Object.fromEntries(query) };
  const links = (name, values) =>
    values
      .map((value) => {
        const address = new URLSearchParams({ ...chosen, [name]: value });
        return `<a href="/?${address}"${chosen[name] === value ? ' aria-current="true"' : ''}>${value}</a>`;
      })
      .join(' ');
  const all = Object.entries(panelList());
  const [side] = all.find(([, { place }]) => place === 'side') ?? [];
  const shown = [side, chosen.panel].filter((panel) => panel !== undefined);
  const frames = shown.map(
    (panel) => `<iframe src="/${panel}?${new URLSearchParams({ ...chosen, together: '' })}" title="${panel}"></iframe>`,
  );
  const besides = all.filter(([, { place }]) => place !== 'side').map(([id]) => id);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Panels</title>
<style>body { margin: 0; font: 13px system-ui; display: grid; grid-template: auto 1fr / 380px 1fr; height: 100vh }
nav { grid-column: 1 / 3; padding: 8px 14px; line-height: 1.7 } a[aria-current] { font-weight: bold } iframe { border: 0; width: 100%; height: 100% }</style>
<nav>${[links('panel', besides), links('theme', Object.keys(themes)), links('scene', SCENES), links('record', [...recordNames(), 'invented'])].join(' · ')}</nav>
${frames.join('')}</html>`;
}

/**
 * Builds and serves.
 * @param port 0: any
 * @param record a file that is played under the name `given`
 * @param live build anew whenever a page is loaded
 * @param folder where the built pages are put
 * @returns the address and how to stop
 */
export async function servePanels({ port = 0, record, live = false, folder = join(root, 'out', 'panels') } = {}) {
  const common = bundles(false).webview;
  const build = await context({
    ...common,
    entryPoints: {
      ...common.entryPoints,
      host: 'src/webview/preview/host.ts',
      laboratory: 'src/webview/preview/laboratory.ts',
    },
    absWorkingDir: root,
    outdir: folder,
  });
  await build.rebuild();
  if (!live) await build.dispose();
  const answer = async ({ pathname, searchParams }, response) => {
    const asked = searchParams.get('theme');
    const theme = themes[asked] ? asked : 'dark';
    const send = (status, type, text) => response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(text);
    const name = pathname.slice(1);
    const file = pathname.startsWith('/records/')
      ? await recordFile(pathname.slice('/records/'.length).replace(/\.jsonl$/, ''))
      : join(folder, normalize(pathname));
    if (pathname === '/') send(200, 'text/html', overview(searchParams));
    else if (pages().includes(name)) {
      if (live) await build.rebuild();
      send(200, 'text/html', page(name, theme));
    } else if (existsSync(file)) {
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain; charset=utf-8' });
      createReadStream(file).pipe(response);
    } else send(404, 'text/plain', `There is no ${pathname}; there are /, /${pages().join(', /')}.`);
  };
  const recordFile = (name) => (name === 'given' && record ? record : recordedRun(name));
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://localhost'), response).catch((error) =>
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(error.message),
    );
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      if (live) await build.dispose();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
  const record = option('--record');
  const { address, close } = await servePanels({ port: Number(option('--port') ?? 8123), record, live: true });
  console.log(`The panels, with ${record ?? 'recorded runs'}: ${address}${record ? '/?record=given' : ''}`);
  console.log('A page is built anew when it is reloaded. Ctrl-C stops.');
  process.once('SIGINT', () => void close());
}
