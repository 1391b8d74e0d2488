// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { constant } from './constant';
import { constantFactor } from './constantFactor';
import { cosine } from './cosine';
import { cyclic } from './cyclic';
import { exponential } from './exponential';
import { interpolate } from './interpolate';
import { inverseSquareRoot } from './inverseSquareRoot';
import { inverseTime } from './inverseTime';
import { linear } from './linear';
import { linearFactor } from './linearFactor';
import { milestones } from './milestones';
import { oneCycle } from './oneCycle';
import { oneCycleOptax } from './oneCycleOptax';
import { polynomial } from './polynomial';
import { product } from './product';
import { reduceOnPlateau } from './reduceOnPlateau';
import { sequence } from './sequence';
import { stepDecay } from './stepDecay';
import { warmRestarts } from './warmRestarts';
import { warmupStableDecay } from './warmupStableDecay';

export const schedules = [constant, constantFactor, cosine, cyclic, exponential, interpolate, inverseSquareRoot, inverseTime, linear, linearFactor, milestones, oneCycle, oneCycleOptax, polynomial, product, reduceOnPlateau, sequence, stepDecay, warmRestarts, warmupStableDecay] as const;
