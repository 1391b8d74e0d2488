/** What is published is what is tested: the packaged .vsix, installed as a person installs it, trains from the palette. */
import assert from 'node:assert/strict';
import { Person } from './person';
import { assertRecorded } from './recorded';

describe('The package', () => {
  it('installs, and "Train with…" runs to the end with the record’s own numbers', async () => {
    const vsix = process.env.PACKAGED_VSIX;
    assert.ok(vsix, 'PACKAGED_VSIX names the package (npm test sets it)');
    const person = await Person.sitDown({ extension: null, vsix: [vsix] });
    try {
      const panel = await person.trainWithDefaults();
      await person.waitForState(panel, ['ended']);
      const held = assertRecorded(await person.numbers(panel), person.record(await panel.evaluate(() => document.body.dataset.run)));
      assert.ok(held.has('loss') && held.has('lambdaMax'), [...held].join(', '));
      await person.window.shot('packaged');
    } finally {
      await person.window.close();
    }
  });
});
