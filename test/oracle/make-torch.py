"""Makes optimizers/<rule>.torch.json: paths of torch.optim in double precision over 200 steps, which the update rules must follow.

    python3 test/oracle/make-torch.py [RULE …]     (needs requirements.txt; without names, all of them)

What a fixture is and how its learning rates are chosen: problems.py.
"""
import inspect
import sys

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
            several = given.setdefault(called, list(inspect.signature(kind).parameters[called].default))
            several[position] = value
        else:
            given[called] = value
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


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


# Learning rates by problem.
PLAIN = {"quadratic": 0.004, "rosenbrock": 0.0002, "network": 0.1, "tiny": 0.1}
ADAPTIVE = {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.01}

DECAY = {"weightDecay": "weight_decay"}
BETAS = {"beta1": ("betas", 0), "beta2": ("betas", 1)}

# Rule: torch's class, the learning rates, what its hyperparameters are called there, the settings, and what is fixed there.
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
        {"beta1": 0.95, "beta2": 0.9999, "eps": 1e-6, "weightDecay": 0.01},
    ]),
    "adamw": (optim.AdamW, ADAPTIVE, {**DECAY, **BETAS}, [
        {},
        {"weightDecay": 0.5},
        {"weightDecay": 0},
        {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weightDecay": 0.1},
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
        kind, rates, names, several = RULES[rule]
        cases = []
        for settings in several:
            for problem in PROBLEMS:
                ours = {"lr": rates[problem], **settings}
                given = keywords(kind, ours, names)
                cases.append(case(problem, ours, stepper(kind, foreach=False, **given)))
        write(rule, "torch", f"torch {torch.__version__.split('+')[0]}", cases)


main()
