"""Makes layers.json: what PyTorch in double precision makes of small networks of every kind of layer.

    python3 test/oracle/make-layers.py > test/oracle/layers.json

A case is a list of layers as a run specification writes them, with weights, samples and labels of its own, so that nothing needs to be
drawn the same way twice. Of each: the loss of a step in training and its gradient, the running statistics that the step leaves, the loss of
evaluation with these, and a product with the Hessian. Besides, how far apart two initialisers draw the weights of a convolution.
"""

import json
import sys

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
activations = {"identity": lambda z: z, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "silu": F.silu, "elu": F.elu}

norm = {"batchNorm": True}
cases = {
    "convolution, stride 2 and padding": [
        {"convolution": 3, "kernel": [3, 2], "stride": 2, "padding": 1, "activation": "tanh"},
        {"dense": 3, "activation": "identity"},
    ],
    "convolution, same": [
        {"convolution": 2, "kernel": 3, "padding": "same", "activation": "sigmoid"},
        {"convolution": 2, "kernel": 5, "padding": 2, "activation": "silu"},
        {"dense": 3, "activation": "identity"},
    ],
    "max pooling": [
        {"convolution": 2, "kernel": 1, "activation": "tanh"},
        {"maxPool": 3, "stride": 2, "padding": 1},
        {"flatten": True},
        {"dense": 3, "activation": "identity"},
    ],
    "average pooling": [
        {"averagePool": [2, 3], "stride": 2, "padding": 1},
        {"dense": 4, "activation": "tanh"},
        {"dense": 3, "activation": "identity"},
    ],
    "batch norm of images": [
        {"convolution": 3, "kernel": 3, "activation": "identity"},
        {**norm, "momentum": 0.3, "eps": 0.01, "activation": "tanh"},
        {"dense": 3, "activation": "identity"},
    ],
    "batch norm of rows": [
        {"flatten": True},
        norm,
        {"dense": 5, "activation": "identity"},
        {**norm, "activation": "silu"},
        {"dense": 3, "activation": "identity"},
    ],
    "an activation by itself, no dense layer at the end": [
        {"convolution": 3, "kernel": 3, "activation": "identity"},
        {"averagePool": [4, 4]},
        {"activation": "elu"},
    ],
    "LeNet-5": [
        {"convolution": 3, "kernel": 3, "padding": "same", "activation": "tanh"},
        {"averagePool": 2},
        {"convolution": 4, "kernel": 3, "activation": "tanh"},
        {"dense": 6, "activation": "tanh"},
        {"dense": 5, "activation": "tanh"},
        {"dense": 3, "activation": "identity"},
    ],
    "residual": [
        {"convolution": 3, "kernel": 3, "padding": "same", "activation": "identity"},
        {**norm, "activation": "relu"},
        {
            "residual": [
                {"convolution": 3, "kernel": 3, "padding": "same", "activation": "identity"},
                {**norm, "activation": "relu"},
                {"convolution": 3, "kernel": 3, "padding": "same", "activation": "identity"},
                norm,
            ]
        },
        {
            "residual": [
                {"convolution": 4, "kernel": 3, "padding": 1, "stride": 2, "activation": "identity"},
                {**norm, "activation": "tanh"},
                {"convolution": 4, "kernel": 3, "padding": 1, "activation": "identity"},
                norm,
            ],
            "shortcut": [{"convolution": 4, "kernel": 1, "stride": 2, "activation": "identity"}, norm],
            "activation": "tanh",
        },
        {"averagePool": 3},
        {"dense": 3, "activation": "identity"},
    ],
}
form = {"an activation by itself, no dense layer at the end": (1, 6, 6)}
samples, classes = 4, 3


class Net:
    """Interprets layers. Parameters are made on the first pass; the statistics of `running` move in training."""

    def __init__(self, layers):
        self.layers, self.parameters, self.running = layers, [], []

    def __call__(self, x, parameters=None, training=True, move=False):
        self.making = parameters is None
        self.taken = iter(self.parameters if parameters is None else parameters)
        self.norms, self.training, self.move = iter(range(len(self.running))), training, move
        if self.making:
            self.parameters = []
        return self.chain(self.layers, x)

    def weigh(self, shape, fan_in):
        if not self.making:
            return next(self.taken), next(self.taken)
        weight = torch.randn(shape) / fan_in**0.5 if fan_in else 1 + 0.3 * torch.randn(shape)
        made = [weight.round(decimals=2), (0.3 * torch.randn(shape[0])).round(decimals=2)]
        self.parameters += made
        return made

    def chain(self, layers, x):
        for layer in layers:
            x = self.layer(layer, x)
        return x

    def layer(self, layer, x):
        activation = activations[layer.get("activation", "relu" if "residual" in layer else "identity")]
        pair = lambda value: [value, value] if isinstance(value, int) else value
        if "dense" in layer:
            x = x.flatten(1)
            w, b = self.weigh((layer["dense"], x.shape[1]), x.shape[1])
            return activation(F.linear(x, w, b))
        if "convolution" in layer:
            kernel = pair(layer["kernel"])
            w, b = self.weigh((layer["convolution"], x.shape[1], *kernel), x.shape[1] * kernel[0] * kernel[1])
            return activation(F.conv2d(x, w, b, stride=layer.get("stride", 1), padding=layer.get("padding", 0)))
        if "maxPool" in layer:
            return F.max_pool2d(x, layer["maxPool"], layer.get("stride"), layer.get("padding", 0))
        if "averagePool" in layer:
            return F.avg_pool2d(x, layer["averagePool"], layer.get("stride"), layer.get("padding", 0))
        if "flatten" in layer:
            return x.flatten(1)
        if "batchNorm" in layer:
            w, b = self.weigh((x.shape[1],), None)
            if self.making:
                self.running.append([torch.zeros(x.shape[1]), torch.ones(x.shape[1])])
                at = len(self.running) - 1
            else:
                at = next(self.norms)
            mean, variance = self.running[at]
            if self.training and not self.move:
                mean, variance = mean.clone(), variance.clone()
            return activation(F.batch_norm(x, mean, variance, w, b, self.training, layer.get("momentum", 0.1), layer.get("eps", 1e-5)))
        if "residual" in layer:
            way = self.chain(layer["residual"], x)
            return activation(way + self.chain(layer.get("shortcut", []), x))
        return activation(x)


def flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def make(seed, name, layers):
    torch.manual_seed(seed)
    shape = form.get(name, (2, 6, 6))
    x = torch.randn(samples, *shape).round(decimals=2)
    labels = torch.randint(0, classes, (samples,))
    net = Net(layers)
    net(x)
    parameters = [parameter.requires_grad_() for parameter in net.parameters]
    net.running = [[torch.zeros_like(m), torch.ones_like(v)] for m, v in net.running]
    loss = lambda training, move=False: F.cross_entropy(net(x, parameters, training, move).flatten(1), labels)
    value = loss(True)
    gradient = torch.autograd.grad(value, parameters, create_graph=True)
    v = torch.randn(flat(parameters).numel()).round(decimals=2)
    product = flat(torch.autograd.grad(flat(gradient) @ v, parameters))
    loss(True, True)
    return {
        "name": name,
        "inputs": list(shape),
        "layers": layers,
        "weights": [{"weight": parameters[i].tolist(), "bias": parameters[i + 1].tolist()} for i in range(0, len(parameters), 2)],
        "x": x.reshape(-1).tolist(),
        "labels": labels.tolist(),
        "loss": value.item(),
        "gradient": flat(gradient).tolist(),
        "v": v.tolist(),
        "product": product.tolist(),
        "running": [statistic.tolist() for pair in net.running for statistic in pair],
        "evaluated": loss(False).item(),
    }


def fans(*shape):
    """What PyTorch takes for the fans of a convolution's weight, from the bounds of two of its initialisers."""
    torch.manual_seed(1)
    he = torch.nn.init.kaiming_uniform_(torch.empty(shape), nonlinearity="relu").abs().max().item()
    xavier = torch.nn.init.xavier_uniform_(torch.empty(shape)).abs().max().item()
    return {"shape": shape, "heUniform": he, "xavierUniform": xavier}


json.dump(
    {
        "torch": torch.__version__,
        "cases": [make(seed, *case) for seed, case in enumerate(cases.items())],
        "fans": fans(40, 30, 3, 5),
    },
    sys.stdout,
)
sys.stdout.write("\n")
