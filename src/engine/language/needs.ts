/**
 * What a step can leave out. A value that only one side of a choice reads is needed only when that side is taken: the preconditioner of
 * `if mod(t, 10) == 1 then inverseRoot(L, 4) else P` is computed at one step of ten, and the orthogonalised update of
 * `if matrix then newtonSchulz(…) else …` for no bias.
 */
import type { Lowered } from './lower';
import type { Compute, Scalars } from './scalars';
import { isGlobal, namesIn, readsOf } from './schedule';
import { children, type Expression } from './tree';

/** A choice whose side decides: one number for a layer. */
interface Condition {
  readonly test: Expression;
  /** The side: does the test hold? */
  readonly holds: boolean;
  /** After which round it is known. */
  readonly known: number;
}

/** One place that reads a value. */
interface Use {
  /** The step that reads it. */
  readonly by: string;
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
}

/**
 * The steps that are not always needed, from the last to the first, with the places that read them.
 * @param targets the names whose final values last
 */
function guardedSteps(
  { steps, final, shapes }: Lowered,
  targets: readonly string[],
  known: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly Use[]> {
  const always = new Set(targets.map((name) => final.get(name) ?? name));
  const uses = new Map<string, Use[]>();
  const guarded = new Map<string, readonly Use[]>();

  function use(name: string, by: string, conditions: readonly Condition[]): void {
    if (conditions.length === 0 && always.has(by)) always.add(name);
    else uses.set(name, [...(uses.get(name) ?? []), { by, conditions }]);
  }
  function walk(node: Expression, by: string, conditions: readonly Condition[]): void {
    if (node.kind === 'name') return use(node.name, by, conditions);
    if (node.kind !== 'choice') return children(node).forEach((part) => walk(part, by, conditions));
    const names = namesIn(node.condition);
    const decides = !names.some((name) => shapes.has(name));
    const round = Math.max(0, ...names.map((name) => known.get(name) ?? 0));
    const within = (holds: boolean) => (decides ? [...conditions, { test: node.condition, holds, known: round }] : conditions);
    walk(node.condition, by, conditions);
    walk(node.then, by, within(true));
    walk(node.otherwise, by, within(false));
  }

  for (const step of [...steps].reverse()) {
    if (!always.has(step.name)) guarded.set(step.name, uses.get(step.name) ?? []);
    if (step.kind === 'operation') for (const name of readsOf(step)) use(name, step.name, []);
    else walk(step.kind === 'reduce' ? step.operand : step.value, step.name, []);
  }
  return guarded;
}

/** Tells at every step what may be left out. */
export class Guards {
  /** For each step that is not always needed: is it, in each layer? */
  private readonly needed = new Map<string, Uint8Array>();
  private readonly uses: ReadonlyMap<string, readonly Use[]>;
  private readonly global: ReadonlySet<string>;

  /**
   * @param targets the names whose final values last
   * @param known after which round each name is known
   */
  constructor(
    lowered: Lowered,
    targets: readonly string[],
    known: ReadonlyMap<string, number>,
    private readonly scalars: Scalars,
    private readonly layers: number,
  ) {
    this.uses = guardedSteps(lowered, targets, known);
    for (const name of this.uses.keys()) this.needed.set(name, new Uint8Array(layers));
    this.global = new Set(lowered.steps.filter((step) => this.uses.has(step.name) && isGlobal(step)).map(({ name }) => name));
  }

  /** Whether any of these is needed in a layer; null where that is certain. */
  test(names: readonly string[]): ((layer: number) => boolean) | null {
    const flags = names.map((name) => this.needed.get(name));
    const some = flags.filter((each) => each !== undefined);
    return some.length < names.length ? null : (layer) => some.some((each) => each[layer] !== 0);
  }

  /** Must layers be judged together, because what one needs all must give? */
  get together(): boolean {
    return this.global.size > 0;
  }

  /** What judges layers before a round: from the last step to the first, by the conditions known so far. @returns for layers from … to */
  judge(round: number): (from: number, to: number) => void {
    const { scalars, needed, global } = this;
    const test = ({ test: condition, holds }: Condition): Compute => {
      const compute = scalars.compile(condition);
      return () => Number((compute() !== 0) === holds);
    };
    const rules = [...this.uses].map(([name, uses]) => ({
      name,
      flags: needed.get(name) ?? new Uint8Array(this.layers),
      uses: uses.map(({ by, conditions }) => ({
        by: needed.get(by) ?? null,
        conditions: conditions.filter(({ known }) => known < round).map(test),
      })),
    }));
    return (from, to) => {
      for (const { name, flags, uses } of rules) {
        for (let layer = from; layer < to; layer++) {
          scalars.at(layer);
          flags[layer] = Number(
            uses.some(({ by, conditions }) => (by === null || by[layer] !== 0) && conditions.every((condition) => condition() !== 0)),
          );
        }
        if (global.has(name) && flags.includes(1)) flags.fill(1);
      }
    };
  }
}
