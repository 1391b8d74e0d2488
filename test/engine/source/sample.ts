/** A training script as people write them, with most of what the reader must understand. */
export const trainingScript = `"""Trains a small network, four ways."""
import argparse
import torch
import torch.optim as optim
from torch import nn
from torch.optim import AdamW as W, SGD
from torch.utils.data import DataLoader

LR = 3e-4
BETAS = (0.9, 0.95)
EPOCHS, BATCH = 10, 64

parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, default=1e-3)
args = parser.parse_args()


class Trainer:
    """Keeps 'everything' together (really)."""

    momentum = 0.9

    def __init__(self, model, lr=0.1):
        self.optimizer = SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True)

    def epoch(self, loader: DataLoader) -> float:
        total = 0.0
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = self.loss(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            total += loss.item()
        return total / len(loader)


class Net(nn.Module):
    """As the tutorials have it."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc = nn.Linear(1176, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = x.view(-1, 1176)
        return self.fc(x)


model = nn.Sequential(
    nn.Flatten(),
    nn.Linear(28 * 28, 128),  # hidden
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(128, 10),
)
loader = DataLoader(data, batch_size=BATCH, shuffle=True)
loss = nn.CrossEntropyLoss()

adam = torch.optim.Adam(model.parameters(), lr=1e-3)
decoupled = W(model.parameters(), LR / 2, BETAS, weight_decay=0.05)
if args.lr > 0:
    rms = optim.RMSprop(
        model.parameters(),
        lr=args.lr,  # from the command line
        alpha=0.9,
    )
grad = optim.Adagrad(model.parameters(), **{"lr": 0.5})
delta = optim.Adadelta(model.parameters())
`;
