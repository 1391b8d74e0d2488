/** Any text is a rule or is refused with a place, soon. `npm run fuzz` tries a million; here some thousands, of another seed each time the library changes. */
import assert from 'node:assert/strict';
import { rules } from '../../../src/engine/optimizers';
import { wrappers } from '../../../src/engine/wrappers';
import { fuzzLanguage } from '../../fuzz/language';

describe('reading a rule', () => {
  it('takes or refuses 20,000 random texts, each with a place', function () {
    this.timeout(120_000);
    const texts = [...rules(), ...wrappers()].flatMap((rule) => (rule.kind === 'text' ? [rule.text] : []));
    const seed = texts.reduce((sum, text) => sum + text.length, 0);
    const { inputs, accepted } = fuzzLanguage(20_000, seed, texts, () => performance.now());
    // Both ways must be walked often, or the texts are no test.
    assert.ok(accepted > inputs / 100 && accepted < inputs / 2, `${accepted} of ${inputs} accepted`);
  });
});
