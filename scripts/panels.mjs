// The panels in a plain browser, without VS Code: to work on them, and to photograph them.
//   npm run panels [-- --port 8123] [--record run.jsonl]
// The page's address chooses what is shown: /training, /gradientInspector or /gpuEngine, and
//   ?theme=dark|light|contrast|contrastLight  &scene=empty|starting|running|paused|completed|diverged|lost|descent|function
//   &at=STEP (where it begins)  &speed=STEPS_A_SECOND (0 stands still)  &record (play the file given with --record)
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';
import { bundles } from '../esbuild.mjs';
import { themes } from './panelThemes.mjs';

const PANELS = ['training', 'gradientInspector', 'gpuEngine'];
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf', '.map': 'application/json' };
const output = fileURLToPath(new URL('../out/panels', import.meta.url));

const variables = (theme) => Object.entries(themes[theme].colours).map(([name, value]) => `--vscode-${name}: ${value};`);

/** A panel's page, with the policy and the skeleton that the editor gives it. */
function page(panel, theme) {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; font-src 'self'; img-src 'self' data:; connect-src 'self'`;
  const background = panel === 'gradientInspector' ? 'sideBar-background' : 'editor-background';
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}"><meta name="viewport" content="width=device-width"><title>${panel}</title><link rel="icon" href="data:,">
<style nonce="${nonce}">:root { ${variables(theme).join(' ')} } body { background: var(--vscode-${background}); }</style>
<link rel="stylesheet" href="/${panel}.css"></head>
<body class="${themes[theme].kind}" data-vscode-theme-kind="${themes[theme].kind}" data-panel="${panel}"><main id="app"></main>
<script type="module" nonce="${nonce}" src="/host.js"></script><script type="module" nonce="${nonce}" src="/${panel}.js"></script></body></html>`;
  return html;
}

/** Both panels side by side, with links to every theme and scene. */
function overview(theme, scene) {
  const link = (name, value, text) => `<a href="/?${new URLSearchParams({ theme, scene, [name]: value })}">${text}</a>`;
  const scenes = ['empty', 'starting', 'running', 'paused', 'completed', 'diverged', 'lost', 'descent', 'function'];
  const frame = (panel, style) =>
    `<iframe src="/${panel}?theme=${theme}&scene=${scene}&speed=400" style="${style}" title="${panel}"></iframe>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Panels</title>
<body style="margin:0;font:13px system-ui;display:grid;grid-template:36px 1fr / 380px 1fr;height:100vh">
<nav style="grid-column:1/3;padding:9px 14px;display:flex;gap:12px">${Object.keys(themes)
    .map((name) => link('theme', name, name))
    .join(' ')} · ${scenes.map((name) => link('scene', name, name)).join(' ')}</nav>
${frame('gradientInspector', 'border:0;width:100%;height:100%')}${frame('training', 'border:0;width:100%;height:100%')}</body></html>`;
}

/** Builds and serves. @returns the address and how to stop */
export async function servePanels({ port = 0, record } = {}) {
  const common = bundles(false).webview;
  const build = await context({
    ...common,
    entryPoints: { ...common.entryPoints, host: 'src/webview/preview/host.ts' },
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    outdir: output,
  });
  await build.rebuild();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const theme = themes[searchParams.get('theme')] ? searchParams.get('theme') : 'dark';
    const html = (text) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text);
    const panel = pathname.slice(1);
    const file = pathname === '/record' && record ? record : join(output, normalize(pathname));
    if (pathname === '/') html(overview(theme, searchParams.get('scene') ?? 'running'));
    else if (PANELS.includes(panel))
      build.rebuild().then(
        () => html(page(panel, theme)),
        (error) => response.writeHead(500).end(String(error)),
      );
    else if (existsSync(file)) {
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain; charset=utf-8' });
      createReadStream(file).pipe(response);
    } else response.writeHead(404).end(`there is no ${pathname}; there are /, /${PANELS.join(', /')}`);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await build.dispose();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
  const { address, close } = await servePanels({ port: Number(option('--port') ?? 8123), record: option('--record') });
  console.log(`The panels, with an invented run: ${address}\nA page is built anew when it is reloaded. Ctrl-C stops.`);
  process.once('SIGINT', () => void close());
}
