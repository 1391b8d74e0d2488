/** A participant's process: lines of JSON to it, lines of JSON from it, one answer for each question. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Participant } from './participants';

/** Seconds that an answer may take. */
const patience = 180;
/** What a process has said last on its error output, for the message of its failure. */
const keptOfErrors = 2000;

export class Process {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private errors = '';

  /** Starts it. @param name for messages */
  constructor(
    readonly name: string,
    { command: [program, ...args] }: Pick<Participant, 'command'>,
  ) {
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors = (this.errors + text).slice(-keptOfErrors)));
    this.child.on('error', (error) => (this.errors += error.message));
    this.child.stdin?.on('error', () => undefined); // a process that is gone is noticed by its missing answer
    if (!this.child.stdout) throw new Error(`${name} has no output.`);
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** The next thing that it says. @throws Error where it ends or stays silent instead */
  async answer<Answer>(): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.name} has not answered for ${patience} s.`)), 1000 * patience);
    });
    try {
      const { done, value } = await Promise.race([this.answers.next(), late]);
      if (done) throw new Error(`${this.name} has ended. Its last words:\n${this.errors.trim()}`);
      return JSON.parse(value) as Answer;
    } finally {
      clearTimeout(timer);
    }
  }

  async ask<Answer>(question: object): Promise<Answer> {
    this.child.stdin?.write(`${JSON.stringify(question)}\n`);
    return this.answer<Answer>();
  }

  end(): void {
    this.child.kill();
  }
}
