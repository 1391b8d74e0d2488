"""Makes network.json: losses, gradients, Hessian-vector and Gauss-Newton products of small dense networks, by PyTorch in double
precision; and the size of the weights that PyTorch and JAX draw.

    python3 test/oracle/make-network.py > test/oracle/network.json

Each case has its own weights, samples and directions, so that nothing needs to be drawn the same way twice. Of the initialisers, which draw
from generators of their own, the standard deviation and the largest weight of a large layer are told.
"""

import json
import math
import sys

import jax
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
functions = {
    "identity": lambda z: z,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "leakyRelu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": F.gelu,
    "geluTanh": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    "mish": F.mish,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "logSigmoid": F.logsigmoid,
    "hardTanh": F.hardtanh,
    # PyTorch's own cannot be differentiated twice.
    "hardSigmoid": lambda z: F.relu6(z + 3) / 6,
    "hardSwish": lambda z: z * F.relu6(z + 3) / 6,
    "relu6": F.relu6,
    "softShrink": F.softshrink,
    "hardShrink": F.hardshrink,
}
losses = {
    "crossEntropy": F.cross_entropy,
    "meanSquaredError": F.mse_loss,
    "binaryCrossEntropy": F.binary_cross_entropy_with_logits,
    "huber": F.huber_loss,
    "meanAbsoluteError": F.l1_loss,
}
cases = [
    ([5, 7, 6, 3], ["tanh", "relu", "identity"], "crossEntropy", 9),
    ([5, 7, 6, 3], ["sigmoid", "tanh", "identity"], "meanSquaredError", 9),
    ([5, 7, 6, 3], ["relu", "sigmoid", "tanh"], "meanSquaredError", 4),
    ([5, 7, 6, 3], ["tanh", "sigmoid", "sigmoid"], "crossEntropy", 1),
    ([13, 33, 17, 10], ["relu", "tanh", "identity"], "crossEntropy", 70),
    ([2, 1], ["identity"], "meanSquaredError", 3),
    ([4, 5, 3], ["tanh", "identity"], "binaryCrossEntropy", 6),
    ([4, 5, 1], ["tanh", "identity"], "binaryCrossEntropy", 6),
    ([4, 5, 3], ["tanh", "identity"], "huber", 6),
    ([4, 5, 3], ["tanh", "identity"], "meanAbsoluteError", 6),
    *[([3, 5, 4, 2], [name, name, "identity"], "crossEntropy", 5) for name in functions if name not in ("identity", "relu", "tanh", "sigmoid")],
]


def flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def gauss_newton(outputs, parameters, v, loss, wanted):
    """The transposed Jacobian times the loss's Hessian by the outputs times the Jacobian times v, each written out."""
    fixed = [parameter.detach() for parameter in parameters]
    y = outputs(*fixed)
    jacobian = torch.autograd.functional.jacobian(outputs, tuple(fixed))
    jacobian = torch.cat([part.reshape(y.numel(), -1) for part in jacobian], dim=1)
    inner = torch.autograd.functional.hessian(lambda y: loss(y, wanted), y).reshape(y.numel(), y.numel())
    return (jacobian.T @ (inner @ (jacobian @ v))).tolist()


def initialisers(inputs=500, outputs=400):
    """Deviation and largest weight of what PyTorch (and JAX, where PyTorch has no such) draws for a layer."""
    torch.manual_seed(1)
    init = torch.nn.init
    fan = {"mode": "fan_in", "nonlinearity": "linear"}
    draw = {
        "xavierUniform": init.xavier_uniform_,
        "xavierNormal": init.xavier_normal_,
        "heUniform": lambda w: init.kaiming_uniform_(w, nonlinearity="relu"),
        "heNormal": lambda w: init.kaiming_normal_(w, nonlinearity="relu"),
        "lecunUniform": lambda w: init.kaiming_uniform_(w, **fan),
        "lecunNormal": lambda w: init.kaiming_normal_(w, **fan),
        "orthogonal": init.orthogonal_,
        "constant": init.zeros_,
        "torchUniform": lambda w: w.copy_(torch.nn.Linear(inputs, outputs).weight),
    }
    drawn = {name: fill(torch.empty(outputs, inputs).requires_grad_(False)) for name, fill in draw.items()}
    truncated = jax.nn.initializers.lecun_normal()(jax.random.PRNGKey(1), (inputs, outputs))
    drawn["truncatedNormal"] = torch.tensor(jax.device_get(truncated)).double()
    gains = {"relu": init.calculate_gain("relu"), "linear": init.calculate_gain("linear"), "torchDefault": init.calculate_gain("leaky_relu", math.sqrt(5))}
    return {
        "inputs": inputs,
        "outputs": outputs,
        "gains": gains,
        "drawn": {name: {"deviation": w.pow(2).mean().sqrt().item(), "largest": w.abs().max().item()} for name, w in drawn.items()},
    }


def make(seed, widths, activations, loss, samples):
    torch.manual_seed(seed)
    parameters = []
    for inputs, outputs in zip(widths, widths[1:]):
        weight = (torch.randn(outputs, inputs) / inputs**0.5).float().double()
        bias = (0.3 * torch.randn(outputs)).float().double()
        parameters += [weight.requires_grad_(), bias.requires_grad_()]
    x = torch.randn(samples, widths[0]).float().double()
    labels = torch.randint(0, widths[-1], (samples,))
    targets = torch.randn(samples, widths[-1]).float().double()

    if loss == "binaryCrossEntropy":
        targets = torch.rand(samples, widths[-1]).float().double() if widths[-1] > 1 else (targets > 0).double()
    wanted = labels if loss == "crossEntropy" else targets

    def outputs(*parameters):
        a = x
        for position, name in enumerate(activations):
            a = functions[name](a @ parameters[2 * position].T + parameters[2 * position + 1])
        return a

    value = losses[loss](outputs(*parameters), wanted)
    gradient = flat(torch.autograd.grad(value, parameters, create_graph=True))
    products = []
    for _ in range(2):
        v = torch.randn(gradient.numel()).float().double()
        product = torch.autograd.grad(gradient @ v, parameters, retain_graph=True, allow_unused=True)
        product = flat([torch.zeros_like(p) if h is None else h for h, p in zip(product, parameters)])
        products.append({"v": v.tolist(), "product": product.tolist(), "gaussNewton": gauss_newton(outputs, parameters, v, losses[loss], wanted)})
    return {
        "widths": widths,
        "activations": activations,
        "loss": loss,
        "weights": [
            {"weight": parameters[2 * l].tolist(), "bias": parameters[2 * l + 1].tolist()} for l in range(len(activations))
        ],
        "x": x.reshape(-1).tolist(),
        **({"labels": labels.tolist()} if loss == "crossEntropy" else {"targets": targets.reshape(-1).tolist()}),
        "value": value.item(),
        "gradient": gradient.tolist(),
        "products": products,
    }


json.dump(
    {"torch": torch.__version__, "jax": jax.__version__, "cases": [make(seed, *case) for seed, case in enumerate(cases)], "initialisers": initialisers()},
    sys.stdout,
)
sys.stdout.write("\n")
