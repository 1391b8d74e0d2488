"""The same task for several optimizers: hover over each hyperparameter, and train with any of them."""

import torch
from torch import nn

candidates = {
    "plain": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.9, nesterov=True),
    "adagrad": lambda weights: torch.optim.Adagrad(weights, lr=0.05),
    "rmsprop": lambda weights: torch.optim.RMSprop(weights, lr=0.002, alpha=0.99),
    "adamw": lambda weights: torch.optim.AdamW(weights, lr=3e-3, weight_decay=0.01),
}

inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
targets = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

for name, make in candidates.items():
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = make(model.parameters())
    for step in range(500):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
    print(f"{name:10s} {loss.item():.6f}")
