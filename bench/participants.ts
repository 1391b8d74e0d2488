/**
 * Who takes part: ourselves with one thread and with two, and the peers. The peers are no dependencies of the extension: those in
 * JavaScript are installed on demand into bench/peers/node_modules, those in Python live in an environment that the person makes. A peer
 * that is not there is named, with the command that installs it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A process to measure. */
export interface Participant {
  /** Ours, or the peer's name as in `--peers`. */
  readonly key: string;
  /** `Optimizer Debugger`, `PyTorch`, … */
  readonly name: string;
  readonly threads: 1 | 2;
  readonly command: readonly string[];
}

export interface Missing {
  readonly name: string;
  readonly reason: string;
  /** What would mend it. */
  readonly command: string;
}

export const ourName = 'Optimizer Debugger';
export const ourKey = 'ours';

interface Peer {
  readonly key: string;
  readonly name: string;
  readonly language: 'Python' | 'JavaScript';
  readonly script: string;
  readonly threads: readonly (1 | 2)[];
  /** The package that must be there. */
  readonly needs: string;
  /** Flags for Node. */
  readonly flags?: readonly string[];
}

const peers: readonly Peer[] = [
  { key: 'torch', name: 'PyTorch', language: 'Python', script: 'torch_peer.py', threads: [1, 2], needs: 'torch' },
  { key: 'jax', name: 'JAX', language: 'Python', script: 'jax_peer.py', threads: [1, 2], needs: 'jax, optax' },
  // it uses relaxed SIMD where that is on, as we do
  { key: 'jax-js', name: 'jax-js', language: 'JavaScript', script: 'jaxjs.mjs', threads: [1], needs: '@jax-js/jax', flags: relaxedFlags() },
  { key: 'tfjs', name: 'TensorFlow.js', language: 'JavaScript', script: 'tfjs.mjs', threads: [1], needs: '@tensorflow/tfjs' },
];

/** The names that `--peers` takes. */
export const peerKeys: readonly string[] = peers.map(({ key }) => key);

/** Relaxed SIMD is behind a flag in Node 20 and 21. */
function relaxedFlags(): string[] {
  return Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
}

/** The Python that has the peers: OPTIMIZER_DEBUGGER_PYTHON, or that of the environment in bench/peers/.venv. */
export function pythonOf(root: string): string {
  const named = process.env.OPTIMIZER_DEBUGGER_PYTHON;
  if (named) return named;
  const inside = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return join(root, 'bench', 'peers', '.venv', ...inside);
}

export const ourselves = (root: string): Participant[] =>
  ([1, 2] as const).map((threads) => ({
    ...{ key: ourKey, name: ourName, threads },
    command: [process.execPath, join(root, 'out', 'bench', 'ours.bench.js'), String(threads)],
  }));

/**
 * The peers that are there, and those that are not.
 * @param keys which are wanted @param install may what is missing in JavaScript be installed?
 */
export function findPeers(root: string, keys: readonly string[], install: boolean): { found: Participant[]; missing: Missing[] } {
  const folder = join(root, 'bench', 'peers');
  const wanted = peers.filter(({ key }) => keys.includes(key));
  const found: Participant[] = [];
  const missing: Missing[] = [];
  const installed = (needs: string): boolean => existsSync(join(folder, 'node_modules', ...needs.split('/'), 'package.json'));
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  if (install && wanted.some(({ language, needs }) => language === 'JavaScript' && !installed(needs))) {
    process.stderr.write('Installing the peers in JavaScript into bench/peers/node_modules (about 310 MB) …\n');
    try {
      execFileSync('npm', npm, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
    } catch {
      // what is missing then is said below
    }
  }
  for (const { key, name, language, script, threads, needs, flags = [] } of wanted) {
    const path = join(folder, script);
    if (language === 'JavaScript') {
      if (!installed(needs))
        missing.push({ name, reason: `${needs} is not installed`, command: 'npm ci --ignore-scripts --prefix bench/peers' });
      else for (const count of threads) found.push({ key, name, threads: count, command: [process.execPath, ...flags, path] });
      continue;
    }
    const python = pythonOf(root);
    const reason = whyNot(python, needs);
    if (reason === null) for (const count of threads) found.push({ key, name, threads: count, command: [python, path, String(count)] });
    else
      missing.push({
        name,
        reason,
        command: 'python3 -m venv bench/peers/.venv && bench/peers/.venv/bin/pip install -r bench/peers/requirements.txt',
      });
  }
  return { found, missing };
}

/** Why a Python cannot import something; null where it can. */
function whyNot(python: string, modules: string): string | null {
  const find = `import importlib.util, sys; sys.exit(' '.join(m for m in '${modules}'.split(', ') if importlib.util.find_spec(m) is None) or 0)`;
  try {
    execFileSync(python, ['-c', find], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    return null;
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    return code === 'ENOENT' ? `there is no ${python}` : `${python} lacks ${stderr?.trim() || modules}`;
  }
}
