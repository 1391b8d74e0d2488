// Photographs of every panel for docs/panels.md: a sheet for each panel and theme, with three widths and three states of a run, and one large
// picture of each panel. They play the recorded runs of src/webview/preview/records.
//   npm run photographs [-- PANEL|PICTURE …] [--out docs/panels] [--png]   (--png: each photograph by itself as well)
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser, root } from './editor/index.mjs';
import { panelList } from './panelIndex.mjs';
import { servePanels } from './panels.mjs';

const WIDTHS = [300, 400, 1200];
const THEMES = { dark: 'Dark Modern', light: 'Light Modern', contrast: 'High Contrast' };
const STATES = {
  empty: { scene: 'empty' },
  running: { scene: 'running', at: 1240 },
  finished: { scene: 'completed', pinned: 'momentum' },
};
/** What is photographed alone: a panel in use, as the text of docs/panels.md describes it. `state`: what the Landscape remembers. */
const looking = { scene: 'paused', at: 1500, branch: 1240, look: 1000 };
const landscape = (gallery, step) => ({ scene: 'empty', remembered: JSON.stringify({ landscape: JSON.stringify({ gallery, step }) }) });
const alone = [
  { name: 'training', panel: 'training', width: 1200, query: { scene: 'completed', pinned: 'momentum' } },
  { name: 'training-scrubbed', panel: 'training', width: 1200, height: 560, query: looking },
  { name: 'gradientInspector', panel: 'gradientInspector', width: 400, query: { scene: 'paused', at: 1240 } },
  { name: 'gradientInspector-filters', panel: 'gradientInspector', width: 400, query: { scene: 'completed', record: 'convolution' } },
  { name: 'curvature', panel: 'curvature', width: 1200, query: { scene: 'completed' } },
  { name: 'landscape-saddle', panel: 'landscape', width: 1200, query: landscape('saddle', 12) },
  { name: 'landscape-oscillation', panel: 'landscape', width: 1200, query: landscape('steepParabola', 14) },
  { name: 'landscape-momentum', panel: 'landscape', width: 1200, query: landscape('parabola', 100) },
  {
    name: 'landscape-slice',
    panel: 'landscape',
    width: 1200,
    press: 'Look around',
    query: { record: 'momentum', at: 60, scene: 'paused', remembered: JSON.stringify({ 'landscape.view': 'slice' }) },
  },
];
/** The most of a page that is seen on a sheet, in pixels of the page, and how much smaller it is there. */
const HEIGHT = 1700;
const SCALE = 0.56;
const QUALITY = 52;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'docs/panels' }, png: { type: 'boolean' } },
});
const folder = join(root, values.out);

/** Waits until all that was asked for is there and drawn: pictures follow a little later. */
const settled = (page) =>
  page.evaluate(async () => {
    let [draws, since] = ['', performance.now()];
    while (performance.now() - since < 300) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const now = document.body.dataset.draws;
      if (now !== draws || window.unanswered > 0) [draws, since] = [now, performance.now()];
    }
  });

/** Opens a panel. @param press a button to be pressed first */
async function open(page, address, press) {
  await page.goto(address);
  await page.waitForFunction(() => Number(document.body.dataset.draws) > 0 && window.asked.length > 0 && window.unanswered === 0);
  await settled(page);
  if (!press) return;
  const asked = await page.evaluate(() => window.asked.length);
  await page.locator('vscode-button:visible', { hasText: press }).first().click();
  await page.waitForFunction((before) => window.asked.length > before, asked);
  await settled(page);
}

/** Photographs the open panel as high as it is, up to `height`. */
async function photograph(page, width, height) {
  await page.setViewportSize({ width, height: 800 });
  await settled(page);
  const needed = () => page.evaluate(() => Math.ceil(document.getElementById('app').getBoundingClientRect().bottom + scrollY));
  for (let seen = 0, wanted = await needed(); wanted !== seen; [seen, wanted] = [wanted, await needed()]) {
    await page.setViewportSize({ width, height: Math.max(160, Math.min(wanted, height)) });
    await settled(page);
  }
  return page.screenshot();
}

/** Keeps a photograph as it was taken, to be looked at closely. */
function keep(name, png) {
  if (values.png) writeFileSync(join(folder, `${name}.png`), png);
}

/** Saves what a page shows as WebP, which Playwright itself does not write. */
async function save(page, name) {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY, captureBeyondViewport: true });
  const file = join(folder, `${name}.webp`);
  writeFileSync(file, Buffer.from(data, 'base64'));
  console.log(`${file}  ${Math.round(statSync(file).size / 1024)} KB`);
}

const image = (png, width) => `<img width="${width}" src="data:image/png;base64,${png.toString('base64')}">`;

/** Puts pictures in rows, each with a caption. */
async function sheet(page, title, rows) {
  const cells = rows
    .map(({ caption, pictures }) => `<h2>${caption}</h2><div>${pictures.map(({ png, width }) => image(png, width)).join('')}</div>`)
    .join('');
  await page.setViewportSize({ width: 100, height: 100 });
  await page.setContent(`<!doctype html><style>
body { margin: 0; padding: 16px; width: max-content; background: #808890; color: #fff; font: 14px system-ui }
h1 { margin: 0; font-size: 18px } h2 { margin: 16px 0 6px; font-size: 14px; font-weight: 500 }
div { display: flex; gap: 12px; align-items: flex-start } img { display: block }</style><h1>${title}</h1>${cells}`);
  const size = await page.evaluate(() => [document.body.scrollWidth, document.body.scrollHeight]);
  await page.setViewportSize({ width: size[0], height: size[1] });
}

mkdirSync(folder, { recursive: true });
const { address, close } = await servePanels();
const browser = await openBrowser({ webgpu: false });
try {
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  const table = await browser.newPage();
  const at = (panel, query) => `${address}/${panel}?${new URLSearchParams({ speed: 0, ...query })}`;
  for (const [panel, { title }] of Object.entries(panelList())) {
    if (positionals.length > 0 && !positionals.includes(panel)) continue;
    for (const [theme, name] of Object.entries(THEMES)) {
      const rows = [];
      for (const [state, query] of Object.entries(STATES)) {
        const pictures = [];
        await open(page, at(panel, { theme, ...query }));
        for (const width of WIDTHS) {
          const png = await photograph(page, width, HEIGHT);
          keep(`${panel}-${theme}-${state}-${width}`, png);
          pictures.push({ png, width: Math.round(width * SCALE) });
        }
        rows.push({ caption: `${state} · ${WIDTHS.map((width) => `${width.toLocaleString('en')} px`).join(' · ')}`, pictures });
      }
      await sheet(table, `${title} · ${name}`, rows);
      await save(table, `${panel}-${theme}`);
    }
  }
  for (const { name, panel, width, height = HEIGHT, query, press } of alone) {
    if (positionals.length > 0 && !positionals.includes(panel) && !positionals.includes(name)) continue;
    await page.setViewportSize({ width, height: 800 });
    await open(page, at(panel, { theme: 'dark', ...query }), press);
    const png = await photograph(page, width, height);
    keep(name, png);
    await table.setViewportSize({ width, height: 100 });
    await table.setContent(`<style>body { margin: 0 } img { display: block }</style>${image(png, width)}`);
    await table.setViewportSize({ width, height: await table.evaluate(() => document.body.scrollHeight) });
    await save(table, name);
  }
} finally {
  await browser.close();
  await close();
}
