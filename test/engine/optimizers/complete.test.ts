/**
 * None is forgotten: every optimizer that PyTorch and Optax offer (test/oracle/names.json) is named as a source by a rule or wrapper here, and
 * some rule or wrapper that names it is followed beside it.
 */
import assert from 'node:assert/strict';
import { rules } from '../../../src/engine/optimizers';
import { wrappers } from '../../../src/engine/wrappers';
import { names } from '../../oracle/names.json';
import { fixtureFiles } from './fixtures';

const fixtures = fixtureFiles().map((file) => file.split('.'));
const everything = [...rules(), ...wrappers()];

/** Does a text name `optax.adam`, and not only `optax.adamw`? */
const mentions = (text: string, name: string): boolean =>
  text
    .split(name)
    .slice(1)
    .some((rest) => !/^\w/.test(rest));

describe('every optimizer of PyTorch and Optax', () => {
  for (const [module, offered] of Object.entries(names))
    for (const name of offered)
      it(`${module}.${name}`, () => {
        const ours = everything.filter(({ source }) => mentions(source, `${module}.${name}`)).map((rule) => rule.name);
        assert.ok(ours.length > 0, 'is no source of a rule');
        const origin = module.split('.')[0];
        const followed = fixtures.filter(([of, from]) => ours.includes(of) && from.startsWith(origin));
        assert.ok(followed.length > 0, `${ours.join(', ')}: no fixture`);
      });
});
