// A network computed by several threads: the same bits as by one, whatever its layers, and on batches of any size.
import assert from 'node:assert/strict';
import { cpuBackendOn } from '../../../src/engine/backends/cpu';
import { alone } from '../../../src/engine/backends/cpu/team';
import { findRule } from '../../../src/engine/optimizers';
import { threadTeams } from '../node/teamScript';
import { network, smallNetworks } from './everyLayer';

const wide = network(
  'wide layers',
  [37],
  [{ dense: 131, activation: 'tanh' }, { dense: 70, activation: 'relu' }, { dense: 5 }],
  'crossEntropy',
);

describe('a network in several threads', function () {
  this.timeout(60_000);
  const teams = threadTeams();

  for (const { name, plan, data } of [wide, ...smallNetworks.slice(0, 8)])
    it(`has the same bits as in one: ${name}`, () => {
      const rule = findRule('adam');
      assert.ok(rule);
      const settings = Object.fromEntries(rule.hyperparameters.map((each) => [each.name, each.default]));
      const states = [alone, teams.open(2), teams.open(3)].map((team) => {
        const backend = cpuBackendOn(team);
        const model = backend.network(plan, data, data.samples);
        const updater = backend.updater(rule, settings, model, 1);
        const losses: number[] = [];
        [data.samples, 13, 5].forEach((count, i) => {
          const rows = Uint32Array.from({ length: count }, (_, k) => (7 * k) % data.samples);
          model.begin(i + 1);
          const loss = model.gradient(rows);
          updater.step(i + 1, 0.01, 'statistics', { rows, loss });
          losses.push(loss, model.loss(rows), model.evaluate(rows).loss);
        });
        const copies = [...model.weights, ...model.buffers, ...Object.values(updater.state).flat()].map((values) => Array.from(values));
        return { losses, copies, statistics: Object.values(updater.statistics).map((values) => Array.from(values)) };
      });
      for (const state of states.slice(1)) assert.deepEqual(state, states[0]);
    });
});
