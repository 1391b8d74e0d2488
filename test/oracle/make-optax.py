"""Makes optimizers/<rule>.optax.json: paths of Optax's optimizers in double precision over 200 steps, which the update rules must follow.

    python3 test/oracle/make-optax.py [RULE …]     (needs requirements.txt; without names, all of them)

What a fixture is and how its learning rates are chosen: problems.py. Noisy SGD is given the rule's own draws (draws.py).
"""
import sys
from functools import partial

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
import optax
from optax._src import factorized

from draws import draw
from problems import PROBLEMS, case, write

# Optax works the memory of Adafactor's average out in float32, whatever the weights are; here in double like everything else.
factorized.scale_by_factored_rms = partial(
    factorized.scale_by_factored_rms, decay_rate_fn=lambda step, exponent: 1 - jnp.asarray(step + 1, jnp.float64) ** -exponent
)

# What Optax's noise is made of: at the moment of tracing, the argument of `update` below.
optax.tree.random_like = lambda rng_key, target_tree, sampler: drawn["normal"]
drawn = {}


def stepper(transform, noisy=False):
    """A maker of steps for `case`: a transformation of Optax, given the loss as well as the gradients, and draws where it is `noisy`."""

    @jax.jit
    def update(gradients, state, weights, loss, normal):
        drawn["normal"] = normal
        updates, state = transform.update(gradients, state, weights, value=loss)
        return optax.apply_updates(weights, updates), state

    def make(problem, start):
        state = transform.init([jnp.asarray(each) for each in start])

        def step(weights, gradients, t):
            nonlocal state
            weights = [jnp.asarray(each) for each in weights]
            loss = jnp.asarray(problem.loss([np.asarray(each) for each in weights], t), jnp.float64)
            normal = [jnp.asarray(each) for each in draw("normal", [w.shape for w in weights], t)] if noisy else weights
            weights, state = update([jnp.asarray(each) for each in gradients], state, weights, loss, normal)
            assert all(leaf.dtype != jnp.float32 for leaf in jax.tree.leaves((weights, state)))
            return [np.asarray(each) for each in weights]

        return step

    return make


def searching(lr, historySize=10, scaleStart=True, lineSearch="zoom", mostTrials=20):
    """L-BFGS, whose line search asks for losses at points of its own. Those of `tiny` are another function at each step: none there."""
    search = optax.scale_by_zoom_linesearch(mostTrials, initial_guess_strategy="one") if lineSearch == "zoom" else None
    transform = optax.lbfgs(lr, historySize, scaleStart, search)

    def make(problem, start):
        def loss(weights):
            return problem.loss(weights, 1, jnp)

        @jax.jit
        def update(gradients, state, weights):
            extra = {"value": loss(weights), "grad": gradients, "value_fn": loss} if search else {}
            updates, state = transform.update(gradients, state, weights, **extra)
            return optax.apply_updates(weights, updates), state

        state = transform.init([jnp.asarray(each) for each in start])

        def step(weights, gradients, _t):
            nonlocal state
            weights, state = update([jnp.asarray(each) for each in gradients], state, [jnp.asarray(each) for each in weights])
            return [np.asarray(each) for each in weights]

        return step

    return make


# Our names of the hyperparameters as Optax's; None: ours only, what Optax does always.
NAMES = {
    "lr": "learning_rate",
    "beta1": "b1",
    "beta2": "b2",
    "beta3": "b3",
    "epsRoot": "eps_root",
    "weightDecay": "weight_decay",
}


def scaled(scale_by, sign=-1):
    """An optimizer of one of Optax's scalings, for settings that its shorthand leaves out."""
    return lambda learning_rate, **given: optax.chain(scale_by(**given), optax.scale(sign * learning_rate))


# Learning rates by problem.
PLAIN = {"quadratic": 0.004, "rosenbrock": 0.0002, "network": 0.1, "tiny": 0.1}
ADAPTIVE = {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.01}
SIGNS = {"quadratic": 0.0007, "rosenbrock": 0.0003, "network": 0.0004, "tiny": 0.01}
LAYERS = {"quadratic": 0.002, "rosenbrock": 0.001, "network": 0.005, "tiny": 0.01}

NORMED = {"quadratic": 0.002, "rosenbrock": 0.0003, "network": 0.00005, "tiny": 0.01}
POLYAK = {"quadratic": 0.001, "rosenbrock": 0.00005, "network": 0.02, "tiny": 0.01}

DISTANCE = {"quadratic": 0.3, "rosenbrock": 0.1, "network": 0.1, "tiny": 1}
DELTA = {"quadratic": 0.5, "rosenbrock": 0.5, "network": 1, "tiny": 1}
STEPS = {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.01}

# Sign SGD has no setting but the rate: other rates instead.
HALF = {"lr": 0.0001}
TWICE = {"lr": 0.0002}

# Which averages AMSGrad corrects.
BIAS = {
    "first": {"bias_correction_nu": False},
    "none": {"bias_correction_mu": False, "bias_correction_nu": False},
}

# Rule: Optax's function, the learning rates, what its hyperparameters are called there beside NAMES, the settings.
RULES = {
    "adabelief": (optax.adabelief, ADAPTIVE, {}, [
        {},
        {"nesterov": True},
        {"beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "epsRoot": 1e-8, "nesterov": True},
        {"beta1": 0.2, "beta2": 0.9, "eps": 1, "epsRoot": 0},
    ]),
    "yogi": (scaled(optax.scale_by_yogi), ADAPTIVE, {"initialAccumulator": "initial_accumulator_value"}, [
        {},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-2},
        {"beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "epsRoot": 1e-5, "initialAccumulator": 0.1},
        {"beta1": 0.0, "initialAccumulator": 0},
    ]),
    "adan": (optax.adan, ADAPTIVE, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.9, "beta2": 0.7, "beta3": 0.999, "eps": 1e-6, "epsRoot": 1e-4, "weightDecay": 0.02},
        {"beta1": 0.5, "beta2": 0.3, "beta3": 0.95},
    ]),
    "lion": (optax.lion, SIGNS, {}, [
        {},
        {"weightDecay": 0},
        {"beta1": 0.95, "beta2": 0.98, "weightDecay": 0.1},
        {"beta1": 0.0, "beta2": 0.0},
    ]),
    "signum": (optax.signum, SIGNS, {"momentum": "beta"}, [{}, {"momentum": 0.99}, {"momentum": 0}, {"momentum": 0.3}]),
    "novograd": (optax.novograd, NORMED, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.95, "beta2": 0.98, "eps": 1e-4, "epsRoot": 1e-6, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.0, "eps": 1e-2},
    ]),
    "sm3": (scaled(lambda momentum=0.9, **given: optax.scale_by_sm3(momentum, **given)), ADAPTIVE, {}, [
        {},
        {"momentum": 0.5},
        {"momentum": 0.99, "eps": 1e-3},
        {"momentum": 0},
    ]),
    "fromage": (optax.fromage, LAYERS, {"minNorm": "min_norm"}, [{}, {"minNorm": 0.1}, {"minNorm": 0}]),
    "lars": (optax.lars, PLAIN, {"trustCoefficient": "trust_coefficient"}, [
        {},
        {"weightDecay": 0.1, "trustCoefficient": 0.01},
        {"momentum": 0.8, "nesterov": True, "weightDecay": 0.01, "trustCoefficient": 0.02, "eps": 0.1},
        {"momentum": 0},
    ]),
    "lamb": (optax.lamb, LAYERS, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "epsRoot": 1e-5, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.9, "eps": 1e-2},
    ]),
    "adamaxw": (optax.adamaxw, ADAPTIVE, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.5, "beta2": 0.97, "eps": 1e-2, "weightDecay": 0.01},
        {"beta1": 0.0, "weightDecay": 0},
    ]),
    "nadamw": (optax.nadamw, ADAPTIVE, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-4, "epsRoot": 1e-6, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.99, "weightDecay": 0},
    ]),
    "optimisticGradientDescent": (optax.optimistic_gradient_descent, PLAIN, {}, [
        {},
        {"alpha": 0.5, "beta": 0.2},
        {"alpha": 1.1, "beta": 0.6},
        {"beta": 0},
    ]),
    "optimisticAdam": (optax.optimistic_adam_v2, ADAPTIVE, {}, [
        {},
        {"nesterov": False},
        {"alpha": 0.7, "beta": 0.4, "beta1": 0.5, "beta2": 0.9, "eps": 1e-4, "epsRoot": 1e-6},
        {"beta": 0, "beta1": 0.0},
    ]),
    # The rate is a ratio of gap and norm where neither is large: scaling shortens it, as Optax computes it.
    "polyakSgd": (optax.polyak_sgd, POLYAK, {"lr": "max_learning_rate", "fMin": "f_min"}, [
        {},
        {"scaling": 10},
        {"scaling": 20, "fMin": -0.1, "eps": 0.01, "variant": "sps+"},
        {"scaling": 20, "fMin": 0.1},
        {"scaling": 20, "fMin": 0.1, "variant": "sps+"},
    ]),
    "noisySgd": (partial(optax.noisy_sgd, key=0), PLAIN, {}, [{}, {"eta": 1, "gamma": 0}, {"eta": 0.5, "gamma": 2}, {"eta": 0}]),
    "adafactorOptax": (
        partial(optax.adafactor, dtype_momentum=jnp.float64),
        LAYERS,
        {
            "weightDecay": "weight_decay_rate",
            "minDimSizeToFactor": "min_dim_size_to_factor",
            "decayRate": "decay_rate",
            "decayOffset": "decay_offset",
            "multiplyByParameterScale": "multiply_by_parameter_scale",
            "clippingThreshold": "clipping_threshold",
        },
        [
            {},
            {"minDimSizeToFactor": 1},
            {"minDimSizeToFactor": 2, "momentum": 0.9, "weightDecay": 0.001, "clippingThreshold": 1.5, "decayRate": 0.7, "eps": 1e-6},
            {"minDimSizeToFactor": 1, "multiplyByParameterScale": False, "decayOffset": -10, "eps": 1e-12},
            {"factored": False, "clippingThreshold": 0, "minDimSizeToFactor": 1},
        ],
    ),
    "ldog": (
        scaled(partial(optax.scale_by_distance_over_gradients, param_dtype=jnp.float64)),
        DISTANCE,
        {"initial": "reps_rel"},
        [{}, {"initial": 0.02}, {"initial": 0.03, "eps": 1e-2}, {"initial": 0.01, "eps": 0.1}],
    ),
    "sgd": (optax.sgd, PLAIN, {}, [{}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}, {"momentum": 0.95}]),
    "signSgd": (optax.sign_sgd, SIGNS, {}, [{}, HALF, TWICE]),
    "adagrad": (optax.adagrad, ADAPTIVE, {"initialAccumulator": "initial_accumulator_value", "epsInside": None}, [
        {"initialAccumulator": 0.1, "eps": 1e-7, "epsInside": True},
        {"initialAccumulator": 0, "eps": 1e-3, "epsInside": True},
        {"initialAccumulator": 2, "eps": 0, "epsInside": True},
    ]),
    "adadelta": (optax.adadelta, DELTA, {}, [{}, {"weightDecay": 0.1}, {"rho": 0.99, "eps": 1e-4, "weightDecay": 0.01}, {"rho": 0.8, "eps": 1e-7}]),
    "rmsprop": (
        optax.rmsprop,
        ADAPTIVE,
        {"beta": "decay", "initialAccumulator": "initial_scale", "epsInside": "eps_in_sqrt", "biasCorrection": "bias_correction", "lrInside": None},
        [
            {"beta": 0.95, "epsInside": True, "lrInside": True},
            {"beta": 0.9, "eps": 4, "epsInside": True, "lrInside": True, "centered": True, "momentum": 0.5, "nesterov": True, "biasCorrection": True, "initialAccumulator": 0.1},
            {"beta": 0.99, "eps": 1e-3, "epsInside": False, "lrInside": True, "momentum": 0.9, "biasCorrection": True},
            {"beta": 0.99, "eps": 1e-2, "epsInside": False, "lrInside": True, "initialAccumulator": 1},
        ],
    ),
    "adam": (optax.adam, ADAPTIVE, {}, [
        {},
        {"nesterov": True},
        {"beta1": 0.5, "beta2": 0.97, "eps": 1e-4, "epsRoot": 1e-6, "nesterov": True},
        {"beta1": 0.0, "beta2": 0.99, "eps": 1e-2, "epsRoot": 1e-3},
    ]),
    "adamw": (optax.adamw, ADAPTIVE, {}, [
        {"weightDecay": 0.0001},
        {"weightDecay": 0.1, "nesterov": True},
        {"beta1": 0.5, "beta2": 0.97, "eps": 1e-4, "epsRoot": 1e-6, "weightDecay": 0.5},
        {"beta1": 0.0, "beta2": 0.99, "weightDecay": 0},
    ]),
    "adamax": (optax.adamax, ADAPTIVE, {}, [{}, {"beta1": 0.5, "beta2": 0.97, "eps": 1e-2}, {"beta1": 0.0}]),
    "amsgrad": (
        lambda bias_correction=None, **given: optax.amsgrad(**given, **BIAS.get(bias_correction, {})),
        ADAPTIVE,
        {"largest": None, "biasCorrection": "bias_correction"},
        [
            {"largest": "corrected"},
            {"largest": "corrected", "beta1": 0.5, "beta2": 0.97, "eps": 1e-4, "epsRoot": 1e-6, "biasCorrection": "none"},
            {"largest": "corrected", "beta2": 0.99, "eps": 1e-2, "biasCorrection": "first"},
        ],
    ),
    "radam": (optax.radam, ADAPTIVE, {"epsForm": None}, [
        {"epsForm": "optax"},
        {"epsForm": "optax", "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "epsRoot": 1e-6, "threshold": 20, "nesterov": True},
        {"epsForm": "optax", "beta1": 0.0, "beta2": 0.97, "eps": 1e-2},
    ]),
    "rprop": (optax.rprop, STEPS, {"etaMinus": "eta_minus", "etaPlus": "eta_plus", "stepMin": "min_step_size", "stepMax": "max_step_size", "late": None}, [
        {"late": True, "stepMax": 0.002},
        {"late": True, "etaMinus": 0.3, "etaPlus": 1.05, "stepMin": 1e-5, "stepMax": 0.001},
        {"late": True, "etaMinus": 0.7, "etaPlus": 1.1, "stepMin": 1e-4, "stepMax": 0.003},
    ]),
}


def keywords(settings, names):
    """Our settings as Optax's."""
    called = {**NAMES, **names}
    given = {called.get(name, name): value for name, value in settings.items()}
    given.pop(None, None)
    if given.get("clipping_threshold") == 0:
        given["clipping_threshold"] = None
    return given


# L-BFGS. Near a minimum the remembered curvature is rounding, and no two ways to order the arithmetic agree on the path: mostly steps so
# short that 200 of them stay away from it.
LBFGS = {
    "quadratic": [
        {"lr": 0.003, "historySize": 2, "scaleStart": False},
        {"lr": 0.001, "mostTrials": 2},
        {"lr": 0.003, "historySize": 1, "scaleStart": False, "lineSearch": "none"},
    ],
    "rosenbrock": [
        {"lr": 1},
        {"lr": 0.01, "historySize": 1, "scaleStart": False},
        {"lr": 0.001, "mostTrials": 4},
        {"lr": 0.01, "historySize": 3, "lineSearch": "none"},
    ],
    "network": [
        {"lr": 1},
        {"lr": 0.01},
        {"lr": 0.01, "historySize": 2, "scaleStart": False, "mostTrials": 4},
        {"lr": 0.003, "historySize": 3, "scaleStart": False},
    ],
    "tiny": [{"lr": lr, "historySize": size, "lineSearch": "none"} for lr, size in ((1e-4, 10), (1e-3, 3), (1e-3, 1))],
}


def lbfgs():
    cases = [case(problem, settings, searching(**settings), ones=True) for problem, several in LBFGS.items() for settings in several]
    write("lbfgsOptax", "optax", f"optax {optax.__version__}", cases)


def main():
    chosen = sys.argv[1:] or [*RULES, "lbfgsOptax"]
    if "lbfgsOptax" in chosen:
        lbfgs()
    for rule in chosen:
        if rule == "lbfgsOptax":
            continue
        build, rates, names, several = RULES[rule]
        cases = []
        for settings in several:
            for problem in PROBLEMS:
                ours = {"lr": rates[problem], **settings}
                transform = build(**keywords(ours, names))
                # Norms of the weights: `tiny` starts from 1 where a rule divides by them or decays them by default.
                ones = True if rule in ONES else None
                cases.append(case(problem, ours, stepper(transform, noisy=rule == "noisySgd"), ones=ones))
        write(rule, "optax", f"optax {optax.__version__}", cases)


# Rules whose `tiny` always starts from 1: they decay the weights by default, or measure their norm or the loss.
ONES = {"lion", "signum", "signSgd", "nadamw", "adamaxw", "fromage", "lars", "lamb", "polyakSgd", "adafactorOptax", "ldog"}

main()
