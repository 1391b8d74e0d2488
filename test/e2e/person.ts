/**
 * A person at the editor: what they press, click and read, and the record that the run kept meanwhile. Every wait has a limit and
 * says what it waited for; a test that fails leaves a screenshot.
 */
import type { Frame, Locator, Page } from 'playwright-core';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordEvent } from '../../src/engine/run/record';
import type * as editor from '../../scripts/editor/index.mjs';

export type EditorWindow = editor.EditorWindow;

/** The editor harness is plain JavaScript that finds the project by its own place, so it is loaded from there. */
const harness = async (): Promise<typeof editor> =>
  (await import(pathToFileURL(join(process.cwd(), 'scripts/editor/index.mjs')).href)) as typeof editor;

/** The line of `Adam` in examples/train_mlp.py, and a column within the word. */
export const adam = 'train_mlp.py:33:20';

/** A number in a panel, as its data attributes say it. */
export interface ShownNumber {
  readonly quantity: string;
  readonly layer: string | undefined;
  readonly step: number;
  readonly value: number;
}

export interface Sitting extends editor.WindowOptions {
  readonly others?: readonly string[];
}

/** Waits until `probe` answers something other than undefined or false. @throws after `ms`, saying `what` did not come */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false>, ms = 30_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1000} s`);
    await sleep(50);
  }
}

export class Person {
  private constructor(readonly window: EditorWindow) {}

  /**
   * Opens an editor. Under `npm test` the packaged extension is installed in it, so that what is published is what is tested; without
   * PACKAGED_VSIX the extension is taken from the tree as it was built.
   * Runs compute on the CPU unless they or the settings say otherwise: measuring takes its time, and what is faster depends on the machine.
   * @param others folders of further extensions
   */
  static async sitDown({ others = [], settings, ...options }: Sitting = {}): Promise<Person> {
    const { openWindow, root } = await harness();
    const packaged = process.env.PACKAGED_VSIX;
    const extension = packaged ? { vsix: [packaged], extensions: others } : { extensions: [root, ...others] };
    const all = { 'optimizerDebugger.backend': 'cpu', ...settings };
    return new Person(await openWindow({ file: adam, ...extension, ...options, settings: all }));
  }

  get page(): EditorWindow['page'] {
    return this.window.page;
  }

  /** The text that the open question (a quick pick or an input box) asks; undefined where none is open. */
  async question(): Promise<string | undefined> {
    const widget = this.page.locator('.quick-input-widget');
    if (!(await widget.isVisible())) return undefined;
    const title = await widget.locator('.quick-input-title').first().textContent();
    const input = await widget.locator('input').first().getAttribute('placeholder');
    return `${title ?? ''}|${input ?? ''}`;
  }

  /** Presses Enter at every question of "Train with…" until a new run has begun. @returns the questions */
  async enterAllTheWay(): Promise<string[]> {
    const before = this.recordFiles().length;
    const questions: string[] = [];
    let seen: string | undefined;
    const row = this.page.locator('.quick-input-list .monaco-list-row.focused:visible').first();
    await until('the run to begin after the last question', async () => {
      if (this.recordFiles().length > before) return true;
      const question = await this.question();
      // Title and text change one after the other: only what stays is a question, or Enter comes once too often and goes into the file.
      const settled = question === seen;
      seen = question;
      if (!settled || !question?.includes('Train with…') || question === questions.at(-1) || !(await row.isVisible())) return false;
      questions.push(question);
      await this.page.keyboard.press('Enter');
      return false;
    });
    return questions;
  }

  /** Answers a question of "Train with…": types until the row that is meant has the focus, then Enter. @param asks part of its title or text */
  async answer(asks: string, wanted: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row.focused:visible', { hasText: wanted }).first();
    await until(`the question “${asks}”`, async () => (await this.question())?.includes(asks));
    await this.page.keyboard.type(wanted);
    await row.waitFor({ timeout: 20_000 });
    await this.page.keyboard.press('Enter');
    await until(`an end of the question “${asks}”`, async () => !(await this.question())?.includes(asks));
  }

  /** "Train with…" from the palette and Enter all the way. @returns the training panel */
  async trainWithDefaults(): Promise<Frame> {
    await this.window.palette('Train with');
    await this.enterAllTheWay();
    return this.window.frame('training');
  }

  /** The CodeLens whose text begins so. */
  lens(text: string): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text }).first();
  }

  /** Moves the mouse onto `text`, in the first line on the screen that has it. */
  async pointAt(text: string): Promise<void> {
    const view = this.page.locator('.view-line', { hasText: text }).first();
    await view.waitFor({ timeout: 10_000 });
    const box = await view.evaluate((element, wanted) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const pieces: { node: Node; from: number }[] = [];
      let whole = '';
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        pieces.push({ node, from: whole.length });
        whole += (node.textContent ?? '').replace(/\u00a0/g, ' ');
      }
      const at = whole.indexOf(wanted);
      const piece = pieces.filter(({ from }) => from <= at).at(-1);
      if (at < 0 || !piece) return undefined;
      const range = document.createRange();
      range.setStart(piece.node, at - piece.from);
      range.setEnd(piece.node, at - piece.from + 1);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }, text);
    if (!box) throw new Error(`There is no "${text}" on the screen.`);
    await this.page.mouse.move(box.x - 2, box.y + 1);
    await this.page.mouse.move(box.x, box.y);
  }

  /** The text of the hover over `text`. @param containing what the hover must contain, since it is filled piece by piece */
  async hoverOver(text: string, containing: string): Promise<string> {
    const hover = this.page.locator('.monaco-hover:visible');
    return until(`a hover over "${text}" that says "${containing}"`, async () => {
      await this.page.mouse.move(5, 400);
      await this.pointAt(text);
      await sleep(1000);
      const said = (await hover.allTextContents()).join('\n').replace(/\u00a0/g, ' ');
      return said.includes(containing) && said;
    });
  }

  /** Writes a specification file into the workspace, opens it, and asks to train it. */
  async startTraining(name: string, specification: unknown): Promise<void> {
    writeFileSync(join(this.window.workspace, name), JSON.stringify(specification, null, 2));
    await this.open(name);
    await this.window.palette('Train this specification');
  }

  /** The same, for one that is right. @returns the training panel */
  async train(name: string, specification: unknown): Promise<Frame> {
    await this.startTraining(name, specification);
    return this.window.frame('training');
  }

  /** Presses a button of a panel by its name. */
  async press(panel: Frame, name: string): Promise<void> {
    await panel
      .locator(`vscode-button[aria-label="${name}"]:visible, vscode-button:visible:has-text("${name}")`)
      .first()
      .click({ timeout: 10_000 });
  }

  /** The step at which the panel stands. */
  async step(panel: Frame): Promise<number> {
    return (await this.numbers(panel)).find(({ quantity }) => quantity === 'step')?.value ?? 0;
  }

  /** Every notification on the screen, as text. */
  async notifications(): Promise<string> {
    return (await this.page.locator('.notifications-toasts .notification-list-item-message').allTextContents()).join('\n');
  }

  /** Every record of the extension's storage, oldest first. */
  recordFiles(): string[] {
    const storage = join(this.window.data, 'User');
    if (!existsSync(storage)) return [];
    return readdirSync(storage, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(storage, name))
      .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  }

  /** The record of a run, as far as it is written. @param run its id; the newest where it is left out */
  record(run?: string): RecordEvent[] {
    const file = this.recordFiles()
      .filter((name) => run === undefined || name.includes(run))
      .at(-1);
    if (!file) throw new Error(`There is no record${run ? ` of run ${run}` : ''} below ${this.window.data}.`);
    const lines = readFileSync(file, 'utf8').split('\n');
    lines.pop(); // what follows the last line end is not a whole line yet
    return lines.map((line) => JSON.parse(line) as RecordEvent);
  }

  /** Waits until the run that a panel shows is in one of these states. */
  async waitForState(panel: Frame, states: readonly string[], ms = 60_000): Promise<void> {
    let seen: string | undefined;
    await until(
      `the run to be ${states.join(' or ')}`,
      async () => {
        seen = await panel.evaluate(() => document.body.dataset.state);
        return seen !== undefined && states.includes(seen);
      },
      ms,
    ).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${seen}`);
    });
  }

  /** All numbers that a panel shows, as measured, at one moment. */
  async numbers(panel: Frame): Promise<ShownNumber[]> {
    return panel.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-quantity][data-value]')].map(({ dataset }) => ({
        quantity: dataset.quantity ?? '',
        layer: dataset.layer,
        step: Number(dataset.step),
        value: Number(dataset.value),
      })),
    );
  }

  /** Opens a file of the workspace by its name, and waits for its tab. */
  async open(file: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    const found = this.page.locator('.quick-input-list .monaco-list-row', { hasText: file }).first();
    await until(`the editor to find ${file}`, async () => {
      await this.page.locator('.tab.active').first().click(); // a panel that is still loading would take the keys
      await this.page.keyboard.press('Control+P');
      if (!(await visible(input, 2000))) return false;
      await input.focus(); // it may be seen before it has the focus, and keys would go into the file
      await this.page.keyboard.type(file);
      if (await visible(found, 2000)) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: file }).first().waitFor({ timeout: 10_000 });
  }

  /** Moves the tab with this title into a window of its own. @returns the page of that window, in which the panel has loaded, and the panel */
  async moveOut(title: string, panel: string): Promise<{ readonly window: Page; readonly panel: Frame }> {
    const opened: Page[] = [];
    this.page.context().on('page', (page) => opened.push(page));
    await this.page.locator('.tab', { hasText: title }).first().click({ button: 'right' });
    const item = this.page.getByText('Move into New Window', { exact: true });
    await item.waitFor();
    return until(`the panel ${panel} in a window of its own`, async () => {
      if (await item.isVisible()) await item.click(); // a menu that has just opened follows no click yet
      for (const window of opened)
        for (const frame of window.frames()) {
          const name = await frame.evaluate(() => document.body?.dataset.panel).catch(() => undefined);
          if (name === panel) return { window, panel: frame };
        }
      return false;
    });
  }

  /** Closes the tab with this title, which may open again by itself. */
  async closeTabAtOnce(title: string): Promise<void> {
    const tab = this.page.locator('.tab', { hasText: title });
    await tab.first().hover();
    await tab.first().locator('.tab-actions .action-label').click();
  }

  /** Closes the tab with this title. */
  async closeTab(title: string): Promise<void> {
    const tab = this.page.locator('.tab', { hasText: title });
    await this.closeTabAtOnce(title);
    await until(`the tab ${title} to be gone`, async () => (await tab.count()) === 0);
  }
}

/** Whether it is seen within `ms` milliseconds. */
const visible = (locator: Locator, ms: number): Promise<boolean> =>
  locator.waitFor({ timeout: ms }).then(
    () => true,
    () => false,
  );
