/**
 * The last step of "Train with…": which network. The program's own, where it can be had here, those that suit the data, and what a person
 * types. A network of the program that cannot be had is there, too, and says why.
 */
import type * as vscode from 'vscode';
import { refusal, type DataChoice } from './problemChoice';
import { asksWhere, whereItem, type elsewhere, type Where } from './gpu/whereStep';
import { describeOn, fitSketch } from './networkFit';
import { networkPrompt, parseNetwork, type NetworkChoice } from './networkText';
import { titleOf, type OptimizerChoice } from './optimizerChoice';
import { of, separator, title, type Context } from './optimizerStep';
import type { NetworkSketch } from '../source/reading';
import { pick, type Choice, type Left } from './wizard';

/** The most networks of a program that are told to be out of reach. */
const mostTold = 3;

type Item = Choice<NetworkChoice>;

/** @param where it is to be trained, as chosen so far @returns `elsewhere` where a person wants to say so first */
export function pickNetwork(
  problem: DataChoice,
  optimizer: OptimizerChoice,
  { reading, document }: Context,
  where: Where,
): Promise<NetworkChoice | Left | typeof elsewhere> {
  const own = (reading?.networks ?? []).map((sketch) => ownNetwork(sketch, problem, optimizer, document));
  const ready = problem.networks
    .filter((network) => refusal(optimizer, problem, network) === null)
    .map((network) => itemOf(network, problem, optimizer));
  const [same, fitted, told] = (['same', 'fitted', 'told'] as const).map((kind) => own.filter((each) => each.kind === kind));
  const section = (label: string, items: readonly Item[]): Item[] => (items.length === 0 ? [] : [separator(label), ...items]);
  return pick<NetworkChoice | typeof elsewhere>({
    title: `${title} ${titleOf(optimizer)} on ${problem.title}`,
    step: 3,
    of,
    canGoBack: true,
    placeholder: networkPrompt,
    items: [
      ...section(
        'in this file',
        same.map(({ item }) => item),
      ),
      ...(same.length > 0 ? [separator('for these data')] : []),
      ...ready,
      ...section(
        'in this file, fitted',
        fitted.map(({ item }) => item),
      ),
      ...section(
        'in this file, but not to be had',
        told.slice(0, mostTold).map(({ item }) => item),
      ),
      separator('where'),
      whereItem(where),
    ],
    typed: (text) => {
      // who types what is in the list looks for it there
      if (asksWhere(where, text)) return null;
      if (problem.networks.some(({ name }) => name?.toLowerCase().includes(text.trim().toLowerCase()))) return null;
      const network = parseNetwork(text, problem);
      return typeof network === 'string'
        ? { label: `$(info) ${network}`, alwaysShow: true }
        : { ...itemOf(network, problem, optimizer, 'as typed'), alwaysShow: true };
    },
  });
}

/**
 * A network to choose: by its name, with its layers below; or by its layers; with what is `said` of it below, too. Where it does not fit or the optimizer
 * cannot train it, a line that says so.
 */
function itemOf(network: NetworkChoice, problem: DataChoice, optimizer: OptimizerChoice, said?: string): Item {
  const described = describeOn(network, problem);
  const refused = typeof described === 'string' ? described : refusal(optimizer, problem, network);
  if (typeof described === 'string' || refused !== null) return { label: `$(info) ${refused}` };
  const { layers, weights } = described;
  return network.name === null
    ? { label: layers, description: said === undefined ? weights : undefined, detail: said && `${said}, ${weights}`, value: network }
    : { label: network.name, description: weights, detail: said === undefined ? layers : `${said} · ${layers}`, value: network };
}

interface OwnNetwork {
  /** As the program has it; with other ends; or only to be told about. */
  readonly kind: 'same' | 'fitted' | 'told';
  readonly item: Item;
}

/** A network of the program on these data. */
function ownNetwork(
  sketch: NetworkSketch,
  problem: DataChoice,
  optimizer: OptimizerChoice,
  document: vscode.TextDocument | null,
): OwnNetwork {
  const lineOf = (offset: number): number => (document?.positionAt(offset).line ?? 0) + 1;
  const from = `from line ${lineOf(sketch.range.from)}`;
  const out = (line: string, why: string): OwnNetwork => ({
    kind: 'told',
    item: { label: `$(circle-slash) ${sketch.name ?? 'Network'}`, description: line, detail: why },
  });
  if (sketch.obstacle) return out(`${from}, because of line ${lineOf(sketch.obstacle.range.from)}`, sketch.obstacle.message);
  const fitted = fitSketch(sketch, problem);
  if (typeof fitted === 'string') return out(from, fitted);
  const refused = refusal(optimizer, problem, fitted.network);
  if (refused !== null) return out(from, refused);
  const { changes, network } = fitted;
  const said = [from, [...changes, ...sketch.notes].join('; ')].filter((part) => part !== '').join(': ');
  return { kind: changes.length === 0 ? 'same' : 'fitted', item: itemOf(network, problem, optimizer, said) };
}
