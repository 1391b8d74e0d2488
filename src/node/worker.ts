/** The training worker: a thread of its own that the host starts with the first run. All it does is answer the protocol's calls. */
import './webAssemblyFlags';
import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { prepare } from '../engine/run/prepare';
import { prepareFrom } from '../engine/run/resume';
import { assembleWith } from '../engine/run/threads';
import { Trainer } from '../engine/run/trainer';
import { EngineServer, type EngineHome } from '../shared/run/engineServer';
import { toHost } from './channel';
import { nodeFiles } from './files';
import { openRecordFile } from './recordFile';
import { besideEditor, nodeThreads } from './threads';

const now = (): number => performance.now();

const home: EngineHome = {
  async open({ spec, folder, checkpoint }, kept) {
    const { backend = kept?.spec.backend } = spec;
    const files = nodeFiles(folder);
    const prepared = await (kept ? prepareFrom(kept, files, { ...kept.spec, backend }) : prepare(spec, files));
    const { machine } = assembleWith(nodeThreads('auto', besideEditor()), prepared);
    try {
      return new Trainer(prepared, { clock: now, machine, checkpoint });
    } catch (error) {
      machine.team.close();
      throw error;
    }
  },
  record: openRecordFile,
  clock: now,
  breath: () => setImmediate(),
};

if (!parentPort) throw new Error('This is the training worker: it runs in a worker thread.');
const engine = new EngineServer(home);
engine.host = toHost(parentPort, engine);
