/** What dropout and noise have in common. */

/** Curvature is measured on a network without them, so nobody asks for their derivatives along a direction. */
export const neverMeasured = (): never => {
  throw new Error('Curvature is of a network in which nothing is drawn.');
};
