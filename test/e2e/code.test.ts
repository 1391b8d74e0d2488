/** Beside the code: what a hover says, what half-typed Python does to it, and what a wrong specification file is told. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Person, until } from './person';

describe('Beside the code', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown()));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await person.window.shot(`failed ${this.currentTest.title}`.replace(/[^\w.-]+/g, '-'));
  });
  after(async () => person?.window.close());

  it('a hover over lr says what it is, its default, and the update rule', async () => {
    const said = await person.hoverOver('lr=LR', 'learning rate');
    assert.match(said, /0\.001/);
    assert.match(said, /mHat|m̂/);
    await person.window.shot('hover-lr');
  });

  it('a hover over betas names both averages', async () => {
    const said = await person.hoverOver('betas=', '0.999');
    assert.match(said, /0\.9\b/);
  });

  it('half-typed Python disturbs nothing: the line above the other optimizers stays', async () => {
    await person.open('compare_optimizers.py');
    await person.lens('Train with SGD').waitFor({ timeout: 60_000 });
    await person.page.keyboard.press('Control+End');
    await person.page.keyboard.type('optimizer = torch.optim.Adam(model.parameters(), lr=');
    await sleep(1500);
    await person.page.keyboard.press('Control+Home');
    await person.lens('Train with SGD').waitFor({ timeout: 60_000 });
    assert.doesNotMatch(await person.notifications(), /error|undefined|not a function/i);
  });

  it('a wrong specification file is told where it is wrong, and nothing starts', async () => {
    const before = person.recordFiles().length;
    const specification = { problem: { function: 'x^2', start: { x: 1 } }, optimizer: { name: 'adam', lrr: 0.1 }, steps: 10 };
    await person.startTraining('wrong.run.json', specification);
    const said = await until('a message about optimizer.lrr', async () => {
      const text = await person.notifications();
      return text.includes('optimizer.lrr') && text;
    });
    assert.match(said, /lr\b/, 'the nearest valid name is offered');
    assert.equal(person.recordFiles().length, before, 'no record was begun');
  });
});
