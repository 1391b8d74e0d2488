"""Makes optimizers/<rule>.optax.json of the rules that follow optax.contrib, in double precision over 200 steps.

    python3 test/oracle/make-contrib.py [RULE …]     (needs requirements.txt; without names, all of them)

What a fixture is and how its learning rates are chosen: problems.py. Sophia is given the rule's own random signs (draws.py), so that both
estimate the same diagonal, and DP-SGD its noise.
"""
import sys

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
import optax
from optax import contrib
from optax.contrib import _galore

from draws import draw
from problems import PROBLEMS, case, write


class DoubleNumpy:
    """jax.numpy for GaLore, which asks for singular vectors in float32: in double, and with the largest component of each positive."""

    float32 = jnp.float64
    linalg = property(lambda self: self)

    def __getattr__(self, name):
        return getattr(jnp, name)

    def svd(self, matrix, full_matrices):
        u, s, vh = jnp.linalg.svd(matrix, full_matrices=full_matrices)
        upright = lambda columns: columns * jnp.sign(jnp.take_along_axis(columns, jnp.argmax(abs(columns), 0)[None], 0))
        return upright(u), s, upright(vh.T).T


_galore.jnp = DoubleNumpy()


def stepper(transform, diagonal=None):
    """A maker of steps for `case`: a transformation of Optax, given the loss as well as the gradients, and u*Hu where `diagonal`."""

    @jax.jit
    def update(gradients, state, weights, loss, curvature):
        updates, state = transform.update(gradients, state, weights, value=loss, curvature=curvature)
        return optax.apply_updates(weights, updates), state

    def make(problem, start):
        state = transform.init([jnp.asarray(each) for each in start])

        def step(weights, gradients, t):
            nonlocal state
            loss = jnp.asarray(problem.loss([np.asarray(each) for each in weights], t), jnp.float64)
            signs = draw("rademacher", [each.shape for each in weights], t) if diagonal else weights
            curvature = [u * Hu for u, Hu in zip(signs, problem.hessian(weights, signs, t))] if diagonal else weights
            weights, state = update([jnp.asarray(each) for each in gradients], state, [jnp.asarray(each) for each in weights], loss, curvature)
            assert all(leaf.dtype != jnp.float32 for leaf in jax.tree.leaves((weights, state)))
            return [np.asarray(each) for each in weights]

        return step

    return make


def ademamix(warmup=0, **given):
    """Optax takes schedules for alpha and b3; these are the paper's, section 3."""
    if warmup:
        alpha, b1, b3 = given.get("alpha", 5.0), given.get("b1", 0.9), given.get("b3", 0.9999)
        part = lambda count: jnp.minimum(jnp.asarray(count + 1, jnp.float64) / warmup, 1.0)
        given["alpha"] = lambda count: part(count) * alpha
        logs = jnp.log(b1) * jnp.log(b3)
        given["b3"] = lambda count: jnp.exp(logs / ((1 - part(count)) * jnp.log(b3) + part(count) * jnp.log(b1)))
    return contrib.ademamix(**given)


def adopt(power=0.25, **given):
    return contrib.adopt(clip_value_fn=lambda count: count**power, **given)


def dog(initialStep="heuristic", initial=1e-6, **given):
    return contrib.dog(init_step=("learning_rate" if initialStep == "rate" else initialStep, initial), **given)


def madgrad(**given):
    """Optax takes the root of a 32-bit count in float32, whatever the weights are; here the count is in double like everything else."""
    inner = contrib.madgrad(**given)
    double = lambda leaf: leaf.astype(jnp.float64) if leaf.dtype == jnp.int32 else leaf
    return optax.GradientTransformation(lambda weights: jax.tree.map(double, inner.init(weights)), inner.update)


def betas(build):
    """Gives b1 and b2 as the tuple that two of the functions take."""
    return lambda b1=0.9, b2=0.999, **given: build(betas=(b1, b2), **given)


def galore(b1=0.9, b2=0.999, eps=1e-8, **given):
    return contrib.galore(base_optimizer=optax.scale_by_adam(b1, b2, eps), **given)


def sophia(**given):
    """The diagonal is what the step is given."""
    estimate = optax.GradientTransformationExtraArgs(lambda _: (), lambda _, state, params=None, curvature=None, **more: (curvature, state))
    return contrib.sophia(hessian_diagonal_fn=estimate, **given)


def muon(form="optax", nsA=3.4445, nsB=-4.775, nsC=2.0315, adjust="original", matchedRms=0.2, vectorRate=1, vectorEps=1e-8, eps=1e-8, **given):
    """Optax reduces over rows unless told otherwise; here a unit's incoming weights are a row. It has one eps for matrices and vectors."""
    assert form == "optax" and eps == vectorEps
    rows = lambda weights: [contrib.MuonDimensionNumbers(1, 0) if getattr(each, "ndim", 1) > 1 else None for each in weights]
    return contrib.muon(
        ns_coeffs=(nsA, nsB, nsC),
        eps=eps,
        adam_learning_rate=vectorRate * given["learning_rate"],
        consistent_rms=matchedRms if adjust == "match_rms_adamw" else None,
        muon_weight_dimension_numbers=rows,
        **given,
    )


def private(lr, clip=1.0, noise=1.0, momentum=None, nesterov=False):
    """A maker of steps of DP-SGD for mini-batches of one sample, with the rule's own normal numbers."""

    def make(_problem, start):
        whole = contrib.dpsgd(lr, clip, noise, seed=0, momentum=momentum, nesterov=nesterov)
        state = whole.init([jnp.asarray(each) for each in start])

        def step(weights, gradients, t):
            nonlocal state
            draws = iter(draw("normal", [each.shape for each in weights], t))
            sampled, jax.random.normal = jax.random.normal, lambda *_: next(draws)
            updates, state = whole.update([jnp.asarray(each)[None] for each in gradients], state)
            jax.random.normal = sampled
            return [np.asarray(w + u) for w, u in zip(weights, updates)]

        return step

    return make


NAMES = {
    "lr": "learning_rate",
    "beta1": "b1",
    "beta2": "b2",
    "beta3": "b3",
    "epsRoot": "eps_root",
    "weightDecay": "weight_decay",
    "clipping": "use_clipping",
    "d0": "estim_lr0",
    "growth": "estim_lr_coef",
    "safeguardWarmup": "safeguard_warmup",
    "lowerBound": "lower_bound",
    "adaptBound": "adapt_lower_bound",
    "power": "weight_lr_power",
    "initialSquared": "init_estim_sq_dist",
    "bound": "clip_threshold",
    "interval": "update_interval",
}

# Learning rates by problem.
PLAIN = {"quadratic": 0.004, "rosenbrock": 0.0002, "network": 0.1, "tiny": 0.1}
ADAPTIVE = {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.01}
SUMS = {"quadratic": 3e-5, "rosenbrock": 1e-5, "network": 1e-5, "tiny": 1e-4}
SIGNS = {"quadratic": 0.0007, "rosenbrock": 0.0003, "network": 0.0004, "tiny": 0.01}
POLYAK = {"quadratic": 0.03, "rosenbrock": 0.001, "network": 1, "tiny": 1}
POLYAK_ADAM = {"quadratic": 0.01, "rosenbrock": 0.003, "network": 0.003, "tiny": 0.01}
MATRICES = {"quadratic": 0.0005, "rosenbrock": 0.0005, "network": 0.001, "tiny": 0.005}
# Rules that find the rate themselves: their first estimates grow by the gradients they meet, and rounding with them, so they are held back;
# on `tiny` float32 cannot hold the product of the usual first estimate and a gradient of 1e-30.
ADAPTED = {"quadratic": 0.1, "rosenbrock": 0.1, "network": 0.1, "tiny": {"lr": 0.1, "d0": 1e-4}}
PRODIGY = {"quadratic": 0.02, "rosenbrock": 0.02, "network": 0.01, "tiny": {"lr": 0.1, "d0": 1e-4}}
DISTANCE = {"quadratic": 0.1, "rosenbrock": 0.1, "network": 0.1, "tiny": 1}
# Bets that come home to 0 too soon have only rounding left at step 200.
BETS = {"quadratic": {"lr": 1, "alpha": 5000}, "rosenbrock": 1, "network": {"lr": 1, "alpha": 2000}, "tiny": {"lr": 1, "alpha": 5000}}

# Matrices, tall and wide, where the problem has vectors.
MATRIX_SHAPES = {"quadratic": [(5, 1)], "rosenbrock": [(1, 2)], "tiny": [(1, 3)] * 4 + [(3, 1)] * 2}

# Rule: Optax's function, the learning rates, what its hyperparameters are called there beside NAMES, the settings.
RULES = {
    "acprop": (contrib.acprop, ADAPTIVE, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.5, "beta2": 0.99, "eps": 1e-2, "epsRoot": 1e-4, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.99, "eps": 1e-3},
    ]),
    "ademamix": (ademamix, ADAPTIVE, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.8, "beta2": 0.95, "beta3": 0.999, "alpha": 8, "warmup": 150, "eps": 1e-4, "epsRoot": 1e-6, "weightDecay": 0.01},
        {"beta1": 0.0, "beta3": 0.99, "alpha": 2},
        {"warmup": 300},
    ]),
    "simplifiedAdemamix": (contrib.simplified_ademamix, SUMS, {}, [
        {},
        {"alpha": 5, "weightDecay": 0.1},
        {"beta1": 0.9, "beta2": 0.99, "alpha": 2, "eps": 1e-4, "epsRoot": 1e-6, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.9, "alpha": 1, "eps": 1e-3},
    ]),
    "adopt": (adopt, ADAPTIVE, {"power": "power"}, [
        {},
        {"nesterov": True},
        {"clipping": False, "eps": 0.1},
        {"beta1": 0.5, "beta2": 0.99, "eps": 1e-3, "nesterov": True, "power": 0.1},
        {"beta1": 0.0, "beta2": 0.9, "power": 0.5},
    ]),
    "cocob": (contrib.cocob, BETS, {}, [
        {},
        {"weightDecay": 0.1},
        {"lr": 0.5, "eps": 1e-4, "weightDecay": 0.01},
        {"lr": 3, "alpha": 3000},
    ]),
    "dadaptAdamw": (betas(contrib.dadapt_adamw), ADAPTED, {}, [
        {},
        {"d0": 1e-3, "weightDecay": 0.1},
        {"beta1": 0.8, "beta2": 0.99, "d0": 1e-4, "eps": 1e-4, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.95, "d0": 1e-3, "eps": 1e-2},
    ]),
    "dog": (dog, DISTANCE, {}, [
        {},
        {"lr": 1, "initial": 0.01, "weightDecay": 0.1},
        {"lr": 0.5, "initialStep": "distance", "initial": 0.01, "eps": 1e-4, "weightDecay": 0.01},
        {"lr": 0.5, "initialStep": "rate", "initial": 1e-3},
    ]),
    "dowg": (contrib.dowg, DISTANCE, {}, [
        {},
        {"weightDecay": 0.1},
        {"lr": 0.2, "initialSquared": 0.01, "eps": 1e-3, "weightDecay": 0.01},
        {"eps": 0.1},
    ]),
    "galore": (galore, ADAPTIVE, {"gap": "update_proj_gap"}, [
        {},
        {"rank": 1, "weightDecay": 0.1},
        {"rank": 2, "gap": 50, "scale": 0.25, "beta1": 0.8, "beta2": 0.95, "eps": 1e-4, "weightDecay": 0.01},
        {"rank": 1, "gap": 20, "beta1": 0.0, "beta2": 0.99},
    ]),
    "madgrad": (madgrad, ADAPTIVE, {}, [
        {},
        {"weightDecay": 0.02},
        {"momentum": 0.5, "eps": 1e-3, "weightDecay": 0.01},
        {"momentum": 0},
    ]),
    "muon": (muon, MATRICES, {"momentum": "beta", "nsSteps": "ns_steps", "vectorDecay": "adam_weight_decay", "beta1": "adam_b1", "beta2": "adam_b2"}, [
        {"form": "optax", "eps": 1e-8, "weightDecay": 0, "vectorDecay": 0},
        {"form": "optax", "eps": 1e-4, "vectorEps": 1e-4, "weightDecay": 0.1, "vectorDecay": 0.05, "vectorRate": 0.3, "adjust": "match_rms_adamw"},
        {"form": "optax", "eps": 1e-8, "nesterov": False, "momentum": 0.8, "nsSteps": 3, "beta1": 0.5, "beta2": 0.99, "weightDecay": 0, "vectorDecay": 0.1},
        {"form": "optax", "eps": 1e-8, "adaptive": True, "nsA": 2, "nsB": -1.5, "nsC": 0.5, "weightDecay": 0.01, "vectorDecay": 0},
    ]),
    "dpsgd": (private, PLAIN, {}, [
        {"noise": 0.1},
        {"clip": 0.1, "noise": 0, "momentum": 0.9},
        {"clip": 0.5, "noise": 0.3, "momentum": 0.8, "nesterov": True},
    ]),
    "momo": (contrib.momo, POLYAK, {}, [
        {},
        {"lowerBound": 0.1},
        {"beta": 0.5, "lowerBound": 0.05, "weightDecay": 0.01},
        {"beta": 0.5, "lowerBound": -10, "weightDecay": 0.001, "adaptBound": True},
        {"lr": 0.001, "beta": 0.0, "lowerBound": -1, "adaptBound": True},
    ]),
    "momoAdam": (contrib.momo_adam, POLYAK_ADAM, {}, [
        {},
        {"lowerBound": 0.1, "weightDecay": 0.1},
        {"beta1": 0.5, "beta2": 0.95, "eps": 1e-4, "lowerBound": -10, "weightDecay": 0.01, "adaptBound": True},
        {"beta1": 0.0, "eps": 1e-2, "lowerBound": -1, "adaptBound": True},
    ]),
    "prodigy": (betas(contrib.prodigy), PRODIGY, {"beta3": "beta3"}, [
        {},
        {"d0": 1e-3, "weightDecay": 0.1, "safeguardWarmup": True},
        {"beta1": 0.8, "beta2": 0.99, "beta3": 0.9, "d0": 1e-3, "eps": 1e-4, "growth": 0.5, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.99, "d0": 1e-3, "eps": 1e-2},
    ]),
    "scheduleFreeSgd": (contrib.schedule_free_sgd, PLAIN, {"beta": "b1"}, [
        {},
        {"weightDecay": 0.1},
        {"beta": 0.98, "power": 1, "weightDecay": 0.01},
        {"beta": 0.5, "power": 0},
    ]),
    "scheduleFreeAdamw": (contrib.schedule_free_adamw, ADAPTIVE, {}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.98, "beta2": 0.95, "eps": 1e-4, "power": 1, "weightDecay": 0.01},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-2, "power": 0},
    ]),
    "sophia": (sophia, SIGNS, {}, [
        {},
        {"gamma": 1, "weightDecay": 0.1, "interval": 1},
        {"beta1": 0.9, "beta2": 0.9, "eps": 1e-3, "gamma": 0.05, "bound": 0.5, "interval": 3, "weightDecay": 0},
        {"beta1": 0.0, "gamma": 2, "bound": 4, "interval": 200, "eps": 0.1},
    ]),
}


def main():
    for rule in sys.argv[1:] or RULES:
        build, rates, names, several = RULES[rule]
        cases = []
        for settings in several:
            for problem in PROBLEMS:
                rate = rates[problem]
                ours = {**(rate if isinstance(rate, dict) else {"lr": rate}), **settings}
                if rule == "dpsgd":
                    cases.append(case(problem, ours, private(**ours)))
                    continue
                given = {{**NAMES, **names}.get(name, name): value for name, value in ours.items()}
                ones = True if rule == "sophia" or rule.startswith("momo") else None
                shapes = MATRIX_SHAPES.get(problem) if rule == "galore" else None
                cases.append(case(problem, ours, stepper(build(**given), diagonal=rule == "sophia"), ones=ones, shapes=shapes))
        write(rule, "optax", f"optax {optax.__version__}", cases)


main()
