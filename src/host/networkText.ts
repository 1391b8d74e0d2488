/** Networks as a person types them: `2-16-16-2 ReLU`. Knows nothing of the editor. */
import { activations } from '../engine/network/activations';
import type { NetworkSpecification } from '../engine/run/specification';
import type { NetworkSketch } from '../source/reading';

/** A chain of dense layers between given ends. */
export interface NetworkShape {
  readonly inputs: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  /** Of the hidden layers. */
  readonly activation: string;
}

const title = (name: string): string => activations.find((activation) => activation.name === name)?.title ?? name;

/** `2-16-16-2 ReLU`, or `2-2 linear` without hidden layers. */
export const showShape = ({ inputs, hidden, outputs, activation }: NetworkShape): string =>
  `${[inputs, ...hidden, outputs].join('-')} ${hidden.length === 0 ? 'linear' : title(activation)}`;

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s,·–-]+/u)
    .filter((word) => word !== '');

/** Every way to write an activation, those of more words first: `Leaky ReLU` before `ReLU`. */
const spellings = activations
  .flatMap(({ name, title }) => [name, title].map((text) => ({ name, words: wordsOf(text) })))
  .sort((a, b) => b.words.length - a.words.length);

/**
 * Reads `16-16 tanh`, `2-16-16-2 ReLU`, `32`, `linear`: the widths of the hidden layers, with or without the data's own ends.
 * @returns the shape, or a sentence that says what is wrong
 */
export function parseShape(text: string, inputs: number, outputs: number): NetworkShape | string {
  const words = wordsOf(text);
  const sizes: number[] = [];
  let activation = 'relu';
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const named = spellings.find((spelling) => spelling.words.every((part, k) => part === words[at + k]));
    if (named) {
      activation = named.name;
      at += named.words.length - 1;
    } else if (word === 'linear') activation = 'identity';
    else if (/^\d+$/.test(word)) sizes.push(Number(word));
    else return `“${word}” is neither a width nor an activation (${activations.map((known) => known.title).join(', ')}).`;
  }
  if (sizes.some((size) => size < 1 || size > 100_000)) return 'A layer has between 1 and 100,000 units.';
  if (sizes.length === 0 && activation !== 'identity') return 'Type the widths of the hidden layers, as in 16-16 tanh, or “linear”.';
  const whole = sizes.length >= 2 && sizes[0] === inputs && sizes[sizes.length - 1] === outputs;
  return { inputs, hidden: whole ? sizes.slice(1, -1) : sizes, outputs, activation };
}

/** The specification of a shape. */
export const specifyNetwork = ({ hidden, outputs, activation }: NetworkShape, loss: string): NetworkSpecification => ({
  layers: [...hidden.map((dense) => ({ dense, activation })), { dense: outputs }],
  loss,
});

/** The network of the user's file where its ends fit the data and one activation serves all hidden layers. */
export function shapeOf({ inputs, layers }: NetworkSketch): NetworkShape | null {
  const hidden = layers.slice(0, -1);
  const used = new Set(hidden.map(({ activation }) => activation));
  const last = layers[layers.length - 1];
  if (used.size > 1 || !last || last.activation !== 'identity') return null;
  return { inputs, hidden: hidden.map(({ dense }) => dense), outputs: last.dense, activation: [...used][0] ?? 'identity' };
}
