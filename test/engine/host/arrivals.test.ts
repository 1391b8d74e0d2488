/** Lists that grow while they are read: where what comes later stands, and which row Enter takes. */
import assert from 'node:assert/strict';
import { Arrivals } from '../../../src/host/arrivals';

interface Row {
  readonly label: string;
  readonly value?: string;
}
const row = (label: string): Row => ({ label, value: label });
const heading = (label: string): Row => ({ label });
const [adam, sgd, mine] = ['Adam', 'SGD', 'my rule'].map(row);
const builtIn = [heading('built in'), adam, sgd];
const own = [heading('rules of the workspace'), mine];

describe('a list that grows while it is read', () => {
  it('has its parts in their own order, whichever comes first', () => {
    const all = new Arrivals<Row>([], 2, 0);
    all.add(1, builtIn, undefined, 10);
    assert.deepEqual([all.items, all.busy], [builtIn, true]);
    all.add(0, own, adam, 20);
    assert.deepEqual([all.items, all.busy], [[...own, ...builtIn], false]);
  });

  it('begins with its first row while nobody can have read another there', () => {
    const all = new Arrivals<Row>([], 2, 0);
    assert.equal(all.add(1, builtIn, undefined, 5000), null);
    assert.equal(all.add(0, own, adam, 5050), null);
  });

  it('keeps the row that has been read for the one that Enter takes', () => {
    const all = new Arrivals<Row>([], 2, 0);
    all.add(1, builtIn, undefined, 10);
    assert.equal(all.add(0, own, adam, 1700), adam);
    const given = new Arrivals<Row>([heading('in this file'), sgd], 1, 0);
    assert.equal(given.add(0, own, sgd, 1700), sgd);
  });

  it('keeps the row that the person has gone to, however soon', () => {
    const all = new Arrivals<Row>([], 2, 0);
    all.add(1, builtIn, undefined, 10);
    assert.equal(all.add(0, own, sgd, 20), sgd);
  });

  it('waits no longer for a part of which nothing was found', () => {
    const all = new Arrivals<Row>([adam], 1, 0);
    assert.equal(all.add(0, [], adam, 10), null);
    assert.deepEqual([all.items, all.busy], [[adam], false]);
  });
});
