"""Makes optimizers/lbfgs.torch.json: paths of torch.optim.LBFGS in double precision, with and without its line search.

    python3 test/oracle/make-lbfgs.py     (needs requirements.txt)

What a fixture is: problems.py. L-BFGS asks for losses and gradients at points of its own, so it gets a closure.
"""
import torch

from problems import PROBLEMS, case, write

torch.set_default_dtype(torch.float64)

NAMES = {
    "maxIterations": "max_iter",
    "maxEvaluations": "max_eval",
    "historySize": "history_size",
    "toleranceGradient": "tolerance_grad",
    "toleranceChange": "tolerance_change",
}


def stepper(settings):
    given = {NAMES.get(name, name): value for name, value in settings.items() if name != "lineSearch"}
    given.setdefault("history_size", 10)
    search = "strong_wolfe" if settings.get("lineSearch", "strongWolfe") == "strongWolfe" else None

    def make(problem, start):
        parameters = [torch.tensor(each, requires_grad=True) for each in start]
        optimizer = torch.optim.LBFGS(parameters, line_search_fn=search, **given)

        def step(_weights, _gradients, t):
            def closure():
                weights = [parameter.detach().numpy() for parameter in parameters]
                for parameter, gradient in zip(parameters, problem.gradient(weights, t)):
                    parameter.grad = torch.tensor(gradient)
                return torch.tensor(float(problem.loss(weights, t)))

            optimizer.step(closure)
            return [parameter.detach().numpy().copy() for parameter in parameters]

        return step

    return make


# Once no digit of the loss is left to win, the remembered curvature is rounding, and no two ways to order the arithmetic agree on the path:
# the tolerances let every path rest before that.
SETTINGS = [
    {"lr": 1.0, "toleranceGradient": 1e-3},
    {"lr": 0.5, "maxIterations": 3, "historySize": 4, "maxEvaluations": 30, "toleranceGradient": 1e-2, "toleranceChange": 1e-6},
    {"lr": 1.0, "maxIterations": 2, "maxEvaluations": 20, "historySize": 2, "toleranceGradient": 1e-2},
    {"lr": 0.5, "maxIterations": 2, "lineSearch": "none", "toleranceGradient": 1e-2},
]
# On a loss that falls for ever, as `tiny` does, a line search goes on until its evaluations are spent.
TINY = [
    {"lr": 1e-3, "maxIterations": 1, "lineSearch": "none"},
    {"lr": 1e-4, "maxIterations": 1, "lineSearch": "none", "historySize": 3},
    {"lr": 1e-3, "maxIterations": 2, "lineSearch": "none", "historySize": 1, "toleranceGradient": 0.5},
]

cases = [
    case(problem, settings, stepper(settings))
    for problem in PROBLEMS
    for settings in (TINY if getattr(problem, "name", problem) == "tiny" else SETTINGS)
]
write("lbfgs", "torch", f"torch {torch.__version__.split('+')[0]}", cases)
