/** What `docs/data.md` says of limits is what the code holds to. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { showBytes, showCount } from '../../../src/engine/problems/files';
import * as limits from '../../../src/engine/problems/limits';

describe('the limits of data', () => {
  it('are told as they are', () => {
    const text = readFileSync('docs/data.md', 'utf8');
    const stated = text.slice(text.indexOf('## Limits')).matchAll(/^\| (.+?) +\| (\S.*?) +\|$/gm);
    const expected: Readonly<Record<string, string>> = {
      'an IDX file, packed or unpacked': showBytes(limits.largestFile),
      'a CSV file, packed or unpacked': showBytes(limits.largestCsv),
      'features of all samples in memory': showBytes(limits.largestFeatures),
      samples: limits.mostSamples === 2 ** 26 ? '2²⁶' : String(limits.mostSamples),
      'columns of a table': showCount(limits.mostColumns),
      classes: showCount(limits.mostClasses),
      'names in one column of categories': showCount(limits.mostCategories),
      'bytes of a name (column, category, class)': showCount(limits.longestName),
    };
    const told = Object.fromEntries([...stated].map(([, what, most]) => [what, most]).filter(([what]) => !/^(?:what|-+)$/.test(what)));
    assert.deepEqual(told, expected);
  });
});
