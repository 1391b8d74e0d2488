// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { beale } from './beale';
import { bowl } from './bowl';
import { camel } from './camel';
import { corner } from './corner';
import { doubleWell } from './doubleWell';
import { himmelblau } from './himmelblau';
import { logarithm } from './logarithm';
import { monkeySaddle } from './monkeySaddle';
import { noisyBowl } from './noisyBowl';
import { parabola } from './parabola';
import { plateau } from './plateau';
import { ravine } from './ravine';
import { rosenbrock } from './rosenbrock';
import { saddle } from './saddle';
import { steepParabola } from './steepParabola';
import { tiltedBowl } from './tiltedBowl';
import { unevenBowl } from './unevenBowl';
import { waves } from './waves';

export const gallery = [beale, bowl, camel, corner, doubleWell, himmelblau, logarithm, monkeySaddle, noisyBowl, parabola, plateau, ravine, rosenbrock, saddle, steepParabola, tiltedBowl, unevenBowl, waves] as const;
