/**
 * A panel in Chromium, playing a recorded run: for the tests of this folder, which share one browser and one server. The run stands still, so
 * that what is shown does not change while it is read.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as editor from '../../scripts/editor/index.mjs';
import type * as panels from '../../scripts/panels.mjs';
import { panelList, type PanelId } from '../../src/shared/panelList.gen';
import type { SharedView } from '../../src/shared/protocol';
import type { RecordEvent } from '../../src/engine/run/record';
import type { ShownNumber } from '../e2e/person';

/** What the preview's editor adds to a page. */
declare global {
  interface Window {
    unanswered: number;
    asked: { call: string; args: readonly unknown[] }[];
    preview: { look(change: Partial<SharedView>): Promise<void>; goTo(step: number, settings?: Record<string, number>): Promise<void> };
  }
}

export const panelNames = Object.keys(panelList) as PanelId[];

/** The scripts are plain JavaScript that find the project by their own place, so they are loaded from there. */
const script = async <Module>(path: string): Promise<Module> => (await import(pathToFileURL(join(process.cwd(), path)).href)) as Module;

interface Stage {
  readonly browser: Browser;
  readonly address: string;
}

/** One for all test files of the process; both end with it. */
const shared = globalThis as { panelStage?: Promise<Stage> };

async function openStage(): Promise<Stage> {
  const [{ openBrowser }, { servePanels }] = [
    await script<typeof editor>('scripts/editor/index.mjs'),
    await script<typeof panels>('scripts/panels.mjs'),
  ];
  const { address } = await servePanels({ folder: join(process.cwd(), 'out', 'test', 'site') });
  return { browser: await openBrowser({ webgpu: false }), address };
}

export type Query = Readonly<Record<string, string | number>>;

/** A number on display, and of which run it is. */
export interface Displayed extends ShownNumber {
  /** The id of the run; undefined: the one that the panel shows. */
  readonly run: string | undefined;
  readonly card: string | undefined;
  /** Is it one of a table's? */
  readonly inTable: boolean;
  /** What the element carries as its value. */
  readonly word: string;
  /** What is read. */
  readonly text: string;
  /** What it stands for where it is not of the step looked at: `lowest`. */
  readonly role: string | undefined;
}

export class PanelPage {
  /** What went wrong in the page. */
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly address: string,
  ) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  /** An empty page in a context of its own. @param options of the context: `reducedMotion`, permissions … */
  static async open(options: Parameters<Browser['newContext']>[0] = {}): Promise<PanelPage> {
    const { browser, address } = await (shared.panelStage ??= openStage());
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    return new PanelPage(await context.newPage(), context, address);
  }

  /** Shows a panel. @param query of the address, see scripts/panels.mjs */
  async show(panel: string, query: Query = {}): Promise<void> {
    await this.begin(panel, query);
    await this.settled();
  }

  /** The same, without waiting until all of it is drawn: where the run goes on. */
  async begin(panel: string, query: Query = {}): Promise<void> {
    const all = Object.entries({ speed: 0, scene: 'paused', ...query }).map(([name, value]) => [name, String(value)]);
    await this.page.goto(`${this.address}/${panel}?${new URLSearchParams(all).toString()}`);
    await this.page.waitForFunction(
      (empty) => window.asked.length > 0 && window.unanswered === 0 && ((document.body.dataset.state ?? 'none') === 'none') === empty,
      query.scene === 'empty',
    );
  }

  /**
   * Waits until all that was asked for is there and nothing has been drawn for a moment: pictures follow a tenth of a second behind. On a busy
   * machine frames of the screen are late, so the moment has to hold some of them, too.
   */
  async settled(): Promise<void> {
    await this.page.evaluate(async () => {
      const [quiet, frames] = [160, 6];
      let [draws, since, seen] = ['', performance.now(), 0];
      while (performance.now() - since < quiet || seen < frames) {
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        seen++;
        const now = document.body.dataset.draws ?? '';
        if (now !== draws || window.unanswered > 0) [draws, since, seen] = [now, performance.now(), 0];
      }
    });
  }

  async look(change: Partial<SharedView>): Promise<void> {
    await this.page.evaluate((wanted) => window.preview.look(wanted), change);
    await this.settled();
  }

  /** What the panel asked of the editor so far. */
  asked(): Promise<{ call: string; args: readonly unknown[] }[]> {
    return this.page.evaluate(() => window.asked);
  }

  /** All numbers that can be seen. */
  numbers(): Promise<Displayed[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-quantity][data-value]')]
        .filter((element) => element.checkVisibility())
        .map((element) => ({
          quantity: element.dataset.quantity ?? '',
          layer: element.dataset.layer,
          step: Number(element.dataset.step),
          value: Number(element.dataset.value),
          word: element.dataset.value ?? '',
          run: element.closest<HTMLElement>('[data-run]:not(body)')?.dataset.run,
          role: element.closest<HTMLElement>('[data-role]')?.dataset.role,
          card: element.closest<HTMLElement>('[data-card]')?.dataset.card,
          inTable: element.closest('table, [role=table], [role=grid]') !== null,
          text: element.textContent ?? '',
        })),
    );
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** A recorded run as its file says it. @param name of a specification in src/webview/preview/records */
export function record(name: string): RecordEvent[] {
  const lines = readFileSync(join(process.cwd(), 'out', 'records', `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as RecordEvent);
}
