#!/usr/bin/env python3
"""Makes schedules.json: 1,000 learning rates of torch.optim.lr_scheduler and of optax schedules, in double precision.

    python3 test/oracle/make-schedules.py     (needs what requirements.txt says)

Each case says what is to be run here (`schedule`, `settings`, `lr`, as in a specification) and what was run there (`outside`). PyTorch's
schedulers are stepped one by one from the optimizer's first rate, as a training loop does. Several of them get each rate from the one before
(StepLR, MultiStepLR, LinearLR, ConstantLR, ExponentialLR, PolynomialLR, CosineAnnealingLR), so that their rounding adds up over the
steps; the rules here are closed forms. PyTorch has those too, unseen by a training loop; how far its two forms are apart is printed. One
case is taken from the closed form, because the chain's own rounding passes 1e-12 there: CosineAnnealingLR that rises again from a high
eta_min, where the chain starts from 1 - cos(pi/T), which has lost four digits. What has no counterpart is written out by hand and run
through LambdaLR.
"""

import json
import math
import warnings
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)

import optax  # noqa: E402
import torch  # noqa: E402
from torch.optim import lr_scheduler as torch_schedules  # noqa: E402

warnings.filterwarnings("ignore")
STEPS = 1000
cases = []


def add(schedule, settings, lr, outside, rates, losses=None):
    assert len(rates) == STEPS and all(math.isfinite(rate) for rate in rates), outside
    case = {"schedule": schedule, "settings": settings, "lr": lr, "outside": outside}
    cases.append({**case, **({"losses": losses} if losses else {}), "rates": rates})


def show(name, arguments):
    return f"{name}({', '.join(f'{key}={value}' for key, value in arguments.items())})"


apart = {}


def torch_rates(make, lr, observe=None, closed=False):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for k in range(STEPS):
        stepped = float(optimizer.param_groups[0]["lr"])
        form = getattr(scheduler, "_get_closed_form_lr", None)
        direct = float(form()[0]) if form else stepped
        if abs(direct) > 1e-6 * lr:
            name = type(scheduler).__name__
            apart[name] = max(apart.get(name, 0.0), abs(stepped - direct) / abs(direct))
        rates.append(direct if closed else stepped)
        optimizer.step()
        if k == STEPS - 1:
            break
        if observe is None:
            scheduler.step()
        else:
            scheduler.step(observe[k])
    return rates


def of_torch(schedule, settings, lr, name, closed=False, **arguments):
    make = getattr(torch_schedules, name)
    outside = show(name, arguments) + (", its closed form" if closed else "")
    add(schedule, settings, lr, outside, torch_rates(lambda optimizer: make(optimizer, **arguments), lr, closed=closed))


def of_optax(schedule, settings, lr, name, **arguments):
    rate = getattr(optax, name)(**arguments)
    add(schedule, settings, lr, show(f"optax.{name}", arguments), [float(rate(k)) for k in range(STEPS)])


def sequence(schedule, settings, lr, outside, first, then, at):
    """A torch schedule after another, by SequentialLR."""

    def make(optimizer):
        return torch_schedules.SequentialLR(optimizer, [first(optimizer), then(optimizer)], milestones=[at])

    add(schedule, settings, lr, outside, torch_rates(make, lr))


def by_hand(schedule, settings, lr, outside, factor):
    add(schedule, settings, lr, f"LambdaLR of {outside}", torch_rates(lambda o: torch_schedules.LambdaLR(o, factor), lr))


# constant
of_optax("constant", {}, 0.3, "constant_schedule", value=0.3)
of_optax("constant", {"warmup": 100}, 0.3, "warmup_constant_schedule", init_value=0.0, peak_value=0.3, warmup_steps=100)

# linear, polynomial
of_optax("linear", {"steps": 800, "lrEnd": 0.01}, 0.2, "linear_schedule", init_value=0.2, end_value=0.01, transition_steps=800)
of_optax("linear", {"steps": 1, "lrEnd": 0.7}, 0.1, "linear_schedule", init_value=0.1, end_value=0.7, transition_steps=1)
of_optax("linear", {"steps": 300, "warmup": 250, "warmupFrom": 1}, 0.1, "linear_schedule",
         init_value=0.1, end_value=0.0, transition_steps=300, transition_begin=250)
of_optax("polynomial", {"steps": 700, "power": 2.5, "lrEnd": 1e-3}, 0.1, "polynomial_schedule",
         init_value=0.1, end_value=1e-3, power=2.5, transition_steps=700)
of_optax("polynomial", {"steps": 700, "power": 0.5, "lrEnd": 0, "warmup": 50, "warmupFrom": 1}, 0.1, "polynomial_schedule",
         init_value=0.1, end_value=0.0, power=0.5, transition_steps=700, transition_begin=50)
of_torch("polynomial", {"steps": 5}, 0.1, "PolynomialLR")
of_torch("polynomial", {"steps": 900, "power": 0.9}, 0.1, "PolynomialLR", total_iters=900, power=0.9)
of_torch("polynomial", {"steps": 1000, "power": 3}, 2.0, "PolynomialLR", total_iters=1000, power=3.0)

# linearFactor, constantFactor
of_torch("linearFactor", {}, 0.1, "LinearLR")
of_torch("linearFactor", {"from": 1, "to": 0, "steps": 997}, 0.1, "LinearLR", start_factor=1.0, end_factor=0.0, total_iters=997)
of_torch("linearFactor", {"from": 1e-3, "to": 0.5, "steps": 600}, 5.0, "LinearLR", start_factor=1e-3, end_factor=0.5, total_iters=600)
of_torch("constantFactor", {}, 0.1, "ConstantLR")
of_torch("constantFactor", {"share": 0.7, "steps": 400}, 0.1, "ConstantLR", factor=0.7, total_iters=400)
of_torch("constantFactor", {"share": 1, "steps": 1}, 0.1, "ConstantLR", factor=1.0, total_iters=1)

# stepDecay, milestones
of_torch("stepDecay", {"period": 300, "factor": 10}, 0.1, "StepLR", step_size=300)
of_torch("stepDecay", {"period": 7, "factor": 1.25}, 0.1, "StepLR", step_size=7, gamma=0.8)
of_torch("stepDecay", {"period": 1, "factor": 2}, 1.0, "StepLR", step_size=1, gamma=0.5)
of_torch("milestones", {"at": [300, 600, 800]}, 0.1, "MultiStepLR", milestones=[300, 600, 800])
of_torch("milestones", {"at": [0, 5, 5, 999], "decay": 0.3}, 0.1, "MultiStepLR", milestones=[5, 0, 999, 5], gamma=0.3)
of_torch("milestones", {"at": [100, 400], "decay": 3}, 0.1, "MultiStepLR", milestones=[100, 400], gamma=3.0)
of_optax("milestones", {"at": [200, 500, 501], "decays": [0.1, 4, 0]}, 0.1, "piecewise_constant_schedule",
         init_value=0.1, boundaries_and_scales={200: 0.1, 500: 4.0, 501: 0.0})

# exponential
of_torch("exponential", {"decay": 0.99}, 0.1, "ExponentialLR", gamma=0.99)
of_torch("exponential", {"decay": 1.001}, 0.1, "ExponentialLR", gamma=1.001)
of_optax("exponential", {"decay": 0.5, "decaySteps": 130}, 0.1, "exponential_decay",
         init_value=0.1, transition_steps=130, decay_rate=0.5)
of_optax("exponential", {"decay": 0.5, "decaySteps": 130, "staircase": True, "lrEnd": 0.002}, 0.1, "exponential_decay",
         init_value=0.1, transition_steps=130, decay_rate=0.5, staircase=True, end_value=0.002)
of_optax("exponential", {"decay": 1.5, "decaySteps": 100, "lrEnd": 0.9, "warmup": 60, "warmupFrom": 1}, 0.1, "exponential_decay",
         init_value=0.1, transition_steps=100, decay_rate=1.5, transition_begin=60, end_value=0.9)
of_optax("exponential", {"decay": 0.7, "decaySteps": 90, "staircase": True, "warmup": 200, "warmupFrom": 0.1}, 0.5,
         "warmup_exponential_decay_schedule", init_value=0.05, peak_value=0.5, warmup_steps=200, transition_steps=90,
         decay_rate=0.7, staircase=True)

# inverseTime, inverseSquareRoot
by_hand("inverseTime", {}, 0.1, "1/(1 + k/100)", lambda k: 1 / (1 + k / 100))
by_hand("inverseTime", {"decay": 0.5, "decaySteps": 7, "staircase": True}, 0.1, "1/(1 + 0.5*floor(k/7))", lambda k: 1 / (1 + 0.5 * (k // 7)))
by_hand("inverseSquareRoot", {"timescale": 400, "warmup": 400}, 1e-3, "min(k/400, sqrt(400/k)), the Transformer's",
        lambda k: min(k / 400, math.sqrt(400 / k)) if k > 0 else 0.0)
by_hand("inverseSquareRoot", {"timescale": 1}, 1.0, "1/sqrt(k + 1)", lambda k: 1 / math.sqrt(k + 1))
by_hand("inverseSquareRoot", {"timescale": 1000, "warmup": 10, "warmupFrom": 0.5}, 0.1, "1/sqrt(1 + (k - 10)/1000) after 0.5 + k/20",
        lambda k: 0.5 + k / 20 if k < 10 else 1 / math.sqrt(1 + (k - 10) / 1000))

# cosine
of_torch("cosine", {"steps": 1000}, 0.1, "CosineAnnealingLR", T_max=1000)
of_torch("cosine", {"steps": 180, "lrMin": 0.004, "periodic": True}, 0.1, "CosineAnnealingLR", T_max=180, eta_min=0.004)
of_torch("cosine", {"steps": 250, "lrMin": 0.3, "periodic": True}, 0.1, "CosineAnnealingLR", closed=True, T_max=250, eta_min=0.3)
of_optax("cosine", {"steps": 640, "lrMin": 0.01}, 0.1, "cosine_decay_schedule", init_value=0.1, decay_steps=640, alpha=0.1)
of_optax("cosine", {"steps": 640, "exponent": 1.7}, 0.1, "cosine_decay_schedule", init_value=0.1, decay_steps=640, exponent=1.7)
of_optax("cosine", {"steps": 700, "lrMin": 0.02, "warmup": 200, "warmupFrom": 0.25}, 0.4, "warmup_cosine_decay_schedule",
         init_value=0.1, peak_value=0.4, warmup_steps=200, decay_steps=900, end_value=0.02)
sequence("cosine", {"steps": 900, "warmup": 100, "warmupFrom": 0.01}, 0.1, "SequentialLR(LinearLR(0.01, 100), CosineAnnealingLR(900))",
         lambda o: torch_schedules.LinearLR(o, start_factor=0.01, total_iters=100),
         lambda o: torch_schedules.CosineAnnealingLR(o, T_max=900), 100)

# warmRestarts
of_torch("warmRestarts", {"period": 100}, 0.1, "CosineAnnealingWarmRestarts", T_0=100)
of_torch("warmRestarts", {"period": 7, "growth": 2, "lrMin": 0.001}, 0.1, "CosineAnnealingWarmRestarts", T_0=7, T_mult=2, eta_min=0.001)
of_torch("warmRestarts", {"period": 1, "growth": 3}, 0.1, "CosineAnnealingWarmRestarts", T_0=1, T_mult=3)
lengths = [100, 200, 400, 800]
add("warmRestarts", {"period": 100, "growth": 2, "decay": 0.5}, 0.1, "optax.sgdr_schedule of peaks halved",
    [float(rate) for rate in map(optax.sgdr_schedule(
        [{"init_value": 0.1, "peak_value": 0.1 * 0.5**i, "warmup_steps": 0, "decay_steps": n} for i, n in enumerate(lengths)]), range(STEPS))])

# oneCycle
def one_cycle(settings, lr, **arguments):
    full = {"max_lr": lr, "total_steps": settings["steps"], "cycle_momentum": False, **arguments}
    of_torch("oneCycle", settings, lr, "OneCycleLR", **full)


one_cycle({"steps": 1000}, 0.1)
one_cycle({"steps": 1000, "rise": 0.45, "divide": 10, "divideEnd": 100, "threePhase": True}, 0.1,
          pct_start=0.45, div_factor=10.0, final_div_factor=100.0, three_phase=True)
one_cycle({"steps": 1003, "rise": 0.123, "way": "linear"}, 3.0, pct_start=0.123, anneal_strategy="linear")
one_cycle({"steps": 1000, "rise": 0, "way": "linear", "divideEnd": 0.5}, 0.1, pct_start=0.0, anneal_strategy="linear", final_div_factor=0.5)
one_cycle({"steps": 1000, "rise": 1, "divide": 4}, 0.1, pct_start=1.0, div_factor=4.0)
one_cycle({"steps": 1000, "rise": 0.7, "threePhase": True}, 0.1, pct_start=0.7, three_phase=True)
of_optax("oneCycleOptax", {"steps": 900}, 0.1, "cosine_onecycle_schedule", transition_steps=900, peak_value=0.1)
of_optax("oneCycleOptax", {"steps": 900, "way": "linear"}, 0.1, "linear_onecycle_schedule", transition_steps=900, peak_value=0.1)
of_optax("oneCycleOptax", {"steps": 777, "way": "linear", "rise": 0.1234, "fall": 0.5, "divide": 8, "divideEnd": 3}, 0.1, "linear_onecycle_schedule",
         transition_steps=777, peak_value=0.1, pct_start=0.1234, pct_final=0.5, div_factor=8.0, final_div_factor=3.0)
of_optax("oneCycleOptax", {"steps": 1000, "rise": 0.999, "divide": 1}, 0.1, "cosine_onecycle_schedule",
         transition_steps=1000, peak_value=0.1, pct_start=0.999, div_factor=1.0)

# cyclic
def cyclic(settings, lr, **arguments):
    of_torch("cyclic", settings, lr, "CyclicLR", base_lr=settings.get("lrMin", 0), max_lr=lr, cycle_momentum=False, **arguments)


cyclic({"lrMin": 0.001}, 0.1)
cyclic({"lrMin": 0.01, "stepsUp": 60, "stepsDown": 140}, 0.1, step_size_up=60, step_size_down=140)
cyclic({"lrMin": 0.01, "stepsUp": 64, "mode": "triangular2"}, 0.1, step_size_up=64, mode="triangular2")
cyclic({"stepsUp": 50, "stepsDown": 1, "mode": "exp_range", "decay": 0.997}, 0.1, step_size_up=50, step_size_down=1, mode="exp_range", gamma=0.997)

# warmupStableDecay
def stable(settings, lr, low, *pieces):
    schedules, ends = zip(*pieces)
    rate = optax.join_schedules(schedules, ends[:-1])
    add("warmupStableDecay", {**settings, "lrMin": low}, lr, "optax.join_schedules", [float(rate(k)) for k in range(STEPS)])


stable({"steps": 900, "warmup": 100, "decay": 0.2}, 0.1, 0,
       (optax.linear_schedule(0.0, 0.1, 100), 100), (optax.constant_schedule(0.1), 820), (optax.linear_schedule(0.1, 0.0, 180), None))
stable({"steps": 800, "warmup": 10, "warmupFrom": 0.5, "decay": 0.5, "way": "cosine"}, 0.1, 0.01,
       (optax.linear_schedule(0.05, 0.1, 10), 10), (optax.constant_schedule(0.1), 410), (optax.cosine_decay_schedule(0.1, 400, alpha=0.1), None))
stable({"steps": 1000, "decay": 1, "way": "squareRoot"}, 0.1, 0, (lambda k: 0.1 * (1 - math.sqrt(k / 1000)), None))

# interpolate
of_optax("interpolate", {"at": [100, 400, 900], "factors": [10, 0.1, 0.5]}, 0.01, "piecewise_interpolate_schedule",
         interpolate_type="linear", init_value=0.01, boundaries_and_scales={100: 10.0, 400: 0.1, 900: 0.5})
of_optax("interpolate", {"at": [1, 500], "factors": [3, 0], "way": "cosine"}, 0.01, "piecewise_interpolate_schedule",
         interpolate_type="cosine", init_value=0.01, boundaries_and_scales={1: 3.0, 500: 0.0})
of_optax("interpolate", {"at": [0, 2000], "factors": [2, 0.25], "way": "cosine"}, 0.01, "piecewise_interpolate_schedule",
         interpolate_type="cosine", init_value=0.01, boundaries_and_scales={0: 2.0, 2000: 0.25})

# sequence, product
add("sequence", {"schedules": [{"name": "linearFactor", "from": 0.1, "steps": 50}, {"name": "exponential", "decay": 0.995},
                               {"name": "stepDecay", "period": 90, "factor": 2}], "at": [50, 600]}, 0.1,
    "SequentialLR of LinearLR, ExponentialLR and StepLR",
    torch_rates(lambda o: torch_schedules.SequentialLR(o, [
        torch_schedules.LinearLR(o, start_factor=0.1, total_iters=50),
        torch_schedules.ExponentialLR(o, gamma=0.995),
        torch_schedules.StepLR(o, step_size=90, gamma=0.5)], milestones=[50, 600]), 0.1))
cycles = optax.sgdr_schedule([
    {"init_value": 0.02, "peak_value": 0.1, "warmup_steps": 40, "decay_steps": 300, "end_value": 0.001},
    {"init_value": 0.001, "peak_value": 0.05, "warmup_steps": 10, "decay_steps": 500}])
add("sequence", {"schedules": [{"name": "cosine", "warmup": 40, "warmupFrom": 0.2, "lrMin": 0.001},
                               {"name": "cosine", "steps": 490, "warmup": 10, "warmupFrom": 0.02}], "at": [300], "factors": [1, 0.5]},
    0.1, "optax.sgdr_schedule of two cycles", [float(cycles(k)) for k in range(STEPS)])
add("product", {"schedules": [{"name": "constantFactor", "share": 0.1, "steps": 20}, {"name": "exponential", "decay": 0.99}]}, 0.1,
    "ChainedScheduler of ConstantLR and ExponentialLR",
    torch_rates(lambda o: torch_schedules.ChainedScheduler([
        torch_schedules.ConstantLR(o, factor=0.1, total_iters=20), torch_schedules.ExponentialLR(o, gamma=0.99)]), 0.1))
add("product", {"schedules": [{"name": "stepDecay", "period": 100, "factor": 2}, {"name": "polynomial", "power": 2}, {"name": "linearFactor"}]}, 3.0,
    "ChainedScheduler of StepLR, PolynomialLR and LinearLR",
    torch_rates(lambda o: torch_schedules.ChainedScheduler([
        torch_schedules.StepLR(o, step_size=100, gamma=0.5), torch_schedules.PolynomialLR(o, total_iters=STEPS, power=2.0),
        torch_schedules.LinearLR(o)]), 3.0))

# reduceOnPlateau: a loss that falls in stages, with a bounded wobble that is exact in binary, so that every reader makes the same
LOSSES = [1 / (1 + k // 64) + ((k * 37) % 64) / 1024 for k in range(STEPS)]


def plateau(settings, lr, **arguments):
    rates = torch_rates(lambda o: torch_schedules.ReduceLROnPlateau(o, **arguments), lr, LOSSES)
    add("reduceOnPlateau", settings, lr, show("ReduceLROnPlateau", arguments), rates, "stages")


plateau({}, 0.1)
plateau({"decay": 0.5, "patience": 3, "cooldown": 5}, 0.1, factor=0.5, patience=3, cooldown=5)
plateau({"decay": 0.7, "patience": 0, "lrMin": 0.02}, 0.1, factor=0.7, patience=0, min_lr=0.02)
plateau({"decay": 0.9, "patience": 20, "threshold": 0.01, "thresholdMode": "abs", "eps": 1e-3}, 0.1,
        factor=0.9, patience=20, threshold=0.01, threshold_mode="abs", eps=1e-3)
plateau({"decay": 0.3, "patience": 8, "threshold": 0.5, "cooldown": 1}, 2.0, factor=0.3, patience=8, threshold=0.5, cooldown=1)

lines = ",\n".join(json.dumps(case) for case in cases)
text = f'{{"torch": "{torch.__version__.split("+")[0]}", "optax": "{optax.__version__}", "losses": {{"stages": {json.dumps(LOSSES)}}}, "cases": [\n{lines}\n]}}\n'
path = Path(__file__).with_name("schedules.json")
path.write_text(text)
for name, most in apart.items():
    print(f"{name}: stepped and closed form are at most {most:.1e} apart")
print(f"{path.name}: {len(cases)} cases, {len(text):,} bytes")
