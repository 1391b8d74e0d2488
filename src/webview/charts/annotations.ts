/** Words above the ends of lines, at the right (below where there is no room). As elements: they are words to be read. */
import { element, setText } from '../dom';
import type { Point } from './decimate';
import type { Area, Colour } from './lineChart';

/** CSS pixels from the top of an annotation down to its line. */
const ABOVE_LINE = 17;

export class Annotations {
  private readonly notes: HTMLElement[] = [];
  private count = 0;

  /** @param into where they are put */
  constructor(private readonly into: HTMLElement) {}

  /** Writes the next one. @param points of its line @param placeOfValue CSS pixels from the top of `into` */
  write(words: string, colour: Colour, points: readonly Point[], { right, top }: Area, placeOfValue: (value: number) => number): void {
    const end = lastFinite(points);
    if (!end) return;
    const note = (this.notes[this.count++] ??= element('span', { class: 'annotation' }));
    setText(note, words);
    if (note.dataset.colour !== colour) note.dataset.colour = colour;
    const line = placeOfValue(end.y);
    const row = line - ABOVE_LINE >= top - 4 ? line - ABOVE_LINE : line + 3;
    const place = `translate(calc(${Math.round(right - 2)}px - 100%), ${Math.round(row)}px)`;
    if (note.style.transform !== place) note.style.transform = place;
    if (!note.isConnected) this.into.append(note);
  }

  /** All are written: those that were there before and were not, go. */
  done(): void {
    for (const note of this.notes.splice(this.count)) note.remove();
    this.count = 0;
  }
}

function lastFinite(points: readonly Point[]): Point | undefined {
  for (let index = points.length - 1; index >= 0; index--) if (Number.isFinite(points[index].y)) return points[index];
  return undefined;
}
