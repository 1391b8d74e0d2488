"""The four problems that every update rule is followed on, and how a path on them is kept. The same problems, with the same numbers, are
in test/engine/optimizers/problems.ts. Makers of fixtures (make-torch.py, make-optax-*.py) import this file; it needs only numpy.

  quadratic   sum of c*w^2/2, c from 0.001 to 100: condition number 1e5
  rosenbrock  (1 - x)^2 + 100*(y - x^2)^2 from (-1.2, 1)
  network     2-4-1, tanh, mean squared error over five samples: w1 [4, 2], b1 [4], w2 [1, 4], b2 [1]
  tiny        six tensors of three weights, with given gradients of scale 0, 1e-30, 1e-20, 1e-8, 1e-4 and 1, a new one each step: the
              loss of step t is the sum of gradient*w; from 0, or from 1 (`ones=True`: weight decay, norms of weights)

A fixture is optimizers/<rule>.<origin>.json, origin being torch, optax, …: one rule or wrapper (named as its .optim file) beside one
original.

  {"source": "torch 2.13.0", "cases": [CASE, …]}

  CASE  {"settings": {"lr": 0.004, …},        our names of the hyperparameters; lr always
         "problem": "quadratic",
         "optimizer": "adam",                 only where it is not the file's name: the rule inside a wrapper
         "wrappers": [{"name": …, …}],        only where there are some: outermost first, as in a run specification
         "shapes": [[5, 1]],                  only where the tensors are seen in other shapes than the problem's own
         "path": {"0": start, "1": …, "2": …, "10": …, "50": …, "200": …}}   weights after each of these steps: a flat list a tensor

Every rule needs three settings or more on each problem: the defaults, everything switched on, an odd corner. The originals run in
double precision; nothing of the rule may be computed here in the original's stead.

Learning rates are such that rounding is not amplified: a path that overshoots a minimum back and forth, a weight of 1e-20 under weight
decay and eps 1e-8, or the sign of a gradient that is nearly 0 is chaotic, and no two ways to order the same arithmetic agree on it.
The tests hold the float64 reference within 1e-10 of the original and float32 within 1e-4 of the reference.

A maker:

    from problems import PROBLEMS, case, write

    def step_of(problem, start, lr):                  # problem: a Problem, for rules that ask for losses or further gradients
        ...
        def step(weights, gradients, t):              # lists of numpy arrays, t from 1; returns the next weights
            ...
        return step

    cases = [case(problem, {"lr": 0.01, "beta1": 0.5}, lambda problem, start: step_of(problem, start, 0.01)) for problem in PROBLEMS]
    write("lion", "optax", f"optax {optax.__version__}", cases)
"""
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

KEPT = (1, 2, 10, 50, 200)

CURVATURES = np.array([1e-3, 1e-1, 1.0, 10.0, 100.0])
SAMPLES = np.array([(0.5, -1.0, 0.3), (-0.2, 0.8, -0.6), (1.0, 1.0, 0.9), (-1.5, 0.1, 0.2), (0.0, -0.4, -0.1)])
SCALES = np.array([0.0, 1e-30, 1e-20, 1e-8, 1e-4, 1.0])


@dataclass(frozen=True)
class Problem:
    """Its methods take and give lists of arrays, one a tensor, in whatever shapes the weights have."""

    name: str
    shapes: list
    starts: list
    value: Callable
    slope: Callable
    product: Callable

    def start(self, ones=False, shapes=None):
        """The weights at step 0, float64."""
        starts = [np.ones_like(each) for each in self.starts] if ones else self.starts
        return [np.array(each).reshape(shape) for each, shape in zip(starts, shapes or self.shapes)]

    def loss(self, weights, t, xp=np):
        """The loss of step t, a number. `xp` is numpy, jax.numpy or torch: whatever the weights are of."""
        return self.value([xp.reshape(w, shape) for w, shape in zip(weights, self.shapes)], t, xp)

    def gradient(self, weights, t):
        """The exact gradient of step t, numpy float64."""
        return self._mapped(lambda natural: self.slope(natural, t), weights)

    def hessian(self, weights, vectors, t):
        """The Hessian at the weights times the vectors, numpy float64."""
        natural = [np.reshape(v, shape) for v, shape in zip(vectors, self.shapes)]
        return self._mapped(lambda weights: self.product(weights, natural), weights)

    def _mapped(self, f, weights):
        weights = [np.asarray(w, dtype=np.float64) for w in weights]
        results = f([w.reshape(shape) for w, shape in zip(weights, self.shapes)])
        return [np.reshape(result, w.shape) for result, w in zip(results, weights)]


def quadratic():
    return Problem(
        "quadratic",
        [(5,)],
        [np.array([1.0, -2.0, 3.0, -0.5, 0.25])],
        lambda weights, t, xp: xp.sum(xp.asarray(CURVATURES) * weights[0] ** 2) / 2,
        lambda weights, t: [CURVATURES * weights[0]],
        lambda weights, vectors: [CURVATURES * vectors[0]],
    )


def rosenbrock():
    def value(weights, t, xp):
        x, y = weights[0]
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def slope(weights, t):
        x, y = weights[0]
        return [np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])]

    def product(weights, vectors):
        (x, y), (a, b) = weights[0], vectors[0]
        return [np.array([(2 - 400 * y + 1200 * x * x) * a - 400 * x * b, -400 * x * a + 200 * b])]

    return Problem("rosenbrock", [(2,)], [np.array([-1.2, 1.0])], value, slope, product)


def network():
    inputs, targets = SAMPLES[:, :2], SAMPLES[:, 2]

    def value(weights, t, xp):
        w1, b1, w2, b2 = weights
        out = xp.tanh(xp.asarray(inputs) @ w1.T + b1) @ w2.T + b2
        return xp.mean((out[:, 0] - xp.asarray(targets)) ** 2)

    def slope(weights, t):
        w1, b1, w2, b2 = weights
        hidden = np.tanh(inputs @ w1.T + b1)
        error = (2 / len(targets)) * (hidden @ w2.T + b2 - targets[:, None])
        delta = error * w2 * (1 - hidden**2)
        return [delta.T @ inputs, delta.sum(0), error.T @ hidden, error.sum(0)]

    def product(weights, vectors):
        (w1, b1, w2, b2), (v1, c1, v2, c2) = weights, vectors
        hidden = np.tanh(inputs @ w1.T + b1)
        slopes = 1 - hidden**2
        error = (2 / len(targets)) * (hidden @ w2.T + b2 - targets[:, None])
        along = slopes * (inputs @ v1.T + c1)
        change = (2 / len(targets)) * (along @ w2.T + hidden @ v2.T + c2)
        delta = (change * w2 + error * v2) * slopes - 2 * error * w2 * hidden * along
        return [delta.T @ inputs, delta.sum(0), change.T @ hidden + error.T @ along, change.sum(0)]

    starts = [[[0.3, -0.2], [0.8, 0.5], [-0.6, 0.1], [0.05, -0.9]], [0.0, 0.1, -0.1, 0.2], [[0.7, -0.4, 0.2, 0.5]], [0.05]]
    return Problem("network", [(4, 2), (4,), (1, 4), (1,)], [np.array(each) for each in starts], value, slope, product)


def tiny():
    def slope(_weights, t):
        return [scale * np.array([float((t * 7 + i * 3 + k * 5) % 11 - 4) for k in range(3)]) for i, scale in enumerate(SCALES)]

    def value(weights, t, xp):
        return sum(xp.sum(xp.asarray(g) * w) for g, w in zip(slope(weights, t), weights))

    shapes = [(3,)] * len(SCALES)
    return Problem("tiny", shapes, [np.zeros(3) for _ in SCALES], value, slope, lambda weights, vectors: [0 * v for v in vectors])


PROBLEMS = {problem.name: problem for problem in (quadratic(), rosenbrock(), network(), tiny())}


def case(problem, settings, make_step, optimizer=None, wrappers=None, shapes=None, ones=None):
    """Follows an original over 200 steps.

    problem    name of one of PROBLEMS
    optimizer  the rule inside the wrappers, where the file is a wrapper's
    make_step  (problem, start) -> step; step(weights, gradients, t) -> the next weights
    ones       where `tiny` starts: by default from 1 where the settings have weight decay
    """
    of = PROBLEMS[problem]
    if ones is None:
        ones = bool(settings.get("weightDecay"))
    weights = of.start(ones=ones and problem == "tiny", shapes=shapes)
    step = make_step(of, [w.copy() for w in weights])
    flat = lambda tensors: [np.asarray(tensor, dtype=np.float64).ravel().tolist() for tensor in tensors]
    path = {0: flat(weights)}
    for t in range(1, max(KEPT) + 1):
        weights = step(weights, of.gradient(weights, t), t)
        if t in KEPT:
            path[t] = flat(weights)
            assert all(np.isfinite(tensor).all() for tensor in path[t]), f"{settings} on {problem}: not finite at step {t}"
    made = {"settings": settings, "problem": problem}
    if optimizer:
        made["optimizer"] = optimizer
    if wrappers:
        made["wrappers"] = wrappers
    if shapes:
        made["shapes"] = [list(shape) for shape in shapes]
    return {**made, "path": path}


def write(rule, origin, source, cases):
    """Writes optimizers/<rule>.<origin>.json, a line a case."""
    file = Path(__file__).parent / "optimizers" / f"{rule}.{origin}.json"
    file.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(each, allow_nan=False) for each in cases)
    file.write_text(f'{{\n"source": {json.dumps(source)},\n"cases": [\n{lines}\n]\n}}\n')
    print(f"{file.name}: {len(cases)} cases, {file.stat().st_size} bytes")
