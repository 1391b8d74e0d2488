/**
 * axe-core finds nothing to object to on any panel: in every theme, without a run, while one runs and after its end, at the width of a side bar
 * and of an editor column. The theme changes under the panel, as in the editor.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import { PanelPage, panelNames, type Query } from './page';

interface Theme {
  readonly kind: string;
  readonly colours: Readonly<Record<string, string>>;
}

const scenes: Readonly<Record<string, Query>> = {
  empty: { scene: 'empty' },
  running: { scene: 'running', at: 1234 },
  finished: { scene: 'completed', pinned: 'momentum' },
  'looking back': { scene: 'paused', at: 1500, branch: 1234, look: 600 },
};
const widths = [300, 1200] as const;
/** The themes at each width; colours are the same at both. */
const seen = { 300: ['dark', 'contrast'], 1200: ['dark', 'light', 'contrastLight'] } as const;

const axe = readFileSync(join(process.cwd(), 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** A page in a webview has no landmarks or headings of the first order: the editor round it has them. */
const options: RunOptions = {
  resultTypes: ['violations'],
  rules: { 'page-has-heading-one': { enabled: false }, region: { enabled: false } },
};

/** What is wrong, each with where and why. */
async function violations(panel: PanelPage, run: RunOptions): Promise<string[]> {
  const results = await panel.page.evaluate(
    (wanted) => (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(wanted),
    run,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary, html }) => `${id}: ${target.join(' ')}\n    ${html.slice(0, 160)}\n    ${failureSummary ?? ''}`),
  );
}

/** Gives the page another theme, as the editor does: variables on the root, the kind on the body. */
const paint = (panel: PanelPage, theme: Theme): Promise<void> =>
  panel.page.evaluate(async ({ kind, colours }) => {
    const root = document.documentElement.style;
    for (const name of [...root]) root.removeProperty(name);
    for (const [name, value] of Object.entries(colours)) root.setProperty(`--vscode-${name}`, value);
    const side = document.body.dataset.panel === 'gradientInspector';
    document.body.style.background = `var(--vscode-${side ? 'sideBar' : 'editor'}-background)`;
    document.body.className = kind;
    document.body.dataset.vscodeThemeKind = kind;
    for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
  }, theme);

/** Scenes that look like others but for a line or two: one theme and one width are enough. */
const seldom = { training: ['failed', 'lost'], curvature: ['failed'] } as const;

describe('axe-core finds nothing to object to', () => {
  let panel: PanelPage;
  let themes: Readonly<Record<string, Theme>>;
  before(async () => {
    const file = pathToFileURL(join(process.cwd(), 'scripts', 'panelThemes.mjs')).href;
    ({ themes } = (await import(file)) as { themes: typeof themes });
    panel = await PanelPage.open({ reducedMotion: 'reduce', bypassCSP: true });
  });
  after(() => panel.close());

  for (const name of panelNames)
    for (const [scene, query] of Object.entries(scenes))
      it(`${name}, ${scene}`, async () => {
        await panel.show(name, query);
        await panel.page.evaluate(axe);
        const found: string[] = [];
        for (const width of widths) {
          await panel.page.setViewportSize({ width, height: 900 });
          await panel.settled();
          for (const theme of seen[width]) {
            await paint(panel, themes[theme]);
            // of a theme only the colours can be wrong
            const wrong = await violations(
              panel,
              theme === 'dark' ? options : { runOnly: ['color-contrast'], resultTypes: ['violations'] },
            );
            found.push(...wrong.map((text) => `${theme}, ${width} px: ${text}`));
          }
        }
        assert.deepEqual(found, [], found.join('\n'));
      });

  it('a run that could not start, and one whose worker died', async () => {
    await panel.page.setViewportSize({ width: 300, height: 900 });
    for (const [name, kinds] of Object.entries(seldom))
      for (const scene of kinds) {
        await panel.show(name, { scene });
        await panel.page.evaluate(axe);
        assert.deepEqual(await violations(panel, options), [], `${name}, ${scene}`);
      }
  });
});
