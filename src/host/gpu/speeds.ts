/**
 * What was measured once: how long a step of a network takes on this machine's processor and GPU. Kept in the editor's own storage, by
 * what decides it: the network, the data's kind, the batch, the optimizer, what is measured beside, and the processor; the GPU is noted
 * with its figure, so that another one is measured anew.
 */
import { createHash } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import type * as vscode from 'vscode';
import type { RuleSpecification, RunSpecification } from '../../engine/run/specification';
import { version } from '../../engine/version';

export interface Speeds {
  /** Microseconds a step. */
  readonly cpu: number;
  /** Null where it was not worth measuring. */
  readonly webgpu: { readonly microseconds: number; readonly adapter: string } | null;
}

const storage = 'optimizerDebugger.speeds';
/** Networks that are remembered. */
const most = 200;

/** The processor, as far as it decides how fast it is. */
const processor = (): string => `${cpus()[0]?.model ?? ''} × ${availableParallelism()}`;

export class SpeedMemory {
  constructor(
    private readonly memento: vscode.Memento,
    private readonly machine: string = processor(),
  ) {}

  find(spec: RunSpecification, folder: string): Speeds | undefined {
    return this.all()[this.keyOf(spec, folder)];
  }

  async remember(spec: RunSpecification, folder: string, speeds: Speeds): Promise<void> {
    const key = this.keyOf(spec, folder);
    const others = Object.entries(this.all()).filter(([known]) => known !== key);
    await this.memento.update(storage, Object.fromEntries([...others.slice(1 - most), [key, speeds]]));
  }

  /** @returns how many were forgotten */
  async forget(): Promise<number> {
    const { length } = Object.keys(this.all());
    await this.memento.update(storage, undefined);
    return length;
  }

  private all(): Readonly<Record<string, Speeds>> {
    return this.memento.get<Readonly<Record<string, Speeds>>>(storage, {});
  }

  private keyOf({ problem, optimizer, wrappers = [], batchSize, measure }: RunSpecification, folder: string): string {
    const rules = [optimizer, ...wrappers].map(nameOf);
    const whatever = [version, this.machine, problem, rules, batchSize, measure?.every, measure?.perWeight, paths(problem) ? folder : ''];
    return createHash('sha256').update(JSON.stringify(whatever)).digest('base64').slice(0, 22);
  }
}

const nameOf = (rule: RuleSpecification): unknown => ('file' in rule ? rule.file : rule.name);
/** Do the data come from files? */
const paths = (problem: RunSpecification['problem']): boolean => 'data' in problem && !('generator' in problem.data);
