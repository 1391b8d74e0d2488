// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import { elu } from './elu';
import { gelu } from './gelu';
import { geluTanh } from './geluTanh';
import { hardShrink } from './hardShrink';
import { hardSigmoid } from './hardSigmoid';
import { hardSwish } from './hardSwish';
import { hardTanh } from './hardTanh';
import { identity } from './identity';
import { leakyRelu } from './leakyRelu';
import { logSigmoid } from './logSigmoid';
import { mish } from './mish';
import { relu } from './relu';
import { relu6 } from './relu6';
import { selu } from './selu';
import { sigmoid } from './sigmoid';
import { silu } from './silu';
import { softShrink } from './softShrink';
import { softplus } from './softplus';
import { softsign } from './softsign';
import { tanh } from './tanh';

export const activations = [elu, gelu, geluTanh, hardShrink, hardSigmoid, hardSwish, hardTanh, identity, leakyRelu, logSigmoid, mish, relu, relu6, selu, sigmoid, silu, softShrink, softplus, softsign, tanh] as const;
