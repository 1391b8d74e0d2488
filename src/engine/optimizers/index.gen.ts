// Made by scripts/generate.mjs from the files of this folder. Do not edit.
import type { CodeRule } from '../language';
import type { RuleTexts } from '../ruleLibrary';
import acprop from './acprop.optim';
import adabelief from './adabelief.optim';
import adadelta from './adadelta.optim';
import adafactor from './adafactor.optim';
import adafactorOptax from './adafactorOptax.optim';
import adagrad from './adagrad.optim';
import adagradNorm from './adagradNorm.optim';
import adam from './adam.optim';
import adamax from './adamax.optim';
import adamaxw from './adamaxw.optim';
import adamw from './adamw.optim';
import adan from './adan.optim';
import ademamix from './ademamix.optim';
import adopt from './adopt.optim';
import amsgrad from './amsgrad.optim';
import asgd from './asgd.optim';
import averagedMomentum from './averagedMomentum.optim';
import cocob from './cocob.optim';
import dadaptAdamw from './dadaptAdamw.optim';
import dadaptSgd from './dadaptSgd.optim';
import dog from './dog.optim';
import dowg from './dowg.optim';
import fromage from './fromage.optim';
import galore from './galore.optim';
import heavyBall from './heavyBall.optim';
import hessianFree from './hessianFree.optim';
import kfac from './kfac.optim';
import lamb from './lamb.optim';
import lars from './lars.optim';
import ldog from './ldog.optim';
import lion from './lion.optim';
import madgrad from './madgrad.optim';
import momo from './momo.optim';
import momoAdam from './momoAdam.optim';
import muon from './muon.optim';
import nadam from './nadam.optim';
import nadamw from './nadamw.optim';
import nesterov from './nesterov.optim';
import newton from './newton.optim';
import noisySgd from './noisySgd.optim';
import novograd from './novograd.optim';
import optimisticAdam from './optimisticAdam.optim';
import optimisticGradientDescent from './optimisticGradientDescent.optim';
import polyakSgd from './polyakSgd.optim';
import prodigy from './prodigy.optim';
import qhm from './qhm.optim';
import radam from './radam.optim';
import rmsprop from './rmsprop.optim';
import rprop from './rprop.optim';
import saddleFreeNewton from './saddleFreeNewton.optim';
import scheduleFreeAdamw from './scheduleFreeAdamw.optim';
import scheduleFreeSgd from './scheduleFreeSgd.optim';
import sgd from './sgd.optim';
import shampoo from './shampoo.optim';
import signSgd from './signSgd.optim';
import signum from './signum.optim';
import simplifiedAdemamix from './simplifiedAdemamix.optim';
import sm3 from './sm3.optim';
import soap from './soap.optim';
import sophia from './sophia.optim';
import sparseAdam from './sparseAdam.optim';
import yogi from './yogi.optim';
import { dpsgd } from './dpsgd';
import { lbfgs } from './lbfgs';
import { lbfgsOptax } from './lbfgsOptax';
import { sfo } from './sfo';

export const ruleTexts: RuleTexts = [
  { file: 'acprop.optim', text: acprop },
  { file: 'adabelief.optim', text: adabelief },
  { file: 'adadelta.optim', text: adadelta },
  { file: 'adafactor.optim', text: adafactor },
  { file: 'adafactorOptax.optim', text: adafactorOptax },
  { file: 'adagrad.optim', text: adagrad },
  { file: 'adagradNorm.optim', text: adagradNorm },
  { file: 'adam.optim', text: adam },
  { file: 'adamax.optim', text: adamax },
  { file: 'adamaxw.optim', text: adamaxw },
  { file: 'adamw.optim', text: adamw },
  { file: 'adan.optim', text: adan },
  { file: 'ademamix.optim', text: ademamix },
  { file: 'adopt.optim', text: adopt },
  { file: 'amsgrad.optim', text: amsgrad },
  { file: 'asgd.optim', text: asgd },
  { file: 'averagedMomentum.optim', text: averagedMomentum },
  { file: 'cocob.optim', text: cocob },
  { file: 'dadaptAdamw.optim', text: dadaptAdamw },
  { file: 'dadaptSgd.optim', text: dadaptSgd },
  { file: 'dog.optim', text: dog },
  { file: 'dowg.optim', text: dowg },
  { file: 'fromage.optim', text: fromage },
  { file: 'galore.optim', text: galore },
  { file: 'heavyBall.optim', text: heavyBall },
  { file: 'hessianFree.optim', text: hessianFree },
  { file: 'kfac.optim', text: kfac },
  { file: 'lamb.optim', text: lamb },
  { file: 'lars.optim', text: lars },
  { file: 'ldog.optim', text: ldog },
  { file: 'lion.optim', text: lion },
  { file: 'madgrad.optim', text: madgrad },
  { file: 'momo.optim', text: momo },
  { file: 'momoAdam.optim', text: momoAdam },
  { file: 'muon.optim', text: muon },
  { file: 'nadam.optim', text: nadam },
  { file: 'nadamw.optim', text: nadamw },
  { file: 'nesterov.optim', text: nesterov },
  { file: 'newton.optim', text: newton },
  { file: 'noisySgd.optim', text: noisySgd },
  { file: 'novograd.optim', text: novograd },
  { file: 'optimisticAdam.optim', text: optimisticAdam },
  { file: 'optimisticGradientDescent.optim', text: optimisticGradientDescent },
  { file: 'polyakSgd.optim', text: polyakSgd },
  { file: 'prodigy.optim', text: prodigy },
  { file: 'qhm.optim', text: qhm },
  { file: 'radam.optim', text: radam },
  { file: 'rmsprop.optim', text: rmsprop },
  { file: 'rprop.optim', text: rprop },
  { file: 'saddleFreeNewton.optim', text: saddleFreeNewton },
  { file: 'scheduleFreeAdamw.optim', text: scheduleFreeAdamw },
  { file: 'scheduleFreeSgd.optim', text: scheduleFreeSgd },
  { file: 'sgd.optim', text: sgd },
  { file: 'shampoo.optim', text: shampoo },
  { file: 'signSgd.optim', text: signSgd },
  { file: 'signum.optim', text: signum },
  { file: 'simplifiedAdemamix.optim', text: simplifiedAdemamix },
  { file: 'sm3.optim', text: sm3 },
  { file: 'soap.optim', text: soap },
  { file: 'sophia.optim', text: sophia },
  { file: 'sparseAdam.optim', text: sparseAdam },
  { file: 'yogi.optim', text: yogi },
];
export const codeRules: readonly CodeRule[] = [dpsgd, lbfgs, lbfgsOptax, sfo];
