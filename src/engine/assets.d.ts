/** A rule's text, bundled as a string. */
declare module '*.optim' {
  const text: string;
  export default text;
}
/**
 * What the engine uses of Papa Parse. Its published types bring in Node's, which the engine must not see; the path names the
 * file so that this declaration, and not they, is found.
 */
declare module 'papaparse/papaparse.js' {
  interface Step {
    /** The fields of one row. */
    readonly data: readonly string[];
    readonly errors: readonly { readonly type: string; readonly code: string; readonly message: string }[];
    /** `cursor`: where the row ends, in UTF-16 units from the start of the text. */
    readonly meta: { readonly cursor: number; readonly delimiter: string };
  }
  interface Handle {
    /** Reads no further rows. */
    abort(): void;
  }
  interface Options {
    /** Called for each row in order, before `parse` returns. */
    step(row: Step, handle: Handle): void;
  }
  const Papa: { parse(text: string, options: Options): void };
  export default Papa;
}
