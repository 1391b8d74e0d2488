"""
PyTorch training what bench/mnist.run.json says, on the same samples: mnist_torch.py IMAGES LABELS HELD_OUT. HELD_OUT holds the numbers of the
samples held out, as uint32. Evaluates before the first step and after every epoch, as the run does; prints one line of JSON.
"""

import gzip
import json
import sys
from time import perf_counter

import numpy as np
import torch
from torch import nn

began = perf_counter()
torch.manual_seed(1)
images, labels, held_out = sys.argv[1:4]
with gzip.open(images) as file:
    x = torch.from_numpy(np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784).astype(np.float32) / 255)
with gzip.open(labels) as file:
    y = torch.from_numpy(np.frombuffer(file.read(), np.uint8, offset=8).astype(np.int64))
out = torch.zeros(len(x), dtype=torch.bool)
out[torch.from_numpy(np.fromfile(held_out, np.uint32).astype(np.int64))] = True
train, test = (x[~out], y[~out]), (x[out], y[out])

# the initialisation of nn.Linear as it comes, with biases of 0
model = nn.Sequential(nn.Linear(784, 500), nn.Tanh(), nn.Linear(500, 300), nn.Tanh(), nn.Linear(300, 10))
for layer in model:
    if isinstance(layer, nn.Linear):
        nn.init.zeros_(layer.bias)
objective = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
batch, epochs = 100, 6


def evaluate(samples, classes):
    with torch.no_grad():
        outputs = model(samples)
        return objective(outputs, classes).item(), (outputs.argmax(1) == classes).float().mean().item()


evaluate(*train), evaluate(*test)
for epoch in range(epochs):
    order = torch.randperm(len(train[0]))
    for rows in order.split(batch):
        optimizer.zero_grad(set_to_none=True)
        loss = objective(model(train[0][rows]), train[1][rows])
        loss.backward()
        optimizer.step()
        loss.item()
    evaluate(*train)
    held_out_loss, accuracy = evaluate(*test)
seconds = perf_counter() - began
print(json.dumps({"seconds": seconds, "heldOutLoss": held_out_loss, "heldOutAccuracy": accuracy, "version": torch.__version__}))
