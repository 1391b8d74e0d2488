// The project's own folder, and what of it the editor is shown.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
export const examples = join(root, 'examples');
export const screenshots = join(root, 'out', 'screenshots');
