/**
 * Networks as a person types them: widths of hidden layers, then what holds for all of them, an activation and a share of dropout, as in
 * `128-64 tanh dropout 0.2`. Whatever else a network may have is written in a run specification. Knows nothing of the editor.
 */
import { activations } from '../engine/network/activations';
import type { LayerSpecification } from '../engine/network/layers';
import { nearest } from '../engine/suggest';

/** A network that "Train with…" offers. */
export interface NetworkChoice {
  /** `LeNet-5`; null where its layers say it all. */
  readonly name: string | null;
  readonly layers: readonly LayerSpecification[];
}

/** What stands at both ends of a network: the data. */
export interface Ends {
  /** Numbers of one sample. */
  readonly inputs: number;
  readonly outputs: number;
}

/** The prompt that explains it all, no longer than there is room for. */
export const networkPrompt = 'Choose one, or type hidden widths: 128-64 tanh dropout 0.2';

/** Dense layers of these widths between the data's ends, every hidden one with the activation and, above 0, the dropout after it. */
export const denseNetwork = (hidden: readonly number[], outputs: number, activation: string, dropout = 0): NetworkChoice => ({
  name: null,
  layers: [...hidden.flatMap((dense) => [{ dense, activation }, ...(dropout > 0 ? [{ dropout }] : [])]), { dense: outputs }],
});

interface Word {
  readonly text: string;
  readonly at: number;
}

const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[^\s,·–-]+/gu)].map((match) => ({ text: match[0].toLowerCase(), at: match.index }));

/** Every way to write an activation, those of more words first: `Leaky ReLU` before `ReLU`. */
const spellings = activations
  .flatMap(({ name, title }) => [name, title].map((text) => ({ name, words: wordsOf(text).map((word) => word.text) })))
  .sort((a, b) => b.words.length - a.words.length);
const names = [...activations.map(({ title }) => title), 'linear', 'dropout'];

const widest = 100_000;
const usual = 'as in 128-64 tanh dropout 0.2';

/**
 * Reads `16-16 tanh`, `2-16-16-2 ReLU`, `32 dropout 0.5`, `linear`: the widths of the hidden layers, with or without the data's own ends.
 * @returns the network, or a sentence that says what is wrong and where
 */
export function parseNetwork(text: string, { inputs, outputs }: Ends): NetworkChoice | string {
  const words = wordsOf(text);
  const sizes: number[] = [];
  let activation: string | null = null;
  let dropout: number | null = null;
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const where = at === 0 ? '' : `After “${text.slice(0, word.at).replace(/[\s,·–-]+$/u, '')}”: `;
    const named = spellings.find((spelling) => spelling.words.every((part, k) => part === words[at + k]?.text));
    const name = named?.name ?? (word.text === 'linear' ? 'identity' : null);
    if (name !== null) {
      if (activation !== null) return `${where}a second activation. One holds for all hidden layers.`;
      activation = name;
      at += (named?.words.length ?? 1) - 1;
    } else if (word.text === 'dropout') {
      if (dropout !== null) return `${where}a second dropout. One holds for all hidden layers.`;
      const share = words.at(at + 1)?.text ?? '';
      dropout = share === '' ? NaN : Number(share);
      if (!(dropout >= 0 && dropout < 1))
        return `${where}dropout needs the share that is put to 0, at least 0 and below 1, ${usual}${share === '' ? '' : `; found “${share}”`}.`;
      at++;
    } else if (/^\d+$/.test(word.text)) {
      const size = Number(word.text);
      if (size < 1 || size > widest) return `${where}${word.text} units. A layer has between 1 and ${widest.toLocaleString('en')}.`;
      sizes.push(size);
    } else {
      const meant = nearest(word.text, names);
      return `${where}“${word.text}” is no width, activation or dropout${meant === undefined ? `, ${usual}` : `. Did you mean ${meant}?`}`;
    }
  }
  const whole = sizes.length >= 2 && sizes[0] === inputs && sizes[sizes.length - 1] === outputs;
  const hidden = whole ? sizes.slice(1, -1) : sizes;
  if (sizes.length === 0 && activation !== 'identity') return `Type the widths of the hidden layers, ${usual}, or “linear”.`;
  if (hidden.length === 0 && dropout !== null) return 'Dropout stands after hidden layers, and there are none.';
  return denseNetwork(hidden, outputs, activation ?? 'relu', dropout ?? 0);
}
