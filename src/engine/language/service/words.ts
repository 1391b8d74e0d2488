/** The words that begin a declaration: what each is for, and what the editor offers to type after it (in the editor's snippet syntax). */

export interface Word {
  readonly doc: string;
  /** `$1` is where the cursor goes first, `${1:text}` a text to type over. */
  readonly snippet: string;
  /** May a rule have it only once? */
  readonly once: boolean;
}

const definitions = {
  optimizer: {
    doc: 'Begins a rule: the name in a specification, and the title that people read.',
    snippet: 'optimizer ${1:name} "${2:Title}"',
    once: true,
  },
  wrapper: {
    doc: 'Begins a rule that goes round another one: lines before `inner` usually change `g`, lines after it `w`.',
    snippet: 'wrapper ${1:name} "${2:Title}"',
    once: true,
  },
  summary: { doc: 'What the rule does, in a few sentences. Texts on following lines are joined.', snippet: 'summary "$1"', once: true },
  use: { doc: 'When to use the rule, and when not.', snippet: 'use "$1"', once: true },
  relatives: { doc: 'Names of rules that are near kin.', snippet: 'relatives ${1:name}', once: true },
  source: { doc: 'The paper, and the implementation that the rule follows.', snippet: 'source "$1"', once: true },
  parameter: {
    doc: 'A hyperparameter: default, domain, symbol, other names, meaning. A default that is true, false or a choice of texts makes it a switch.',
    snippet: 'parameter ${1:name} = ${2:0.9} in ${3:[0, 1)} as "${4:symbol}" "${5:what it does}"',
    once: false,
  },
  require: {
    doc: 'What the hyperparameters must satisfy together, and what to tell where they do not.',
    snippet: 'require ${1:condition} "${2:what to tell}"',
    once: false,
  },
  state: {
    doc: 'What lasts from step to step: of the shape of the weights unless it says another, 0 at the start unless it says otherwise.',
    snippet: 'state ${1:m}',
    once: false,
  },
  inner: { doc: 'Where the lines of the wrapped rule stand.', snippet: 'inner', once: true },
} as const satisfies Readonly<Record<string, Word>>;

export type WordName = keyof typeof definitions;

/** All by name. */
export const words: ReadonlyMap<string, Word> = new Map(Object.entries(definitions));

export const isWord = (name: string): name is WordName => words.has(name);
