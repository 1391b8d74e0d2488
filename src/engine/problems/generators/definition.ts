/**
 * What a generator of data is: a name, its settings, and a pure function from the settings and a random stream to a data set. One
 * file in this folder is one generator; the specification's check, the JSON Schema and the editor's menus read the same definition.
 */
import type { Random } from '../../random';
import { integer, type NumberSetting } from '../../setting';
import type { Dataset } from '../dataset';

/** A generator as everybody sees it. */
export interface Generator {
  /** What a specification calls it: `spiral`. */
  readonly name: string;
  /** What a person reads: `Spiral`. */
  readonly title: string;
  /** What the data look like and what they are good for, in one sentence. */
  readonly doc: string;
  /** Classes to tell apart, or numbers to predict. */
  readonly learns: 'classes' | 'targets';
  /** Features of one sample, with every setting at its default. */
  readonly inputs: number;
  /** `samples` among them. Every setting has a default. */
  readonly settings: Readonly<Record<string, NumberSetting>>;
  /**
   * Makes the data: the same values and the same stream give the same numbers.
   * @param values every setting, complete and checked
   */
  generate(values: Readonly<Record<string, number>>, random: Random): Dataset;
}

/** The most samples that a generator makes. */
export const mostSamples = 1_000_000;

type Values<Settings> = Readonly<Record<keyof Settings | 'samples', number>>;

/** Declares a generator; its own settings and `samples` become the names that `generate` receives. */
export function defineGenerator<Settings extends Readonly<Record<string, NumberSetting>>>(
  generator: Omit<Generator, 'settings' | 'generate'> & {
    readonly settings: Settings;
    generate(values: Values<Settings>, random: Random): Dataset;
  },
): Generator {
  return {
    ...generator,
    settings: { samples: integer({ min: 1, max: mostSamples, default: 1000, doc: 'how many samples' }), ...generator.settings },
    // A caller of the plain face passes every setting, so the narrower parameter is always satisfied.
    generate: (values, random) => generator.generate(values as Values<Settings>, random),
  };
}

/**
 * Points of the plane with classes. The classes take turns (sample i is of class i mod `classes`), so that a sequential run sees them evenly.
 * @param place the point of the `rank`th of `count` samples of a class, rank from 0
 */
export function classifiedPoints(
  name: string,
  samples: number,
  classes: number,
  place: (label: number, rank: number, count: number) => readonly [number, number],
): Dataset {
  const x = new Float64Array(2 * samples);
  const labels = new Int32Array(samples);
  for (let i = 0; i < samples; i++) {
    const label = i % classes;
    labels[i] = label;
    x.set(place(label, Math.floor(i / classes), Math.ceil((samples - label) / classes)), 2 * i);
  }
  const names = Array.from({ length: classes }, (_, label) => String(label));
  return { name, samples, inputs: 2, x, scale: 1, y: { kind: 'classes', classes, names, labels } };
}
