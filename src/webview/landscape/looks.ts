/**
 * How the optimizers on a landscape are told apart: by colour, by the dashes of their path and by the shape of their head, so that no one of the
 * three alone is needed. The colours were searched for, one set from near those of Okabe & Ito 2008 (jfly.uni-koeln.de/color), so that any two of a set
 * are at least 30 apart in CIE L*a*b* to eyes of every kind, colour-blind ones as well.
 */

/** Filled shapes; the start is the only hollow one. */
const SHAPES = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'wedge',
  'hexagon',
  'plus',
  'star',
  'hourglass',
  'cross',
  'arrowhead',
  'bar',
] as const;
export type Shape = (typeof SHAPES)[number];

/** How one participant is drawn. */
export interface Look {
  readonly colour: string;
  /** Lengths of strokes and gaps in pixels. */
  readonly dash: readonly number[];
  readonly shape: Shape;
}

const DARK = ['#ce9100', '#7695ff', '#2fe2ac', '#af8dba', '#fded24', '#f0625b'];
const LIGHT = ['#dd4d09', '#1f33e2', '#0f946b', '#c53ebd', '#413142', '#7f1e11'];
/** The second round of the colours has dashes unlike those that the same colour had in the first. */
const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [4, 2],
  [12, 4],
  [10, 3, 2, 3, 2, 3],
  [],
  [14, 4],
  [2, 5],
  [9, 3, 2, 3],
  [2, 3],
];

const looks = (colours: readonly string[]): readonly Look[] =>
  SHAPES.map((shape, at) => ({ colour: colours[at % colours.length], dash: DASHES[at], shape }));
/** As many as can be told apart: each has a shape of its own, and those of one colour have other dashes. */
export const LOOKS = { dark: looks(DARK), light: looks(LIGHT) } as const;
/** A corner, by its angle in degrees (0 to the right, 90 downwards) and its distance from the middle, in radii. */
type Corner = readonly [angle: number, distance: number];

const evenly = (first: number, count: number, distance: number): Corner[] =>
  Array.from({ length: count }, (_, k) => [first + (360 / count) * k, distance]);
/** Two pairs of corners for each of four arms, and one between the arms. */
const arms = (first: number): Corner[] =>
  evenly(first, 4, 1).flatMap(([angle]): Corner[] => [
    [angle - 20, 1.25],
    [angle + 20, 1.25],
    [angle + 45, 0.6],
  ]);

const corners: Readonly<Record<Exclude<Shape, 'circle'>, readonly Corner[]>> = {
  square: evenly(45, 4, 1.15),
  triangle: evenly(-90, 3, 1.25),
  diamond: evenly(0, 4, 1.15),
  wedge: evenly(90, 3, 1.25),
  hexagon: evenly(0, 6, 1.05),
  plus: arms(0),
  star: evenly(-90, 5, 1).flatMap(([angle]): Corner[] => [
    [angle, 1.4],
    [angle + 36, 0.6],
  ]),
  hourglass: [
    [-135, 1.35],
    [-45, 1.35],
    [135, 1.35],
    [45, 1.35],
  ],
  cross: arms(45),
  arrowhead: [
    [0, 1.3],
    [135, 1.3],
    [180, 0.35],
    [225, 1.3],
  ],
  bar: [
    [-110, 1.3],
    [-70, 1.3],
    [70, 1.3],
    [110, 1.3],
  ],
};

/** Adds a shape to the path. @param size its radius in pixels */
export function traceShape(context: CanvasRenderingContext2D, shape: Shape, left: number, top: number, size: number): void {
  if (shape === 'circle') return context.arc(left, top, size, 0, 2 * Math.PI);
  for (const [k, [angle, distance]] of corners[shape].entries()) {
    const turn = (angle * Math.PI) / 180;
    const [x, y] = [left + size * distance * Math.cos(turn), top + size * distance * Math.sin(turn)];
    if (k === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.closePath();
}
