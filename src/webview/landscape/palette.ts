/**
 * How the optimizers on a landscape are told apart: by colour, by the dashes of their path and by the shape of their head, so that no one of the
 * three alone is needed. The colours are those of Okabe & Ito 2008 (jfly.uni-koeln.de/color), which eyes of every kind tell apart; on a light
 * background the light ones among them are darkened.
 */
import { contrastOf, theme } from '../theme';

export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'wedge' | 'hexagon';

/** How one participant is drawn. */
export interface Look {
  readonly colour: string;
  /** Lengths of strokes and gaps in pixels. */
  readonly dash: readonly number[];
  readonly shape: Shape;
}

const DARK = ['#e69f00', '#56b4e9', '#2fc48d', '#cc79a7', '#f0e442', '#e8743b'];
const LIGHT = ['#b36a00', '#0062a3', '#007a58', '#a34a7d', '#7d7000', '#bf4300'];
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4]];
const SHAPES: readonly Shape[] = ['circle', 'square', 'triangle', 'diamond', 'wedge', 'hexagon'];

/** Looks that differ in all three; more participants than that begin again. */
export const LOOKS = SHAPES.length;

const looks = (colours: readonly string[]): readonly Look[] =>
  SHAPES.map((shape, at) => ({ colour: colours[at], dash: DASHES[at], shape }));
const [ON_DARK, ON_LIGHT] = [looks(DARK), looks(LIGHT)];
/** Whether a background is dark, by its colour: it is asked for at every drawing. */
const known = new Map<string, boolean>();

/** @param index of the participant */
export function lookOf(index: number): Look {
  const { background } = theme();
  const dark = known.get(background) ?? contrastOf(background) === 'dark';
  known.set(background, dark);
  return (dark ? ON_DARK : ON_LIGHT)[index % LOOKS];
}

const corners: Readonly<Record<Exclude<Shape, 'circle'>, readonly number[]>> = {
  square: [45, 135, 225, 315],
  triangle: [-90, 30, 150],
  diamond: [0, 90, 180, 270],
  wedge: [90, 210, 330],
  hexagon: [0, 60, 120, 180, 240, 300],
};

/** Adds a shape to the path. @param size its radius in pixels */
export function traceShape(context: CanvasRenderingContext2D, shape: Shape, left: number, top: number, size: number): void {
  if (shape === 'circle') return context.arc(left, top, size, 0, 2 * Math.PI);
  const radius = shape === 'triangle' || shape === 'wedge' ? 1.25 * size : shape === 'hexagon' ? 1.05 * size : 1.15 * size;
  for (const [k, angle] of corners[shape].entries()) {
    const [x, y] = [left + radius * Math.cos((angle * Math.PI) / 180), top + radius * Math.sin((angle * Math.PI) / 180)];
    if (k === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.closePath();
}
