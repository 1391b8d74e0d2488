"""A small network that tells leaves apart, trained with Adam.

Put the cursor on `Adam` below, press F1 and choose "Train with…". Enter all the way trains.
Hover over `lr` to see what it means; click "▶ Train with Adam" above the line to begin with the data.
"""

import csv

import torch
from torch import nn, optim

LR = 1e-3


def load(path):
    """The measurements of every leaf, and the number of its species."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    species = sorted({row["species"] for row in rows})
    inputs = [[float(row[name]) for name in row if name != "species"] for row in rows]
    return torch.tensor(inputs), torch.tensor([species.index(row["species"]) for row in rows])


inputs, labels = load("data/leaves.csv")
inputs = (inputs - inputs.mean(0)) / inputs.std(0)

model = nn.Sequential(
    nn.Linear(4, 32),
    nn.ReLU(),
    nn.Linear(32, 3),
)
loss_function = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=LR, betas=(0.9, 0.999))

for epoch in range(100):
    for batch in torch.randperm(len(inputs)).split(32):
        optimizer.zero_grad()
        loss = loss_function(model(inputs[batch]), labels[batch])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1:3d}  loss {loss.item():.4f}")
