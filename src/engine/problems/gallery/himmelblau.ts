/** Four minima of equal depth. */
import { galleryFunction } from './definition';

export const himmelblau = galleryFunction({
  name: 'himmelblau',
  title: 'Himmelblau',
  formula: '(x^2 + y - 11)^2 + (x + y^2 - 7)^2',
  window: { x: [-5.5, 5.5], y: [-5.5, 5.5] },
  start: { x: -0.4, y: -0.8 },
  notice:
    'Four minima are equally good. The start is near the hilltop between them: rules that differ little in their first steps end far apart. Move it a little and look again.',
  source: 'Himmelblau 1972, Applied Nonlinear Programming. Critical points computed to 17 digits.',
  points: [
    { kind: 'minimum', at: { x: 3, y: 2 }, value: 0 },
    { kind: 'minimum', at: { x: -2.8051180869527449, y: 3.131312518250573 }, value: 0 },
    { kind: 'minimum', at: { x: -3.7793102533777469, y: -3.2831859912861694 }, value: 0 },
    { kind: 'minimum', at: { x: 3.5844283403304917, y: -1.8481265269644036 }, value: 0 },
    { kind: 'maximum', at: { x: -0.27084459066734761, y: -0.92303855647998146 }, value: 181.6165215225827 },
    { kind: 'saddle', at: { x: -3.0730257507643896, y: -0.081353044287967512 }, value: 104.01516291755811 },
    { kind: 'saddle', at: { x: -0.12796134673068007, y: -1.9537149802445764 }, value: 178.33723920192746 },
    { kind: 'saddle', at: { x: 0.086677504555396352, y: 2.8842547011747761 }, value: 67.71915008752614 },
    { kind: 'saddle', at: { x: 3.3851541836070209, y: 0.073851879837749288 }, value: 13.31192627040559 },
  ],
  optimizers: [{ name: 'sgd', lr: 0.01 }, { name: 'heavyBall', lr: 0.004, momentum: 0.8 }, { name: 'adam', lr: 0.2 }, { name: 'newton' }],
  steps: 150,
});
