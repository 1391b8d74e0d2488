"""A convolutional network as a class, trained with SGD on digits.

Put the cursor on `SGD` below, press F1 and choose "Train with…", then Shapes (or your own IDX files): `Digits` is offered
with its own layers, fitted to the data where these differ from what the class expects.
"""

import torch
import torch.nn.functional as F
from torch import nn, optim
from torchvision import datasets, transforms


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, kernel_size=3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 16, kernel_size=3, padding=1)
        self.dropout = nn.Dropout(0.25)
        self.fc = nn.Linear(16 * 7 * 7, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc(self.dropout(x))


data = datasets.MNIST("data", download=True, transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)
model = Digits()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)

for images, labels in loader:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
