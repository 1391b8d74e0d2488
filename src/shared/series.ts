/**
 * The rare events of a run (evaluations, curvature), within a bound: both the editor and the panels keep them with `append`. When there are too
 * many every second one goes, so that what is kept spans the whole run.
 */

/** The most that is kept of one kind. */
export const MOST_EVENTS = 2048;

/** Adds an event; those that a run measures again after going back to a checkpoint make way. */
export function append<Event extends { readonly step: number }>(events: Event[], event: Event, most = MOST_EVENTS): void {
  while (events.length > 0 && events[events.length - 1].step >= event.step) events.pop();
  if (events.length >= most) {
    const kept = events.filter((_, index) => index % 2 === 0);
    events.splice(0, events.length, ...kept);
  }
  events.push(event);
}
