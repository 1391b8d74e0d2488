// The time that drawing takes on the processor, from the browser's own trace: unlike the time by the clock it does not hold what other programs do
// meanwhile. All panels of a window, of which several may draw in one frame of the screen.
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds of a frame of the screen. */
const FRAME = 1000 / 60;
/** What a panel writes into the trace. */
const MARK = 'panel of the optimizer debugger';

/**
 * @param browser of playwright
 * @param panels their frames
 * @param seconds of tracing, which itself takes some time: apart from other measurements
 * @returns milliseconds of the processor in each frame of the screen in which a panel drew anything
 */
export async function threadTimes(browser, panels, seconds) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) if (event.name === 'FireAnimationFrame' || event.name === 'TimeStamp') events.push(event);
  });
  const traceConfig = { includedCategories: ['devtools.timeline'], excludedCategories: ['*'] };
  await session.send('Tracing.start', { traceConfig, transferMode: 'ReportEvents' });
  // the trace has its own names for frames: each panel says which it is
  for (const panel of panels) await panel.evaluate((mark) => console.timeStamp(mark), MARK);
  await sleep(seconds * 1000);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const marked = events.filter(({ name, args }) => name === 'TimeStamp' && args.data.message === MARK);
  const frames = new Set(marked.map(({ args }) => args.data.frame));
  const times = new Map();
  for (const { name, args, ts, tdur } of events) {
    if (name !== 'FireAnimationFrame' || tdur === undefined || !frames.has(args.data.frame)) continue;
    const frame = Math.floor(ts / 1000 / FRAME);
    times.set(frame, (times.get(frame) ?? 0) + tdur / 1000);
  }
  return [...times.values()];
}
