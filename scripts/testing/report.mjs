// What a suite says to machines: one line `@@RESULT {"passed":…,"failed":…,"skipped":[…],"failures":[…]}` that `npm test` adds up, whatever
// runs the suite. A failure is told with its reason, so that the end of a long log says it again.

/** Follows a mocha runner. @returns what to call with the number of failures when the run has ended: it prints the line */
export function reportTo(runner) {
  const skipped = [];
  const failures = [];
  runner.on('pending', (test) => skipped.push(test.fullTitle()));
  runner.on('fail', (test, error) =>
    failures.push(
      `${test.fullTitle()}\n${String(error?.stack ?? error)
        .split('\n')
        .slice(0, 30)
        .join('\n')}`,
    ),
  );
  return (failed) => console.log(`@@RESULT ${JSON.stringify({ passed: runner.stats?.passes ?? 0, failed, skipped, failures })}`);
}
