"""PyTorch on the CPU with its fused Adam, the loss read back each step: torch_peer.py THREADS."""

import sys

import torch
from torch import nn

from peer import serve

threads = int(sys.argv[1])
torch.set_num_threads(threads)
# Denormal moments of Adam would slow it down several times; ours are flushed, too.
torch.set_flush_denormal(True)


def begin(case):
    layers = []
    for index, (inputs, outputs) in enumerate(zip(case.widths, case.widths[1:])):
        dense = nn.Linear(inputs, outputs)
        with torch.no_grad():
            dense.weight.copy_(torch.from_numpy(case.weights[2 * index]))
            dense.bias.copy_(torch.from_numpy(case.weights[2 * index + 1]))
        layers += [dense, nn.ReLU() if case.activation == "relu" else nn.Tanh()]
    model = nn.Sequential(*layers[:-1])
    objective = nn.CrossEntropyLoss() if case.loss == "crossEntropy" else nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    x = list(torch.from_numpy(case.x))
    y = list(torch.from_numpy(case.y).long() if case.loss == "crossEntropy" else torch.from_numpy(case.y))

    def step(i):
        optimizer.zero_grad(set_to_none=True)
        loss = objective(model(x[i]), y[i])
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


serve({"library": "PyTorch", "version": torch.__version__, "threads": threads}, begin)
