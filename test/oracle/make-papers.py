"""Makes optimizers/{shampoo,soap}.paper.json, 200 steps of each in double precision, and kfac.json, three steps on moments that are given: rules
that no package here has, computed from their papers with dense linear algebra of NumPy and SciPy.

    python3 test/oracle/make-papers.py     (needs requirements.txt)

Shampoo takes its roots as powers of whole matrices (Schur form), SOAP turns nothing back and forth: it keeps the moments of the gradient and
multiplies them by the basis when they are used, as Algorithm 3 is written. Tensors of one dimension are vectors. What a fixture is: problems.py.

SOAP's path depends on which eigenvectors a moment of low rank is given for its eigenvalue 0, if there is more than one of them. So its
matrices are two by two, or two by one.
"""
import json
from pathlib import Path

import numpy as np
import scipy
from scipy.linalg import eigh, fractional_matrix_power

from problems import case, write


def as_matrix(g):
    """A layer as the papers' m × n matrix; a vector is m × 1."""
    return g.reshape(len(g), -1)


def root(S, p):
    """S^(-1/p) of a symmetric positive definite matrix. What rounding makes imaginary of it is dropped."""
    return np.real(fractional_matrix_power(S, -1 / p))


def shampoo(start, lr, eps=1e-4, momentum=0.0, beta2=1.0, every=1, weightDecay=0.0, ridge=1e-6):
    """Gupta, Koren & Singer 2018, Algorithm 1; one dimension: the same with the exponent -1/2. beta2, momentum and ridge: Anil et al. 2020."""
    ridged = lambda S: S + ridge * np.trace(S) * np.eye(len(S))
    layers = []
    for w in start:
        m, n = as_matrix(w).shape
        layers.append({"L": eps * np.eye(m), "R": eps * np.eye(n), "b": np.zeros((m, n))})

    def step(weights, gradients, t):
        moved = []
        for s, w, g in zip(layers, weights, gradients):
            G = as_matrix(g + weightDecay * w)
            share = 1 if beta2 == 1 else 1 - beta2
            s["L"] = beta2 * s["L"] + share * G @ G.T
            s["R"] = beta2 * s["R"] + share * G.T @ G
            if (t - 1) % every == 0:
                s["left"] = root(ridged(s["L"]), 4 if w.ndim > 1 else 2)
                s["right"] = root(ridged(s["R"]), 4) if w.ndim > 1 else np.eye(1)
            s["b"] = momentum * s["b"] + s["left"] @ G @ s["right"]
            moved.append(w - lr * s["b"].reshape(w.shape))
        return moved

    return step


def soap(start, lr, beta1=0.95, beta2=0.95, shampooBeta=0.95, eps=1e-8, every=10, weightDecay=0.01):
    """Vyas et al. 2024, Algorithm 3, in its order, with eigenvectors in place of the power iteration of its Algorithm 4, Adam's two corrections for
    starting at 0, decoupled decay, and a first basis from the first gradient. A vector's basis stays the identity."""
    layers = [{"L": 0, "R": 0, "QL": None, "QR": np.eye(1), "M": 0, "V": 0} for _ in start]

    def step(weights, gradients, t):
        moved = []
        for s, w, g in zip(layers, weights, gradients):
            G = as_matrix(g)
            if s["QL"] is None:
                s["QL"] = np.eye(len(G))
                if w.ndim > 1:
                    s["QL"], s["QR"] = eigh(G @ G.T)[1], eigh(G.T @ G)[1]
            turn = lambda X: s["QL"].T @ X @ s["QR"]
            s["M"] = beta1 * s["M"] + (1 - beta1) * G
            s["V"] = beta2 * s["V"] + (1 - beta2) * turn(G) ** 2
            N = turn(s["M"]) / (1 - beta1**t) / (np.sqrt(s["V"] / (1 - beta2**t)) + eps)
            moved.append(w - lr * weightDecay * w - lr * (s["QL"] @ N @ s["QR"].T).reshape(w.shape))
            s["L"] = shampooBeta * s["L"] + (1 - shampooBeta) * G @ G.T
            s["R"] = shampooBeta * s["R"] + (1 - shampooBeta) * G.T @ G
            if t % every == 0 and w.ndim > 1:
                s["QL"], s["QR"] = eigh(s["L"])[1], eigh(s["R"])[1]
        return moved

    return step


SQUARES = [[8], [2, 2], [2, 2], [1, 1]]
WIDE = [[2, 4], [4], [4, 1], [1]]
FLAT = [[8], [4], [4], [1]]
PLAIN = {"quadratic": [None], "rosenbrock": [None], "network": [None], "tiny": [None]}
SOAP = {**PLAIN, "rosenbrock": [[[2, 1]], [[1, 2]]], "network": [SQUARES]}
SHAMPOO = {"quadratic": [None, [[5, 1]]], "rosenbrock": [None, [[2, 1]]], "network": [None, WIDE], "tiny": [None, [[1, 3]] * 6]}
# (settings, shapes by problem): small divisors amplify rounding, so the defaults' are met where slopes are gentle
SETTINGS = {
    "shampoo": [
        ({}, {**SHAMPOO, "quadratic": [None], "rosenbrock": [[[2, 1]]]}),
        ({"ridge": 0}, {"network": [None, WIDE], "tiny": [None, [[1, 3]] * 6]}),
        ({"eps": 10, "ridge": 0}, SHAMPOO),
        ({"eps": 1, "momentum": 0.9, "beta2": 0.99, "every": 3, "weightDecay": 0.01}, SHAMPOO),
        ({"eps": 1, "momentum": 0.5, "every": 7}, {**SHAMPOO, "network": [None, SQUARES, WIDE]}),
    ],
    "soap": [
        ({}, {**PLAIN, "network": [FLAT]}),
        ({"beta1": 0.9, "beta2": 0.99, "shampooBeta": 0.9, "eps": 1e-3, "every": 3, "weightDecay": 0.1}, SOAP),
        ({"beta1": 0.5, "beta2": 0.8, "shampooBeta": 0.7, "eps": 1e-2, "every": 1, "weightDecay": 0}, SOAP),
        ({"eps": 1e-2}, {"rosenbrock": [[[2, 1]]], "network": [SQUARES]}),
    ],
}
RATES = {
    "shampoo": {"quadratic": 0.001, "rosenbrock": 0.001, "network": 0.01, "tiny": 0.1},
    "soap": {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.003},
}
MAKERS = {"shampoo": shampoo, "soap": soap}


def optimizers():
    for name, make in MAKERS.items():
        cases = []
        for settings, problems in SETTINGS[name]:
            for problem, seen in problems.items():
                ours = {"lr": RATES[name][problem], **settings}
                for shapes in seen:
                    cases.append(case(problem, ours, lambda _problem, start: make(start, **ours), shapes=shapes, ones=problem == "tiny"))
        write(name, "paper", f"the paper, by NumPy {np.__version__} and SciPy {scipy.__version__}", cases)


def kfac():
    """Three steps of K-FAC (Martens & Grosse 2015) on two layers with moments and gradients that are given. The block of the Fisher matrix is
    written out: (A + πγ½I) ⊗ (G + γ½I/π), π² = (tr A/n)/(tr G/m) (section 6.3), against the gradient's columns one under another."""
    random = np.random.default_rng(5)
    moment = lambda n: (lambda X: X @ X.T / X.shape[1])(random.normal(size=(n, n + 2)) * random.uniform(0.5, 2, size=(n, 1)))
    shapes = [(3, 4), (3,), (2, 3)]
    settings = {"lr": 0.2, "momentum": 0.8, "decay": 0.6, "damping": 0.05, "weightDecay": 0.02, "clip": 0.01}
    start = [random.normal(size=shape) for shape in shapes]
    steps = [
        [
            {"gradient": random.normal(size=shape), "input": moment(shape[1]) if len(shape) > 1 else np.eye(1), "error": moment(shape[0])}
            for shape in shapes
        ]
        for _ in range(3)
    ]
    lr, gamma = settings["lr"], settings["damping"]
    weights, last = [w.copy() for w in start], [np.zeros_like(as_matrix(w)) for w in start]
    A, D = [0] * len(shapes), [0] * len(shapes)
    path = []
    for t, given in enumerate(steps, 1):
        keep = min(1 - 1 / t, settings["decay"])
        natural, slopes = [], []
        for i, layer in enumerate(given):
            slope = as_matrix(layer["gradient"] + settings["weightDecay"] * weights[i])
            m, n = slope.shape
            A[i] = keep * A[i] + (1 - keep) * layer["input"]
            D[i] = keep * D[i] + (1 - keep) * layer["error"]
            pi = np.sqrt((np.trace(A[i]) / n) / (np.trace(D[i]) / m))
            fisher = np.kron(A[i] + pi * np.sqrt(gamma) * np.eye(n), D[i] + np.sqrt(gamma) / pi * np.eye(m))
            natural.append(np.linalg.solve(fisher, slope.ravel(order="F")).reshape(m, n, order="F"))
            slopes.append(slope)
        nu = min(1, np.sqrt(settings["clip"] / (lr**2 * sum(np.sum(g * d) for g, d in zip(slopes, natural)))))
        last = [settings["momentum"] * b + nu * d for b, d in zip(last, natural)]
        weights = [w - lr * b.reshape(w.shape) for w, b in zip(weights, last)]
        path.append([w.ravel().tolist() for w in weights])
    plain = lambda arrays: [np.asarray(each).ravel().tolist() for each in arrays]
    made = {
        "source": f"Martens & Grosse 2015, by NumPy {np.__version__}",
        "settings": settings,
        "shapes": [list(shape) for shape in shapes],
        "start": plain(start),
        "steps": [{key: plain(layer[key] for layer in given) for key in ("gradient", "input", "error")} for given in steps],
        "path": path,
    }
    file = Path(__file__).parent / "kfac.json"
    file.write_text(json.dumps(made, allow_nan=False) + "\n")
    print(f"{file.name}: {file.stat().st_size} bytes")


optimizers()
kfac()
