/** A rule of the user's own in the specification that "Train with…" makes: by its file, with what somebody chose and nothing that the text says itself. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readRule } from '../../../src/engine/language';
import { optimizerLibrary } from '../../../src/engine/optimizers';
import { checkSpecification } from '../../../src/engine/run/check';
import { wrapperLibrary } from '../../../src/engine/wrappers';
import { chooseFile, chooseRule, putRound, titleOf } from '../../../src/host/optimizerChoice';
import { placeRules } from '../../../src/host/placeRules';
import { functionChoices, generatorChoices, specify } from '../../../src/host/problemChoice';

const text =
  'optimizer mine "Mine"\nparameter lr = 0.1 in (0, inf)\nparameter mu = 0.5 in [0, 1]\nstate m\nm = mu*m + g\nrate = lr\nw = w - rate*m\n';
const rounding = 'wrapper round "Rounding"\nparameter unit = 0.01 in (0, inf)\ng = unit*floor(g/unit)\ninner\n';
const home = join(process.cwd(), 'rules');
const mine = chooseFile(readRule(text, 'mine.optim'), join(home, 'mine.optim'));
const around = chooseFile(readRule(rounding, 'round.optim'), join(home, 'deep', 'round.optim'));
const adam = optimizerLibrary.find('adam');
const sam = wrapperLibrary.find('sam');
assert.ok(adam && sam);
const [data] = generatorChoices();
const [curve] = functionChoices;

describe('a rule in a file', () => {
  it('is given by its file, beside which the specification then lies', () => {
    const placed = placeRules({ spec: specify(mine, data, data.networks[0]), folder: '' });
    assert.deepEqual(placed.spec.optimizer, { file: 'mine.optim' });
    assert.equal(placed.folder, home);
    checkSpecification(placed.spec);
  });
  it('keeps what somebody chose, and leaves to the text what the text says', () => {
    const chosen = { ...mine, settings: { ...mine.settings, mu: 0.9 } };
    assert.deepEqual(placeRules({ spec: specify(chosen, curve, null), folder: '' }).spec.optimizer, { file: 'mine.optim', mu: 0.9 });
  });
  it('is given relative to the folder of the data, where these have one', () => {
    const elsewhere = join(process.cwd(), 'data');
    const { spec, folder } = placeRules({ spec: specify(mine, data, data.networks[0]), folder: elsewhere });
    assert.equal(folder, elsewhere);
    assert.equal(join(folder, String(spec.optimizer.file)), join(home, 'mine.optim'));
  });
  it('a wrapper goes round a built-in rule, and round another file', () => {
    const round = putRound(around, chooseRule(adam));
    assert.equal(titleOf(round), 'Adam, Rounding');
    const built = placeRules({ spec: specify(round, curve, null), folder: '' });
    assert.equal(built.spec.optimizer.name, 'adam');
    assert.deepEqual(built.spec.wrappers, [{ file: 'round.optim' }]);
    assert.equal(built.folder, join(home, 'deep'));
    const both = placeRules({ spec: specify(putRound(around, mine), curve, null), folder: '' });
    assert.deepEqual([both.spec.optimizer, both.spec.wrappers], [{ file: 'mine.optim' }, [{ file: join('deep', 'round.optim') }]]);
    checkSpecification(both.spec);
  });
  it('a built-in wrapper stands before those that a chosen specification has', () => {
    const own = {
      kind: 'specification',
      title: '',
      detail: '',
      folder: '',
      spec: { ...specify(chooseRule(adam), curve, null), wrappers: [{ name: 'l2' }] },
    } as const;
    const { wrappers } = specify(putRound(chooseRule(sam), chooseRule(adam)), own, null);
    assert.deepEqual(
      wrappers?.map(({ name }) => name),
      ['sam', 'l2'],
    );
  });
});
