/**
 * A task of its own, as `setImmediate` is in Node: the loop of a run lets messages be looked at in between. Timers and animation frames of a
 * hidden page come once a second or not at all; messages always come.
 */
export function makeBreath(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
