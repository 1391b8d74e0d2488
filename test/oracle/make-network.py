"""Makes network.json: losses, gradients and Hessian-vector products of small dense networks, by PyTorch in double precision.

    python3 test/oracle/make-network.py > test/oracle/network.json

Each case has its own weights, samples and directions, so that nothing needs to be drawn the same way twice.
"""

import json
import sys

import torch

torch.set_default_dtype(torch.float64)
functions = {"identity": lambda z: z, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
cases = [
    ([5, 7, 6, 3], ["tanh", "relu", "identity"], "crossEntropy", 9),
    ([5, 7, 6, 3], ["sigmoid", "tanh", "identity"], "meanSquaredError", 9),
    ([5, 7, 6, 3], ["relu", "sigmoid", "tanh"], "meanSquaredError", 4),
    ([5, 7, 6, 3], ["tanh", "sigmoid", "sigmoid"], "crossEntropy", 1),
    ([13, 33, 17, 10], ["relu", "tanh", "identity"], "crossEntropy", 70),
    ([2, 1], ["identity"], "meanSquaredError", 3),
]


def flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


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

    a = x
    for position, name in enumerate(activations):
        a = functions[name](a @ parameters[2 * position].T + parameters[2 * position + 1])
    if loss == "crossEntropy":
        value = torch.nn.functional.cross_entropy(a, labels)
    else:
        value = torch.nn.functional.mse_loss(a, targets)

    gradient = flat(torch.autograd.grad(value, parameters, create_graph=True))
    products = []
    for _ in range(2):
        v = torch.randn(gradient.numel()).float().double()
        product = torch.autograd.grad(gradient @ v, parameters, retain_graph=True, allow_unused=True)
        product = flat([torch.zeros_like(p) if h is None else h for h, p in zip(product, parameters)])
        products.append({"v": v.tolist(), "product": product.tolist()})
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


json.dump({"torch": torch.__version__, "cases": [make(seed, *case) for seed, case in enumerate(cases)]}, sys.stdout)
sys.stdout.write("\n")
