import type { Runner } from 'mocha';

/** Follows a mocha runner. @returns what to call with the number of failures when the run has ended: it prints the machine's line */
export function reportTo(runner: Runner): (failed: number) => void;
