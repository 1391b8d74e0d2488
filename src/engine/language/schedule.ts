/**
 * The order in which a lowered program runs on buffers. Reductions and whole-buffer operations stand in rounds: each as early as what it
 * reads allows, so that those of one round share a pass over memory. Element-wise steps belong to no round: a pass computes those that
 * it needs, from buffers; what is dear to compute and is needed again later is stored on the way. At the end one pass a shape stores
 * the new weights and states.
 */
import { modelOperations } from './operations';
import type { Lowered, Step } from './lower';
import { isScalar, sameShape, showShape, type Shape } from './shape';
import { mapChildren, nodes, type Expression } from './tree';

export type ScalarStep = Step & { readonly kind: 'scalar' };
export type ReduceStep = Step & { readonly kind: 'reduce' };
export type TensorStep = Step & { readonly kind: 'tensor' };
export type OperationStep = Step & { readonly kind: 'operation' };

/** A buffer that an operation reads, perhaps as its transpose. */
export interface Operand {
  readonly name: string;
  /** Before it is transposed. */
  readonly shape: Shape;
  readonly transposed: boolean;
}

/** One pass over the buffers of one shape. */
export interface Pass {
  readonly shape: Shape;
  /** The element-wise steps that it computes, in order. */
  readonly computes: readonly TensorStep[];
  /** The names that it reads from buffers. */
  readonly loads: readonly string[];
  /** What it stores where: in scratch of the same name, or at the end in the weights and states. */
  readonly stores: readonly { readonly value: string; readonly to: string }[];
  readonly reductions: readonly ReduceStep[];
}

export interface ScheduledOperation {
  readonly step: OperationStep;
  readonly operands: readonly Operand[];
}

/** Passes first, then operations and reductions of what is one number a layer, then the scalars that follow from them. */
export interface Round {
  readonly passes: readonly Pass[];
  readonly ofScalars: readonly ReduceStep[];
  readonly operations: readonly ScheduledOperation[];
  readonly scalars: readonly ScalarStep[];
}

/** A place in the scratch of a shape; values that live at different times share it. */
export interface Place {
  readonly shape: Shape;
  readonly slot: number;
}

export interface Schedule {
  /** The scalars that wait for nothing. */
  readonly start: readonly ScalarStep[];
  readonly rounds: readonly Round[];
  /** One a shape; each reads the old values of all that it replaces. */
  readonly finals: readonly Pass[];
  readonly scratch: ReadonlyMap<string, Place>;
  /** After which round a name is known, 0 being the start; what is not listed is given. */
  readonly known: ReadonlyMap<string, number>;
}

/** Does the step concern all layers at once? */
export const isGlobal = (step: Step): boolean =>
  step.kind === 'reduce' ? step.over === 'all' : step.kind === 'operation' && modelOperations.has(step.operation);

export const namesIn = (node: Expression): string[] => nodes(node).flatMap((each) => (each.kind === 'name' ? [each.name] : []));

/** The names that a step waits for. */
export function readsOf(step: Step): readonly string[] {
  if (step.kind === 'operation') return [...step.operands, ...step.numbers.flatMap(namesIn), ...(step.when === null ? [] : [step.when])];
  return namesIn(step.kind === 'reduce' ? step.operand : step.value);
}

/** What an operator or a function costs, counted in loads of a vector. */
const costs: Readonly<Record<string, number>> = { '/': 4, '^': 3, sqrt: 4, sign: 3, abs: 1, min: 1, max: 1, floor: 1, ceil: 1 };
/** Of a function that is called for each element. */
const callCost = 60;
/** From this on a value that is needed again is stored rather than computed again. */
const worthStoring = 14;

function costOf(node: Expression): number {
  if (node.kind === 'call') return costs[node.name] ?? callCost;
  return node.kind === 'binary' ? (costs[node.operator] ?? 1) : node.kind === 'choice' ? 1 : 0;
}

/** The same program without element-wise steps that only give another tensor a second name. */
export function withoutAliases({ steps, final, truths, shapes }: Lowered): Lowered {
  const sources = new Map<string, string>();
  const source = (name: string): string => sources.get(name) ?? name;
  const rename = (node: Expression): Expression =>
    node.kind === 'name' ? { ...node, name: source(node.name) } : mapChildren(node, rename);
  const kept = steps.flatMap((step): Step[] => {
    if (step.kind === 'operation') return [{ ...step, operands: step.operands.map(source) }];
    if (step.kind === 'reduce') return [{ ...step, operand: rename(step.operand) }];
    const value = rename(step.value);
    if (step.kind === 'scalar' || value.kind !== 'name' || !shapes.has(value.name)) return [{ ...step, value }];
    sources.set(step.name, value.name);
    return [];
  });
  return { steps: kept, final: new Map([...final].map(([name, value]) => [name, source(value)])), truths, shapes };
}

/** What a pass is asked for: in which round, and the names it must have. */
interface Demand {
  readonly round: number;
  readonly shape: Shape;
  readonly roots: readonly string[];
  readonly reductions: readonly ReduceStep[];
  /** Those of the roots that operations read. */
  readonly operands: ReadonlySet<string>;
  readonly finals: readonly { readonly value: string; readonly to: string }[];
}

/** @param targets what the program replaces at its end (`w`, states, `rate`), with shapes; none is one number */
export function schedule(lowered: Lowered, targets: ReadonlyMap<string, Shape>): Schedule {
  return new Scheduler(lowered, targets).schedule();
}

class Scheduler {
  private readonly tensors = new Map<string, TensorStep>();
  /** The names that each step waits for. */
  private readonly reads: ReadonlyMap<string, readonly string[]>;
  private readonly known = new Map<string, number>();
  /** Transposes that only matrix products read: they are no work of their own. */
  private readonly transposes = new Map<string, Operand>();
  private readonly last: number;
  /** The element-wise steps that lie in scratch. */
  private readonly stored = new Set<string>();

  constructor(
    private readonly lowered: Lowered,
    private readonly targets: ReadonlyMap<string, Shape>,
  ) {
    for (const step of lowered.steps) if (step.kind === 'tensor') this.tensors.set(step.name, step);
    this.reads = new Map(lowered.steps.map((step) => [step.name, [...new Set(readsOf(step))]]));
    this.findTransposes();
    let last = 0;
    for (const step of lowered.steps) {
      const waits = this.isWork(step);
      const round = Math.max(0, ...(this.reads.get(step.name) ?? []).map((name) => this.known.get(name) ?? 0)) + (waits ? 1 : 0);
      this.known.set(step.name, round);
      if (waits) last = Math.max(last, round);
    }
    this.last = last;
  }

  schedule(): Schedule {
    const demands = this.demands();
    const passes = demands.map((demand, i) => ({ round: demand.round, pass: this.pass(demand, demands.slice(i + 1)) }));
    const passesOf = (round: number): Pass[] =>
      passes.filter(({ round: its, pass }) => its === round && pass.stores.length + pass.reductions.length > 0).map(({ pass }) => pass);
    const rounds = Array.from({ length: this.last }, (_, i): Round => {
      const here = this.stepsOf(i + 1);
      return {
        passes: passesOf(i + 1),
        ofScalars: here.filter((step) => step.kind === 'reduce').filter((step) => isScalar(step.shape)),
        operations: here.filter((step) => step.kind === 'operation').map((step) => ({ step, operands: this.operandsOf(step) })),
        scalars: here.filter((step) => step.kind === 'scalar'),
      };
    });
    const finals = passesOf(this.last + 1);
    const start = this.stepsOf(0).filter((step) => step.kind === 'scalar');
    return { start, rounds, finals, scratch: this.place(rounds, finals), known: this.known };
  }

  private stepsOf(round: number): Step[] {
    return this.lowered.steps.filter((step) => this.known.get(step.name) === round && !this.transposes.has(step.name));
  }

  /** Does it stand in a round of its own? */
  private isWork = (step: Step): boolean => step.kind === 'reduce' || (step.kind === 'operation' && !this.transposes.has(step.name));

  private findTransposes(): void {
    const { steps, final, shapes } = this.lowered;
    const others = new Set(final.values());
    for (const step of steps)
      if (step.kind !== 'operation' || step.operation !== 'matmul') for (const name of readsOf(step)) others.add(name);
    for (const step of steps) {
      if (step.kind !== 'operation' || step.operation !== 'transpose' || others.has(step.name)) continue;
      const [name] = step.operands;
      this.transposes.set(step.name, { name, shape: shapes.get(name) ?? step.operandShapes[0], transposed: true });
    }
  }

  private operandsOf(step: OperationStep): Operand[] {
    return step.operands.map((name, i) => this.transposes.get(name) ?? { name, shape: step.operandShapes[i], transposed: false });
  }

  /** In the order of rounds. */
  private demands(): Demand[] {
    const { lowered, last } = this;
    const shapes = new Map([...lowered.shapes.values(), ...this.targets.values()].map((shape) => [showShape(shape), shape]));
    const demands: Demand[] = [];
    for (let round = 1; round <= last + 1; round++) {
      const here = round > last ? [] : this.stepsOf(round);
      for (const shape of shapes.values()) {
        const reductions = here.filter((step) => step.kind === 'reduce').filter((step) => sameShape(step.shape, shape) && !isScalar(shape));
        const operands = here
          .filter((step) => step.kind === 'operation')
          .flatMap((step) => this.operandsOf(step))
          .flatMap((operand) => (this.tensors.has(operand.name) && sameShape(operand.shape, shape) ? [operand.name] : []));
        const finals = (round > last ? [...this.targets] : [])
          .filter(([to, of]) => sameShape(of, shape) && lowered.final.get(to) !== to)
          .map(([to]) => ({ to, value: lowered.final.get(to) ?? to }));
        const read = reductions.flatMap((step) => namesIn(step.operand)).filter((name) => lowered.shapes.has(name));
        const roots = [...read, ...operands, ...finals.map(({ value }) => value)];
        if (roots.length + reductions.length > 0) demands.push({ round, shape, roots, reductions, operands: new Set(operands), finals });
      }
    }
    return demands;
  }

  /** The pass for a demand. @param later the demands after it */
  private pass({ shape, roots, reductions, operands, finals }: Demand, later: readonly Demand[]): Pass {
    const { computed, loads } = this.closure(roots);
    const computes = this.lowered.steps.filter((step) => step.kind === 'tensor').filter((step) => computed.has(step.name));
    const fresh = new Set([...operands].filter((name) => !this.stored.has(name)));
    for (const name of fresh) this.stored.add(name);
    const asked = later.filter((demand) => sameShape(demand.shape, shape)).flatMap((demand) => demand.roots);
    let again = asked.length > 0 ? this.closure(asked).computed : new Set<string>();
    for (const { name } of [...computes].reverse())
      if (again.has(name) && this.cost(name) >= worthStoring) {
        fresh.add(name);
        this.stored.add(name);
        again = this.closure(asked).computed;
      }
    return {
      shape,
      computes,
      loads: [...loads],
      reductions,
      stores: [...[...fresh].map((name) => ({ value: name, to: name })), ...finals],
    };
  }

  /** What must be computed and what loaded to have these names. */
  private closure(roots: readonly string[]): { computed: Set<string>; loads: Set<string> } {
    const computed = new Set<string>();
    const loads = new Set<string>();
    const open = [...roots];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (computed.has(name) || loads.has(name) || !this.lowered.shapes.has(name)) continue;
      const step = this.stored.has(name) ? undefined : this.tensors.get(name);
      (step === undefined ? loads : computed).add(name);
      if (step !== undefined) open.push(...(this.reads.get(name) ?? []));
    }
    return { computed, loads };
  }

  private cost(name: string): number {
    const { computed, loads } = this.closure([name]);
    let cost = loads.size;
    for (const each of computed) for (const node of nodes(this.tensors.get(each)?.value ?? missing(each))) cost += costOf(node);
    return cost;
  }

  /** Gives every stored value and every result of an operation a place; a place is free again after the round of its last reader. */
  private place(rounds: readonly Round[], finals: readonly Pass[]): Map<string, Place> {
    const lastRead = new Map<string, number>();
    const all = [...rounds, { passes: finals, operations: [] }];
    all.forEach(({ passes, operations }, round) => {
      for (const name of passes.flatMap((pass) => pass.loads)) lastRead.set(name, round);
      for (const { name } of operations.flatMap((each) => each.operands)) lastRead.set(name, round);
    });
    const places = new Map<string, Place>();
    const owners = new Map<string, (string | null)[]>();
    rounds.forEach(({ passes, operations }, round) => {
      const born = [
        ...passes.flatMap(({ shape, stores }) => stores.map(({ to }) => ({ name: to, shape }))),
        ...operations.map(({ step: { name, shape } }) => ({ name, shape })).filter(({ shape }) => !isScalar(shape)),
      ];
      for (const { name, shape } of born) {
        const slots = owners.get(showShape(shape)) ?? [];
        owners.set(showShape(shape), slots);
        const free = slots.indexOf(null);
        const slot = free >= 0 ? free : slots.length;
        slots[slot] = name;
        places.set(name, { shape, slot });
      }
      for (const slots of owners.values())
        slots.forEach((name, slot) => {
          if (name !== null && (lastRead.get(name) ?? 0) <= round) slots[slot] = null;
        });
    });
    return places;
  }
}

const missing = (name: string): never => {
  throw new Error(`There is no element-wise step ${name}.`);
};
