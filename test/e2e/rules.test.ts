/** A rule of one's own, as a person writes it: faults while typing, completion, training with it, and a change while the run stands still. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person, until } from './person';

describe('a rule of one’s own', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown({ file: 'my.optim:14:1' })));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await person.window.shot(`failed ${this.currentTest.title}`.replace(/[^\w.-]+/g, '-'));
  });
  after(async () => person?.window.close());

  const content = (): string => readFileSync(join(person.window.workspace, 'my.optim'), 'utf8');
  const underlined = (): Promise<number> => person.page.locator('.squiggly-error').count();
  const toEndOf = async (line: number): Promise<void> => {
    await person.page.locator('.tab', { hasText: 'my.optim' }).first().click();
    await person.page.keyboard.press('Control+G');
    await person.page.keyboard.type(`${line}`);
    await person.page.keyboard.press('Enter');
    await person.page.keyboard.press('End');
  };
  const lineOf = (start: string): number =>
    content()
      .split('\n')
      .findIndex((line) => line.startsWith(start)) + 1;

  it('a fault is underlined while it is typed, and what fits is offered', async () => {
    await person.lens('Train with this rule').waitFor({ timeout: 30_000 });
    assert.equal(await underlined(), 0);
    await toEndOf(lineOf('most ='));
    await person.page.keyboard.type(' + sh');
    const offered = person.page.locator('.suggest-widget .monaco-list-row', { hasText: 'share' }).first();
    await offered.waitFor({ timeout: 10_000 });
    await person.page.keyboard.press('Escape');
    await until('the unknown name to be underlined', async () => (await underlined()) > 0);
    await person.lens('Not yet a rule').waitFor({ timeout: 10_000 });
    await person.window.shot('rule-fault-light');
    await person.page.keyboard.type('are');
    await person.page.keyboard.press('Escape');
    await until('nothing to be underlined', async () => (await underlined()) === 0);
  });

  it('a hover says what a hyperparameter is', async () => {
    const said = await person.hoverOver('mu    =', 'hyperparameter');
    assert.match(said, /μ[\s\S]*how long the average of the gradient remembers[\s\S]*0\.9[\s\S]*\[0, 1\)/);
  });

  it('"▶ Train with this rule", Enter all the way: it is saved and trained, and its name stands above the charts', async () => {
    await person.lens('Train with this rule').click();
    await until('the question of the problem', async () => (await person.question())?.includes('My rule'));
    await person.enterAllTheWay();
    const panel = await person.window.frame('training');
    await person.waitForState(panel, ['ended']);
    const [start] = person.record();
    assert.ok(start.type === 'start');
    assert.equal(start.title, 'My rule');
    assert.equal(start.rule, content());
    assert.match(content(), /most = .* \+ share/);
  });

  it('paused, changed, saved, continued: the run goes on with the new text, and the record says from when', async () => {
    const specification = {
      problem: { network: { layers: [{ dense: 8 }, { dense: 3 }] }, data: { generator: 'spiral' } },
      optimizer: { file: 'my.optim' },
      steps: 5_000_000,
    };
    const panel = await person.train('mine.run.json', specification);
    await until('some steps', async () => (await person.step(panel)) > 50);
    await person.press(panel, 'Pause');
    await person.waitForState(panel, ['paused']);
    await toEndOf(lineOf('rate ='));
    await person.page.keyboard.type('/2');
    await person.page.keyboard.press('Control+S');
    await until('word of it', async () =>
      /From step [\d,]+ on the run uses my\.optim as saved\. m goes on/.test(await person.notifications()),
    );
    await person.window.shot('rule-replaced-light');
    const stood = await person.step(panel);
    await person.press(panel, 'Continue');
    await until('further steps', async () => (await person.step(panel)) > stood + 50);
    await person.press(panel, 'Stop');
    await person.waitForState(panel, ['ended']);
    const event = person.record().find(({ type }) => type === 'rule');
    assert.ok(event?.type === 'rule');
    assert.equal(event.text, content());
    assert.equal(event.step, stood);
    assert.deepEqual(event.kept, ['m']);
  });

  it('"Train with…" offers what is saved, and lists a file with a fault with that fault', async () => {
    writeFileSync(join(person.window.workspace, 'broken.optim'), 'optimizer broken "Broken"\nparameter lr = 0.1\nw = w - lr*gg\n');
    await person.window.palette('Train with…');
    const list = person.page.locator('.quick-input-list .monaco-list-row');
    await list.filter({ hasText: 'Adam' }).first().waitFor({ timeout: 20_000 });
    await person.page.keyboard.type('.optim');
    await list.filter({ hasText: 'My rule' }).first().waitFor({ timeout: 20_000 });
    const faulty = list.filter({ hasText: 'broken.optim' }).first();
    await faulty.waitFor({ timeout: 20_000 });
    assert.match((await faulty.textContent()) ?? '', /is not yet a rule: line 3[\s\S]*There is no `gg`/);
    await person.window.shot('rule-train-with-light');
    await faulty.click();
    await person.page.locator('.tab.active', { hasText: 'broken.optim' }).waitFor({ timeout: 10_000 });
    await until('word of the fault', async () => /broken\.optim is not yet a rule\. Line 3/.test(await person.notifications()));
  });

  it('a built-in rule can be read', async () => {
    await person.window.palette('Open built-in rule');
    const row = (text: string): Promise<void> =>
      person.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().waitFor({ timeout: 20_000 });
    await row('SGD');
    await person.page.keyboard.type('AdamW');
    await row('AdamW');
    await person.page.keyboard.press('Enter');
    await person.page.locator('.tab.active', { hasText: 'adamw.optim' }).waitFor({ timeout: 10_000 });
    await person.lens('New rule from this one').waitFor({ timeout: 10_000 });
    await person.window.shot('rule-built-in-light');
  });
});
