/**
 * What the page's address asks the preview to show: which run, where it stands, what is looked at. All of it is explained in
 * `scripts/panels.mjs`.
 */

/**
 * Where the run stands. `lost`: its worker died; `deviceLost`: its GPU went, and it goes on on the CPU; `failed`: it could not start; `error`: it
 * ended by an error; `replaying`: it is on its way to a step by training again.
 */
export type Scene =
  | 'empty'
  | 'starting'
  | 'running'
  | 'paused'
  | 'completed'
  | 'diverged'
  | 'lost'
  | 'deviceLost'
  | 'failed'
  | 'error'
  | 'replaying'
  | 'opened';

export interface PreviewRequest {
  readonly scene: Scene;
  /** A record's name, or `invented`. */
  readonly record: string;
  /** The step at which the run stands; null: where the scene has it. */
  readonly at: number | null;
  /** Steps a second while it runs. */
  readonly speed: number;
  /** The step that is looked at; null: the newest. */
  readonly look: number | null;
  readonly layer: string | null;
  readonly hide: readonly string[];
  /** The record of the second run; null: none. */
  readonly pinned: string | null;
  /** The run went back to this step from where it stood, and has taken no other step yet. */
  readonly branch: number | null;
  /** Steps that an invented run takes. */
  readonly steps: number;
  /** What the panel is to remember of an earlier time, by name. */
  readonly remembered: Readonly<Record<string, string>> | null;
  /** Do panels of the same address move together? */
  readonly together: boolean;
}

/** @param search the address from its `?` on */
export function readRequest(search: string): PreviewRequest {
  const query = new URLSearchParams(search);
  const text = (name: string): string | null => query.get(name) || null;
  const number = (name: string): number | null => (text(name) === null ? null : Number(text(name)));
  const scene = (text('scene') ?? 'running') as Scene;
  return {
    scene,
    record: text('record') ?? (scene === 'diverged' ? 'diverged' : 'adam'),
    at: number('at'),
    speed: number('speed') ?? 400,
    look: number('look'),
    layer: text('layer'),
    hide: text('hide')?.split(',') ?? [],
    pinned: text('pinned'),
    branch: number('branch'),
    steps: number('steps') ?? 2500,
    remembered: JSON.parse(text('remembered') ?? 'null') as Record<string, string> | null,
    together: query.has('together'),
  };
}
