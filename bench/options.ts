/** The arguments of `npm run bench`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nearest } from '../src/engine/suggest';
import { cases } from './cases';
import { peerKeys } from './participants';

/** What can be measured, in order; `training` stands for all networks. */
export const parts = [...cases.map(({ id }) => id), 'products', 'updates', 'data', 'memory', 'curvature', 'mnist'] as const;

export interface Options {
  readonly json: boolean;
  /** Which parts; those of `parts`. */
  readonly only: readonly string[];
  readonly peers: readonly string[];
  /** Did the person name peers, so that missing ones in JavaScript may be installed? */
  readonly install: boolean;
  /** A file for the JSON, besides what is printed. */
  readonly out: string | undefined;
  readonly rounds: number;
  readonly seconds: number;
  /** Folder of MNIST's test files. */
  readonly data: string | undefined;
}

export const usage = `npm run bench -- [--json] [--only NAME,…] [--peers all|none|NAME,…] [--out FILE] [--rounds 7] [--seconds 0.4] [--data FOLDER]
  --only   ${['training', ...parts].join(', ')}
  --peers  ${peerKeys.join(', ')}: those that are there unless told; told, those in JavaScript are installed
  --out    a file that gets the JSON as well
  --data   the folder with MNIST's test files, t10k-*-ubyte.gz`;

/** @throws Error saying what is wrong with the arguments */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peers: { type: 'string' },
      out: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '0.4' },
      data: { type: 'string' },
    },
  });
  const training = cases.map(({ id }) => id);
  const named = values.only.flatMap((list) => list.split(',')).flatMap((name) => (name === 'training' ? training : [name]));
  return {
    json: values.json,
    only: named.length === 0 ? parts : known(named, '--only', [...parts, 'training']),
    peers:
      values.peers === undefined || values.peers === 'all'
        ? peerKeys
        : values.peers === 'none'
          ? []
          : known(values.peers.split(','), '--peers', peerKeys),
    install: values.peers !== undefined,
    out: path(values.out),
    rounds: positive(values.rounds, '--rounds'),
    seconds: positive(values.seconds, '--seconds'),
    data: path(values.data),
  };
}

/** Paths are meant from where the person is, which npm says in INIT_CWD. */
const path = (given: string | undefined): string | undefined => given && resolve(process.env.INIT_CWD ?? process.cwd(), given);

function known(names: readonly string[], option: string, valid: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !valid.includes(name));
  if (unknown === undefined) return names;
  const near = nearest(unknown, valid);
  throw new Error(`${option}: found ${unknown}; ${near === undefined ? '' : `did you mean ${near}? `}Valid are ${valid.join(', ')}.`);
}

function positive(text: string, option: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`${option}: found ${text}; a number above 0 is expected.`);
}
