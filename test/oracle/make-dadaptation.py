"""Makes optimizers/dadaptSgd.dadaptation.json: paths of the authors' D-Adapt SGD in double precision over 200 steps.

    python3 test/oracle/make-dadaptation.py     (needs PyTorch, and DAdaptSGD of github.com/facebookresearch/dadaptation)

What a fixture is and how its learning rates are chosen: problems.py.
"""
import dadaptation
import torch

from problems import PROBLEMS, case, write

torch.set_default_dtype(torch.float64)


def stepper(**given):
    def make(_problem, start):
        parameters = [torch.tensor(each, requires_grad=True) for each in start]
        optimizer = dadaptation.DAdaptSGD(parameters, **given)

        def step(_weights, gradients, _t):
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = torch.tensor(gradient)
            optimizer.step()
            return [parameter.detach().numpy().copy() for parameter in parameters]

        return step

    return make


NAMES = {"growth": "growth_rate", "weightDecay": "weight_decay"}
RATES = {"quadratic": 0.3, "rosenbrock": 0.3, "network": 0.3, "tiny": 0.3}
SETTINGS = [
    {},
    {"d0": 1e-3, "weightDecay": 0.1},
    {"momentum": 0.5, "d0": 1e-2, "growth": 1.02, "weightDecay": 0.01},
    {"momentum": 0, "d0": 1e-2},
]


def main():
    cases = []
    for settings in SETTINGS:
        for problem in PROBLEMS:
            ours = {"lr": RATES[problem], **settings}
            given = {NAMES.get(name, name): value for name, value in {"momentum": 0.9, **ours}.items()}
            cases.append(case(problem, ours, stepper(**given)))
    write("dadaptSgd", "dadaptation", "facebookresearch/dadaptation", cases)


main()
