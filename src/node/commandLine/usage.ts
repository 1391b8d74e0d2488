/** What a person can get wrong on a command line, told so that they can put it right. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads flags and positional arguments; whatever is not in `options` is an error. @throws UsageError */
export function readArguments<Options extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`${message.split('. ')[0].replace(/\.$/, '')}. Known here: ${known.join(', ')}.`);
  }
}
