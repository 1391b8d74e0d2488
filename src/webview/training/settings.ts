/** The hyperparameters of a run, as its record tells them: those of wrappers under the wrapper's name, `sam.rho`. */
import type { Settings } from '../../engine/language';
import { settingsAtStart } from '../../shared/record/settings';
import type { Run } from '../run';

/** What the run began with. */
export const startSettings = ({ start }: Run): Settings => (start ? settingsAtStart(start) : {});
