"""Makes linear.json: factors, inverses, eigenvectors and roots of small matrices, by NumPy and SciPy.

    python3 test/oracle/make-linear.py > test/oracle/linear.json

Matrices are row-major. Eigenvectors are columns, each with its largest component positive.
"""

import json
import sys

import numpy as np
import scipy.linalg

generator = np.random.default_rng(1)


def settled(vectors):
    largest = np.abs(vectors).argmax(axis=0)
    return vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])


def case(n, spread):
    """A symmetric matrix with eigenvalues over so many orders of magnitude, and what is made of it."""
    q = scipy.linalg.qr(generator.standard_normal((n, n)))[0]
    s = (q * 10.0 ** np.linspace(0, spread, n)) @ q.T
    s = (s + s.T) / 2
    mixed = (q * np.linspace(-1, 2, n)) @ q.T
    mixed = (mixed + mixed.T) / 2
    b = generator.standard_normal((n, 3))
    v = generator.standard_normal(n)
    values, vectors = scipy.linalg.eigh(mixed)
    return {
        "n": n,
        "s": s.ravel().tolist(),
        "b": b.ravel().tolist(),
        "product": (s @ b).ravel().tolist(),
        "cholesky": scipy.linalg.cholesky(s, lower=True).ravel().tolist(),
        "inverse": scipy.linalg.inv(s).ravel().tolist(),
        "solve": scipy.linalg.solve(s, b, assume_a="pos").ravel().tolist(),
        "roots": {str(p): np.real(scipy.linalg.fractional_matrix_power(s, -1 / p)).ravel().tolist() for p in (1, 2, 4)},
        "mixed": mixed.ravel().tolist(),
        "values": values.tolist(),
        "vectors": settled(vectors).ravel().tolist(),
        "v": v.tolist(),
        "absolute": (vectors @ ((vectors.T @ v) / (np.abs(values) + 0.1))).tolist(),
        "exponential": (scipy.linalg.expm(mixed) @ v).tolist(),
    }


def newton_schulz(rows, columns, steps, coefficients):
    a, b, c = coefficients
    x = generator.standard_normal((rows, columns))
    x /= np.linalg.norm(x)
    # The polynomial acts on the singular values alone.
    u, values, vt = np.linalg.svd(x, full_matrices=False)
    for _ in range(steps):
        values = a * values + b * values**3 + c * values**5
    return {
        "rows": rows,
        "columns": columns,
        "steps": steps,
        "coefficients": coefficients,
        "x": x.ravel().tolist(),
        "result": ((u * values) @ vt).ravel().tolist(),
    }


muon = (3.4445, -4.775, 2.0315)
json.dump(
    {
        "numpy": np.__version__,
        "cases": [case(1, 0), case(2, 1), case(5, 2), case(9, 3)],
        "newtonSchulz": [
            newton_schulz(3, 5, 5, muon),
            newton_schulz(6, 2, 5, muon),
            newton_schulz(4, 4, 1, (2, -1.5, 0.5)),
            newton_schulz(1, 3, 3, muon),
        ],
    },
    sys.stdout,
)
sys.stdout.write("\n")
