/**
 * What the Landscape panel shows and does, apart from drawing: the scene, the race on it, the chosen participant, playing. All parts of the panel
 * read from here and ask here for changes; whatever changes is remembered, and asks for a drawing.
 */
import type { RuleSpecification } from '../../engine/run/specification';
import { Participant, type Entry } from '../../shared/landscape/participant';
import { Race, type Refusal } from '../../shared/landscape/race';
import { groundOf, MOST_ENTRIES, readScene, type Scene, type Window } from '../../shared/landscape/scene';
import { recall, remember } from '../connection';

/** What is drawn besides paths and heads. */
export interface Marks {
  /** Arrows down the slope. */
  readonly slope: boolean;
  /** The learning rate along each axis, at the heads. */
  readonly rates: boolean;
  /** The eigenvectors of the Hessian, at the heads. */
  readonly curvature: boolean;
}

export const SPEEDS = [1, 3, 10, 30, 100, 300] as const;
const SCENE = 'landscape';
const MARKS = 'landscape.marks';
const SPEED = 'landscape.speed';
/** Milliseconds that runs may take of one drawing; what is left is done at the next. */
const BUDGET = 10;
/** Milliseconds after which a step on the move is remembered. */
const KEPT = 500;

export class Landscape {
  scene: Scene;
  marks: Marks;
  /** Steps a second while playing. */
  speed: number;
  /** Null until the first is ready, and where the function cannot be drawn. */
  race: Race | null = null;
  /** What is wrong with the function. */
  fault: string | null = null;
  /** Place of the chosen participant among the entries. */
  chosen = 0;
  playing = false;
  /** Goes up with every race: what was drawn of an older one is stale. */
  generation = 0;
  /** Is more to be drawn at once? */
  busy = false;
  /** The scene as it is remembered, and since when. */
  private kept: Scene;
  private keptAt = 0;
  private wanted = 0;
  private lastFrame = 0;
  private owed = 0;

  constructor(private readonly redraw: () => void) {
    this.scene = this.kept = readScene(recall(SCENE));
    this.marks = { slope: false, rates: true, curvature: true, ...(JSON.parse(recall(MARKS) ?? '{}') as Partial<Marks>) };
    this.speed = SPEEDS.find((speed) => String(speed) === recall(SPEED)) ?? 10;
    void this.run();
  }

  /** The participant that is chosen; null where it cannot run. */
  get participant(): Participant | null {
    const lane = this.race?.lanes[this.chosen];
    return lane instanceof Participant ? lane : null;
  }

  /** In the order of the entries. */
  get lanes(): readonly (Participant | Refusal)[] {
    return this.race?.lanes ?? [];
  }

  /** Are there as many as can be told apart? */
  get full(): boolean {
    return this.scene.entries.length >= MOST_ENTRIES;
  }

  /** Variables in the order in which they are drawn. */
  get variables(): readonly string[] {
    return this.race?.f.variables ?? Object.keys(this.scene.start).sort();
  }

  /** Takes another scene and runs it anew. */
  take(scene: Scene): void {
    this.keep(scene);
    this.chosen = Math.max(0, Math.min(this.chosen, scene.entries.length - 1));
    void this.run();
  }

  start(start: Readonly<Record<string, number>>): void {
    this.take({ ...this.scene, start: { ...this.scene.start, ...start } });
  }

  /** Puts other hyperparameters or another rule in the place of an optimizer. */
  setOptimizer(index: number, optimizer: RuleSpecification): void {
    this.setEntries(this.scene.entries.map((entry, i) => (i === index ? { ...entry, optimizer } : entry)));
  }

  /** Adds an optimizer, unless there are too many, with what is round the others where all have the same round them (noise on the gradient). */
  add(optimizer: RuleSpecification): void {
    const { entries } = this.scene;
    if (this.full) return;
    const round = entries.at(0)?.wrappers;
    this.chosen = entries.length;
    this.setEntries([...entries, { optimizer, ...(round ? { wrappers: round } : {}) }]);
  }

  remove(index: number): void {
    if (this.chosen >= index) this.chosen = Math.max(0, this.chosen - 1);
    this.setEntries(this.scene.entries.filter((_, i) => i !== index));
  }

  choose(index: number): void {
    this.chosen = index;
    this.redraw();
  }

  frame(window: Window): void {
    this.keep({ ...this.scene, window });
    this.redraw();
  }

  mark(marks: Partial<Marks>): void {
    this.marks = { ...this.marks, ...marks };
    remember(MARKS, JSON.stringify(this.marks));
    this.redraw();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    remember(SPEED, String(speed));
  }

  /** Looks at a step. */
  look(step: number): void {
    const within = Math.max(0, Math.min(Math.round(step), this.scene.steps));
    this.keep({ ...this.scene, step: within });
    this.race?.look(within);
    this.redraw();
  }

  play(): void {
    if (!this.race) return;
    if (this.race.over) this.look(0);
    this.playing = true;
    this.lastFrame = performance.now();
    this.owed = 0;
    this.redraw();
  }

  pause(): void {
    this.playing = false;
    this.redraw();
  }

  /** Takes the time since the last drawing into account. @returns whether everything is known that is to be drawn */
  advance(now = performance.now()): boolean {
    const { race } = this;
    if (!race) return true;
    if (this.playing) {
      // after a pause of the page itself, such as being hidden, it goes on where it was
      this.owed += (Math.min(now - this.lastFrame, 100) / 1000) * this.speed;
      this.lastFrame = now;
      const steps = Math.floor(this.owed);
      this.owed -= steps;
      if (steps > 0) race.look(race.step + steps);
    }
    const there = race.catchUp(() => performance.now() > now + BUDGET);
    if (this.playing && there && race.over) this.playing = false;
    // on the move it is remembered now and then only
    if (race.step !== this.scene.step) this.scene = { ...this.scene, step: race.step };
    if (this.scene !== this.kept && (!this.playing || now > this.keptAt + KEPT)) this.keep(this.scene);
    this.busy = !there || this.playing;
    return !this.busy;
  }

  private setEntries(entries: readonly Entry[]): void {
    this.take({ ...this.scene, entries });
  }

  private keep(scene: Scene): void {
    this.scene = this.kept = scene;
    this.keptAt = performance.now();
    remember(SCENE, JSON.stringify(scene));
  }

  /** Runs the scene; of several asked for at once only the last is shown. */
  private async run(): Promise<void> {
    const ticket = ++this.wanted;
    const { scene } = this;
    try {
      const race = await Race.of(groundOf(scene), scene.entries);
      if (ticket !== this.wanted) return;
      race.look(this.scene.step);
      this.race = race;
      this.fault = null;
    } catch (error) {
      if (ticket !== this.wanted) return;
      this.race = null;
      this.fault = error instanceof Error ? error.message : String(error);
    }
    this.generation++;
    this.redraw();
  }
}
