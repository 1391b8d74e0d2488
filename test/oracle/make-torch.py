"""Makes optimizers/<rule>.torch.json: paths of torch.optim in double precision over 200 steps, which the update rules must follow.

    python3 test/oracle/make-torch.py [RULE …]     (needs requirements.txt; without names, all of them)

What a fixture is and how its learning rates are chosen: problems.py.
"""
import inspect
import sys
from functools import partial
from types import SimpleNamespace

import numpy as np
import torch

from problems import PROBLEMS, case, write

torch.set_default_dtype(torch.float64)
optim = torch.optim


def keywords(kind, settings, names):
    """Our settings as torch's: `names` says what a hyperparameter is called there; ("betas", 1) is the second of a tuple."""
    given = {}
    for name, value in settings.items():
        called = names.get(name, name)
        if isinstance(called, tuple):
            called, position = called
            several = given.setdefault(called, list(default(kind, called)))
            several[position] = value
        else:
            given[called] = value
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def default(kind, name):
    """Of a parameter of torch's class; of `betas` where it has none, those of the AdamW beside it."""
    parameters = inspect.signature(kind).parameters
    return (parameters if name in parameters else inspect.signature(optim.AdamW).parameters)[name].default


def stepper(kind, **given):
    """A maker of steps for `case`: an optimizer of torch on parameters that are given their gradients."""

    def make(_problem, start):
        parameters = [torch.tensor(each, requires_grad=True) for each in start]
        optimizer = kind(parameters, **given)

        def step(_weights, gradients, _t):
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = torch.tensor(gradient)
            optimizer.step()
            return [parameter.detach().numpy().copy() for parameter in parameters]

        return step

    return make


def averaged_stepper(kind, average=False, **given):
    """ASGD; with `average` the weights are what torch averages aside, and the gradients those at torch's own parameters."""
    if not average:
        return stepper(kind, **given)

    def make(problem, start):
        parameters = [torch.tensor(each, requires_grad=True) for each in start]
        optimizer = kind(parameters, **given)

        def step(_weights, _gradients, t):
            for parameter, gradient in zip(parameters, problem.gradient([p.detach().numpy() for p in parameters], t)):
                parameter.grad = torch.tensor(gradient)
            optimizer.step()
            return [optimizer.state[parameter]["ax"].detach().numpy().copy() for parameter in parameters]

        return step

    return make


def sparse_stepper(kind, foreach, **given):
    """SparseAdam, with gradients that have no zeros."""

    def make(problem, start):
        parameters = [torch.tensor(each) for each in start]
        optimizer = kind(parameters, **given)

        def step(_weights, gradients, _t):
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = torch.tensor(gradient).to_sparse()
            optimizer.step()
            return [parameter.numpy().copy() for parameter in parameters]

        return step

    return make


def muon_stepper(kind, foreach, lr, vector_rate=1, vector_decay=0.01, vector_eps=1e-8, betas=(0.9, 0.999), **given):
    """Muon for matrices, and AdamW for vectors, which Muon refuses."""

    def of_all(parameters):
        matrices = [p for p in parameters if p.ndim == 2]
        vectors = [p for p in parameters if p.ndim != 2]
        parts = [kind(matrices, lr=lr, **given)] if matrices else []
        if vectors:
            parts.append(optim.AdamW(vectors, lr=lr * vector_rate, weight_decay=vector_decay, eps=vector_eps, betas=betas, foreach=foreach))
        return SimpleNamespace(step=lambda: [part.step() for part in parts])

    return stepper(of_all)


# Muon casts its iteration to bfloat16, whatever the weights are; here it stays in double precision like everything else.
torch.Tensor.bfloat16 = torch.Tensor.clone

# Learning rates by problem.
PLAIN = {"quadratic": 0.004, "rosenbrock": 0.0002, "network": 0.1, "tiny": 0.1}
ADAPTIVE = {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.01}

# Steps of a given length: too short to reach a minimum and turn back and forth there.
SIGNS = {"quadratic": 0.001, "rosenbrock": 0.0005, "network": 0.001, "tiny": 0.01}

DECAY = {"weightDecay": "weight_decay"}
BETAS = {"beta1": ("betas", 0), "beta2": ("betas", 1)}
DECOUPLED = {"decoupledWeightDecay": "decoupled_weight_decay"}

# As matrices, for rules that treat vectors otherwise.
MATRICES = {"quadratic": [(5, 1)], "rosenbrock": [(1, 2)], "tiny": [(1, 3), (3, 1)] * 3}

# Rule: torch's class, the learning rates, what its hyperparameters are called there, and the settings. A fifth entry makes the steps in
# its own way; a sixth are settings to try on the problems as MATRICES.
RULES = {
    "sgd": (optim.SGD, PLAIN, DECAY, [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.5},
        {"momentum": 0.9, "nesterov": True},
        {"dampening": 0.5},
        {"weightDecay": 0.1},
        {"momentum": 0.8, "dampening": 0.3, "weightDecay": 0.05},
        {"momentum": 0.8, "nesterov": True, "weightDecay": 0.05},
    ]),
    "adagrad": (optim.Adagrad, ADAPTIVE, {**DECAY, "lrDecay": "lr_decay", "initialAccumulator": "initial_accumulator_value"}, [
        {},
        {"lrDecay": 0.05},
        {"initialAccumulator": 0.1},
        {"weightDecay": 0.1},
        {"lrDecay": 0.01, "initialAccumulator": 0.5, "weightDecay": 0.02, "eps": 1e-4},
    ]),
    "rmsprop": (optim.RMSprop, ADAPTIVE, {**DECAY, "beta": "alpha"}, [
        {},
        {"centered": True},
        {"momentum": 0.9},
        {"weightDecay": 0.1},
        {"beta": 0.9, "eps": 1e-3},
        {"beta": 0.95, "eps": 1e-3, "centered": True, "momentum": 0.5, "weightDecay": 0.01},
    ]),
    "adam": (optim.Adam, ADAPTIVE, {**DECAY, **BETAS}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-4},
        {"beta1": 0.0, "beta2": 0.99},
        {"beta2": 0.5, "weightDecay": 0.01, "amsgrad": True},
        {"beta1": 0.95, "beta2": 0.9999, "eps": 1e-6, "weightDecay": 0.01},
    ]),
    "adamw": (optim.AdamW, ADAPTIVE, {**DECAY, **BETAS}, [
        {},
        {"weightDecay": 0.5},
        {"weightDecay": 0},
        {"beta2": 0.5, "weightDecay": 0.1, "amsgrad": True},
        {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weightDecay": 0.1},
    ]),
    "sparseAdam": (optim.SparseAdam, ADAPTIVE, BETAS, [
        {},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-4},
        {"beta1": 0.0, "beta2": 0.99},
    ], sparse_stepper),
    "amsgrad": (partial(optim.Adam, amsgrad=True), ADAPTIVE, {**DECAY, **BETAS, **DECOUPLED}, [
        {},
        {"weightDecay": 0.1},
        {"weightDecay": 0.5, "decoupledWeightDecay": True},
        {"beta1": 0.5, "beta2": 0.5, "eps": 1e-4, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.9},
    ]),
    "adadelta": (optim.Adadelta, {"quadratic": 1, "rosenbrock": 0.002, "network": 1, "tiny": 1}, DECAY, [
        {},
        {"weightDecay": 0.1},
        {"rho": 0.5, "eps": 1e-3, "weightDecay": 0.01},
        {"rho": 0.99, "eps": 1e-4},
    ]),
    "adamax": (optim.Adamax, ADAPTIVE, {**DECAY, **BETAS}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.5, "beta2": 0.99, "eps": 1e-3, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.995},
    ]),
    "nadam": (optim.NAdam, ADAPTIVE, {**DECAY, **BETAS, **DECOUPLED, "momentumDecay": "momentum_decay"}, [
        {},
        {"weightDecay": 0.1, "momentumDecay": 0.05},
        {"weightDecay": 0.5, "decoupledWeightDecay": True, "momentumDecay": 0.01},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-4, "momentumDecay": 0},
        {"beta1": 0.0, "beta2": 0.99},
    ]),
    "radam": (optim.RAdam, {**ADAPTIVE, "rosenbrock": 0.0001}, {**DECAY, **BETAS, **DECOUPLED}, [
        {},
        {"weightDecay": 0.1},
        {"weightDecay": 0.5, "decoupledWeightDecay": True},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-4, "weightDecay": 0.01},
        {"beta1": 0.0, "beta2": 0.99},
        {"beta2": 0.5},
    ]),
    "rprop": (optim.Rprop, SIGNS, {
        "etaMinus": ("etas", 0), "etaPlus": ("etas", 1), "stepMin": ("step_sizes", 0), "stepMax": ("step_sizes", 1),
    }, [
        {},
        {"etaMinus": 0.7, "etaPlus": 1.05, "stepMin": 1e-4, "stepMax": 0.01},
        {"etaMinus": 0.3, "etaPlus": 1.5, "stepMax": 0.001},
        {"stepMin": 0.002},
    ]),
    "asgd": (optim.ASGD, PLAIN, {**DECAY, "lambda": "lambd"}, [
        {},
        {"lambda": 0.5, "alpha": 0.6, "weightDecay": 0.05},
        {"lambda": 0, "t0": 0},
        {"lambda": 2, "alpha": -0.25, "t0": 20, "weightDecay": 0.01},
        {"average": True},
        {"average": True, "t0": 20, "weightDecay": 0.05},
    ], averaged_stepper),
    "adafactor": (partial(optim.Adafactor, eps=(torch.finfo(torch.float32).eps, 1e-3)), {"quadratic": 0.01, "rosenbrock": 0.0005, "network": 0.01, "tiny": 0.01}, {
        **DECAY, "beta2Decay": "beta2_decay", "eps": ("eps", 0), "epsScale": ("eps", 1), "clipping": "d",
    }, [
        {},
        {"beta2Decay": -0.5, "eps": 1e-4, "epsScale": 0.1, "clipping": 2, "weightDecay": 0.5},
        {"beta2Decay": -0.1, "eps": 1e-2, "epsScale": 0},
        {"beta2Decay": 0, "clipping": 1.5, "weightDecay": 0.1},
    ], stepper, [{}, {"beta2Decay": -0.5, "eps": 1e-4, "epsScale": 0.1, "clipping": 2, "weightDecay": 0.5}]),
    "muon": (optim.Muon, ADAPTIVE, {
        **DECAY, **BETAS, "adjust": "adjust_lr_fn", "nsA": ("ns_coefficients", 0), "nsB": ("ns_coefficients", 1),
        "nsC": ("ns_coefficients", 2), "nsSteps": "ns_steps", "vectorRate": "vector_rate", "vectorDecay": "vector_decay",
        "vectorEps": "vector_eps",
    }, [
        {},
        {"momentum": 0.5, "nesterov": False, "weightDecay": 0.5, "adjust": "match_rms_adamw", "vectorRate": 0.5, "vectorDecay": 0.1},
        {"nsA": 2, "nsB": -1.5, "nsC": 0.5, "nsSteps": 8, "momentum": 0, "weightDecay": 0},
        {"nsSteps": 0, "eps": 0.01, "beta1": 0.5, "beta2": 0.9, "vectorEps": 1e-4},
    ], muon_stepper, [
        {},
        {"momentum": 0.5, "nesterov": False, "weightDecay": 0.5, "adjust": "match_rms_adamw"},
        {"nsA": 2, "nsB": -1.5, "nsC": 0.5, "nsSteps": 8, "momentum": 0, "weightDecay": 0},
    ]),
}


def check_problems():
    """The problems' gradients and Hessians, written out there, against torch's automatic differentiation."""
    generator = np.random.default_rng(3)
    for problem in PROBLEMS.values():
        weights = [start + 0.3 * generator.standard_normal(start.shape) for start in problem.start()]
        vectors = [generator.standard_normal(each.shape) for each in weights]
        leaves = [torch.tensor(each, requires_grad=True) for each in weights]
        slope = torch.autograd.grad(problem.loss(leaves, 3, torch), leaves, create_graph=True)
        along = sum((s * torch.tensor(v)).sum() for s, v in zip(slope, vectors))
        product = torch.autograd.grad(along, leaves, materialize_grads=True) if along.requires_grad else [torch.zeros_like(s) for s in slope]
        for ours, theirs in ((problem.gradient(weights, 3), slope), (problem.hessian(weights, vectors, 3), product)):
            for a, b in zip(ours, theirs):
                np.testing.assert_allclose(a, b.detach().numpy(), rtol=1e-12, atol=1e-13)


def main():
    check_problems()
    for rule in sys.argv[1:] or RULES:
        kind, rates, names, several, *own = RULES[rule]
        make, as_matrices = (own + [stepper, []][len(own):])
        cases = []
        for settings, shapes in [(each, {}) for each in several] + [(each, MATRICES) for each in as_matrices]:
            for problem in shapes or PROBLEMS:
                ours = {"lr": rates[problem], **settings}
                given = keywords(kind, ours, names)
                cases.append(case(problem, ours, make(kind, foreach=False, **given), shapes=shapes.get(problem)))
        write(rule, "torch", f"torch {torch.__version__.split('+')[0]}", cases)


main()
