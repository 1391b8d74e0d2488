/**
 * Values that may have to be waited for. What computes on the CPU answers at once and a step takes microseconds, so that nothing of it may
 * cost a promise; what computes on a GPU cannot answer at once. Code that drives both is written once with these.
 */

/** A value, or the promise of one. */
export type Eventually<Value> = Value | Promise<Value>;

/** `use(value)`: at once where the value is there, otherwise when it comes. */
export const after = <Value, Result>(value: Eventually<Value>, use: (value: Value) => Eventually<Result>): Eventually<Result> =>
  value instanceof Promise ? value.then(use) : use(value);

/** What a generator ends with that yields whatever it waits for. */
export type Waiting<Result> = Generator<Eventually<unknown>, Result, unknown>;

/** Inside such a generator: `const loss = yield* wait(model.gradient(rows))`. Costs nothing where the value is there. */
export function* wait<Value>(value: Eventually<Value>): Generator<Eventually<unknown>, Value, unknown> {
  return value instanceof Promise ? ((yield value) as Value) : value;
}

/** Runs such a generator to its end at once. @throws Error where it has to wait */
export function atOnce<Result>(work: Waiting<Result>): Result {
  for (let sent: unknown = undefined; ;) {
    const { done, value } = work.next(sent);
    if (done) return value as Result;
    if (value instanceof Promise) throw new Error('This cannot be waited for here.');
    sent = value;
  }
}

/** Runs such a generator to its end, waiting where it asks for it. */
export async function inTime<Result>(work: Waiting<Result>): Promise<Result> {
  for (let sent: unknown = undefined; ;) {
    const { done, value } = work.next(sent);
    if (done) return value as Result;
    sent = await value;
  }
}

/** Runs such a generator to its end: at once as far as nothing has to be waited for. */
export function eventually<Result>(work: Waiting<Result>, sent?: unknown): Eventually<Result> {
  for (;;) {
    const { done, value } = work.next(sent);
    if (done) return value as Result;
    if (value instanceof Promise) return value.then((answer: unknown) => eventually(work, answer));
    sent = value;
  }
}
