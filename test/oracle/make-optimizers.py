#!/usr/bin/env python3
"""Makes optimizers.json: paths of torch.optim in double precision over 200 steps, which the update rules must follow.

    python3 test/oracle/make-optimizers.py     (needs PyTorch; the committed file was made with 1.13)

Four problems, the same in test/engine/optimizers/problems.ts:
  quadratic   sum of c*w^2/2, c from 0.001 to 100: condition number 1e5
  rosenbrock  (1 - x)^2 + 100*(y - x^2)^2 from (-1.2, 1)
  network     2-4-1, tanh, mean squared error over five samples; the gradient by torch's autograd
  tiny        six tensors of three weights, with given gradients of scale 0, 1e-30, 1e-20, 1e-8, 1e-4 and 1; from 0, or from 1
              with coupled weight decay

Learning rates are such that rounding is not amplified: a path that overshoots a minimum back and forth, or a weight of 1e-20 under
weight decay and eps 1e-8, is chaotic, and no two ways to order the same arithmetic agree on it.
"""
import json
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
KEPT = [1, 2, 10, 50, 200]

CURVATURES = [1e-3, 1e-1, 1.0, 10.0, 100.0]
SAMPLES = [(0.5, -1.0, 0.3), (-0.2, 0.8, -0.6), (1.0, 1.0, 0.9), (-1.5, 0.1, 0.2), (0.0, -0.4, -0.1)]
SCALES = [0.0, 1e-30, 1e-20, 1e-8, 1e-4, 1.0]


def quadratic(_settings):
    w = torch.tensor([1.0, -2.0, 3.0, -0.5, 0.25], requires_grad=True)

    def gradient(_t):
        w.grad = torch.tensor(CURVATURES) * w.detach()

    return [w], gradient


def rosenbrock(_settings):
    p = torch.tensor([-1.2, 1.0], requires_grad=True)

    def gradient(_t):
        x, y = p.detach()
        p.grad = torch.stack([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])

    return [p], gradient


def network(_settings):
    w1 = torch.tensor([[0.3, -0.2], [0.8, 0.5], [-0.6, 0.1], [0.05, -0.9]], requires_grad=True)
    b1 = torch.tensor([0.0, 0.1, -0.1, 0.2], requires_grad=True)
    w2 = torch.tensor([[0.7, -0.4, 0.2, 0.5]], requires_grad=True)
    b2 = torch.tensor([0.05], requires_grad=True)
    parameters = [w1, b1, w2, b2]
    data = torch.tensor(SAMPLES)

    def gradient(_t):
        for parameter in parameters:
            parameter.grad = None
        out = torch.tanh(data[:, :2] @ w1.T + b1) @ w2.T + b2
        torch.nn.functional.mse_loss(out[:, 0], data[:, 2]).backward()

    return parameters, gradient


def tiny(settings):
    parameters = [torch.full((3,), 1.0 if settings.get("weightDecay") else 0.0, requires_grad=True) for _ in SCALES]

    def gradient(t):
        for i, (parameter, scale) in enumerate(zip(parameters, SCALES)):
            parameter.grad = torch.tensor([scale * (((t * 7 + i * 3 + k * 5) % 11) - 4) for k in range(3)])

    return parameters, gradient


PROBLEMS = {"quadratic": quadratic, "rosenbrock": rosenbrock, "network": network, "tiny": tiny}

# Name of the rule, torch's class, what its hyperparameters are called here, the learning rate by problem, and the settings.
LR = {"quadratic": 0.004, "rosenbrock": 0.0002, "network": 0.1, "tiny": 0.1}
ADAPTIVE = {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.01}
OPTIMIZERS = [
    ("sgd", torch.optim.SGD, LR, {"weightDecay": "weight_decay"}, [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.5},
        {"momentum": 0.9, "nesterov": True},
        {"dampening": 0.5},
        {"weightDecay": 0.1},
        {"momentum": 0.8, "dampening": 0.3, "weightDecay": 0.05},
        {"momentum": 0.8, "nesterov": True, "weightDecay": 0.05},
    ]),
    ("adagrad", torch.optim.Adagrad, ADAPTIVE,
     {"weightDecay": "weight_decay", "lrDecay": "lr_decay", "initialAccumulator": "initial_accumulator_value"}, [
        {},
        {"lrDecay": 0.05},
        {"initialAccumulator": 0.1},
        {"weightDecay": 0.1},
        {"lrDecay": 0.01, "initialAccumulator": 0.5, "weightDecay": 0.02, "eps": 1e-4},
    ]),
    ("rmsprop", torch.optim.RMSprop, ADAPTIVE, {"weightDecay": "weight_decay", "beta": "alpha"}, [
        {},
        {"centered": True},
        {"momentum": 0.9},
        {"weightDecay": 0.1},
        {"beta": 0.9, "eps": 1e-3},
        {"beta": 0.95, "eps": 1e-3, "centered": True, "momentum": 0.5, "weightDecay": 0.01},
    ]),
    ("adam", torch.optim.Adam, ADAPTIVE, {"weightDecay": "weight_decay"}, [
        {},
        {"weightDecay": 0.1},
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-4},
        {"beta1": 0.0, "beta2": 0.99},
        {"beta1": 0.95, "beta2": 0.9999, "eps": 1e-6, "weightDecay": 0.01},
    ]),
    ("adamw", torch.optim.AdamW, ADAPTIVE, {"weightDecay": "weight_decay"}, [
        {},
        {"weightDecay": 0.5},
        {"weightDecay": 0},
        {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weightDecay": 0.1},
    ]),
]


def torch_settings(settings, names):
    given = {names.get(name, name): value for name, value in settings.items() if name not in ("beta1", "beta2")}
    if "beta1" in settings:
        given["betas"] = (settings["beta1"], settings["beta2"])
    return given


def path(kind, lr, settings, given, problem):
    parameters, gradient = PROBLEMS[problem](settings)
    optimizer = kind(parameters, lr=lr, foreach=False, **given)
    kept = {0: [parameter.detach().flatten().tolist() for parameter in parameters]}
    for t in range(1, max(KEPT) + 1):
        gradient(t)
        optimizer.step()
        if t in KEPT:
            kept[t] = [parameter.detach().flatten().tolist() for parameter in parameters]
    return kept


def main():
    cases = [
        {"optimizer": name, "settings": {"lr": rates[problem], **settings}, "problem": problem,
         "path": path(kind, rates[problem], settings, torch_settings(settings, names), problem)}
        for name, kind, rates, names, several in OPTIMIZERS
        for settings in several
        for problem in PROBLEMS
    ]
    lines = ",\n".join(json.dumps(case) for case in cases)
    file = Path(__file__).with_name("optimizers.json")
    file.write_text(f'{{\n"source": "torch {torch.__version__}",\n"cases": [\n{lines}\n]\n}}\n')
    print(f"{file.name}: {len(cases)} cases, {file.stat().st_size} bytes")


main()
