"""Makes optimizers/<wrapper>.<origin>.json: paths of PyTorch's and Optax's clippings, penalties and wrappers round SGD and Adam, in double
precision over 200 steps.

    python3 test/oracle/make-wrappers.py [WRAPPER …]     (needs requirements.txt; without names, all of them)

What a fixture is and how its learning rates are chosen: problems.py. Gradient noise is given the rule's own normal numbers (draws.py).
"""
import sys

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
import optax
import torch
from optax import contrib

from draws import draw
from problems import PROBLEMS, case, write

torch.set_default_dtype(torch.float64)

# The rules inside, as either original calls them.
TORCH = {
    "sgd": lambda parameters, lr, momentum=0, **groups: torch.optim.SGD(parameters, lr=lr, momentum=momentum, **groups),
    "adam": lambda parameters, lr, beta1=0.9, **groups: torch.optim.Adam(parameters, lr=lr, betas=(beta1, 0.999), **groups),
}
OPTAX = {
    "sgd": lambda lr, momentum=None: optax.sgd(lr, momentum),
    "adam": lambda lr, beta1=0.9: optax.adam(lr, b1=beta1),
}


def with_torch(make=None, before=None, after=None):
    """A maker of steps for `case`.

    make    (parameters, inner settings, wrapper's) -> the optimizer of torch; by default the plain rule
    before  (parameters, wrapper's) changes the gradients
    after   (parameters, wrapper's, inner settings) changes the weights
    """

    def build(rule, inner, around):
        def start_at(_problem, start):
            parameters = [torch.tensor(each, requires_grad=True) for each in start]
            optimizer = make(parameters, inner, around) if make else TORCH[rule](parameters, **inner)

            def step(_weights, gradients, _t):
                for parameter, gradient in zip(parameters, gradients):
                    parameter.grad = torch.tensor(gradient)
                if before:
                    before(parameters, around)
                optimizer.step()
                if after:
                    with torch.no_grad():
                        after(parameters, around, inner)
                return [parameter.detach().numpy().copy() for parameter in parameters]

            return step

        return start_at

    return build


def with_optax(transform):
    """The same of a transformation of Optax: transform(rule inside, wrapper's settings, inner settings). Not compiled, so that it may ask numpy."""

    def build(rule, inner, around):
        def start_at(problem, start):
            whole = transform(OPTAX[rule](**inner), around, inner)
            state = whole.init([jnp.asarray(each) for each in start])
            update = jax.jit(whole.update)

            def step(weights, gradients, t):
                nonlocal state
                weights = [jnp.asarray(each) for each in weights]
                updates, state = update([jnp.asarray(each) for each in gradients], state, weights)
                weights = optax.apply_updates(weights, updates)
                assert all(leaf.dtype != jnp.float32 for leaf in jax.tree.leaves((weights, state)))
                return [np.asarray(each) for each in weights]

            return step

        return start_at

    return build


def grouped(kind, key):
    """An optimizer of torch with a weight decay: on matrices alone where biases are left out."""

    def make(parameters, inner, around):
        strength = around.get("strength", {"l2": 1e-4, "l2Decoupled": 0.01}[key])
        if around.get("form") == "paper":
            strength /= inner["lr"]
        biases = strength if around.get("biases", True) else 0
        groups = [{"params": [each], "weight_decay": strength if each.ndim > 1 else biases} for each in parameters]
        return kind(groups, **inner)

    return make


def penalised(parameters, around):
    if around.get("form") == "proximal":
        return
    for parameter in parameters:
        if parameter.ndim > 1 or around.get("biases", True):
            (gradient,) = torch.autograd.grad(around.get("strength", 1e-4) * parameter.abs().sum(), parameter)
            parameter.grad += gradient


def shrunk(parameters, around, inner):
    if around.get("form") != "proximal":
        return
    for parameter in parameters:
        if parameter.ndim > 1 or around.get("biases", True):
            parameter.copy_(torch.nn.functional.softshrink(parameter, inner["lr"] * around.get("strength", 1e-4)))


def renormed(parameters, around, _inner):
    for parameter in parameters:
        if parameter.ndim > 1:
            parameter.copy_(torch.renorm(parameter, 2, 0, around.get("maxNorm", 3)))


def clip_each(parameters, around):
    for parameter in parameters:
        torch.nn.utils.clip_grad_norm_([parameter], around.get("maxNorm", 1))


def unitwise(inner, around, _settings):
    """Optax counts units along columns unless told otherwise; here they are rows."""
    clipping, eps = around.get("clipping", 0.01), around.get("eps", 1e-3)
    of = lambda axis: optax.adaptive_grad_clip(clipping, eps, axis)
    label = lambda weights: ["matrix" if each.ndim > 1 else "vector" for each in weights]
    return optax.chain(optax.partition({"matrix": of(1), "vector": of(None)}, label), inner)


def one_by_one(clip):
    """A clipping of the whole gradient, on each tensor by itself."""
    return optax.stateless(lambda updates, _: [clip.update([each], clip.init([each]))[0][0] for each in updates])


def normalised(inner, around, _settings):
    given = {"scale_factor": around.get("length", 1.0), "eps": around.get("eps", 1e-6)}
    whole = contrib.normalize() if around.get("eps") == 0 else optax.normalize_by_update_norm(**given)
    return optax.chain(one_by_one(whole) if around.get("each") else whole, inner)


def noisy(rule, inner, around):
    """optax.add_noise with numbers drawn as the rule draws them."""

    def start_at(problem, start):
        whole = optax.chain(optax.add_noise(around.get("eta", 0.01), around.get("gamma", 0.55), key=0), OPTAX[rule](**inner))
        state = whole.init([jnp.asarray(each) for each in start])

        def step(weights, gradients, t):
            nonlocal state
            sampled, optax.tree.random_like = optax.tree.random_like, lambda *_, **__: draw("normal", [each.shape for each in weights], t)
            updates, state = whole.update([jnp.asarray(each) for each in gradients], state)
            optax.tree.random_like = sampled
            return [np.asarray(w + u) for w, u in zip(weights, updates)]

        return step

    return start_at


def sam(rule, inner, around):
    def start_at(problem, start):
        climb = optax.chain(contrib.normalize(), optax.sgd(around.get("rho", 0.05)))
        whole = contrib.sam(OPTAX[rule](**inner), climb, opaque_mode=True)
        state = whole.init([jnp.asarray(each) for each in start])

        def step(weights, gradients, t):
            nonlocal state
            slope = lambda weights, _: [jnp.asarray(each) for each in problem.gradient(weights, t)]
            weights = [jnp.asarray(each) for each in weights]
            updates, state = whole.update([jnp.asarray(each) for each in gradients], state, weights, grad_fn=slope)
            return [np.asarray(each) for each in optax.apply_updates(weights, updates)]

        return step

    return start_at


def lookahead(rule, inner, around):
    def start_at(problem, start):
        whole = optax.lookahead(OPTAX[rule](**inner), around.get("period", 5), around.get("stepSize", 0.5))
        both = optax.LookaheadParams.init_synced([jnp.asarray(each) for each in start])
        state = whole.init(both)
        update = jax.jit(whole.update)

        def step(_weights, gradients, t):
            nonlocal state, both
            updates, state = update([jnp.asarray(each) for each in gradients], state, both)
            both = optax.apply_updates(both, updates)
            return [np.asarray(each) for each in both.fast]

        return step

    return start_at


def averaged(rule, inner, around):
    """The trained weights are the module's; the step returns their average, as torch.optim.swa_utils keeps it."""

    def start_at(problem, start):
        module = torch.nn.ParameterList([torch.nn.Parameter(torch.tensor(each)) for each in start])
        optimizer = TORCH[rule](module.parameters(), **inner)
        mean = around.get("kind") == "mean"
        kept = None if mean else torch.optim.swa_utils.get_ema_multi_avg_fn(around.get("decay", 0.999))
        average = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=kept)
        start_step, interval = around.get("start", 1), around.get("interval", 1)

        def step(_weights, _gradients, t):
            for parameter, gradient in zip(module, problem.gradient([each.detach().numpy() for each in module], t)):
                parameter.grad = torch.tensor(gradient)
            optimizer.step()
            if t >= start_step and (t - start_step) % interval == 0:
                average.update_parameters(module)
            return [each.detach().numpy().copy() for each in (average.module if t >= start_step else module)]

        return step

    return start_at


OURS = {"decay": "weight_decay", "initial": "s_init", "betas": "num_betas", "beta": "b1", "power": "weight_lr_power"}
called = lambda around: {OURS.get(name, name): value for name, value in around.items()}

PLAIN = {"quadratic": 0.004, "rosenbrock": 0.0002, "network": 0.1, "tiny": 0.1}
ADAPTIVE = {"quadratic": 0.003, "rosenbrock": 0.001, "network": 0.001, "tiny": 0.01}
RATES = {"sgd": PLAIN, "adam": ADAPTIVE}
# Steps of one length, or gradients taken a fixed way uphill, cross a minimum back and forth: these stay on one side of it.
SHORT = {"quadratic": 0.0005, "rosenbrock": 0.0005, "network": 0.002, "tiny": 0.01}
UPHILL = {"quadratic": 0.00005, "rosenbrock": 0.00002, "network": 0.02, "tiny": 0.1}

# Matrices, where the problem has vectors.
ROWS = {"quadratic": [(1, 5)], "rosenbrock": [(1, 2)], "tiny": [(1, 3)] * 5 + [(3, 1)]}

ADAM = ("adam", {})
SGD = ("sgd", {})
HEAVY = ("sgd", {"momentum": 0.9})

# The scale that Mechanic tunes grows until the steps are as long as the problem bears, whatever the rate inside; there it is chaotic. A large
# eps holds it back. Its defaults are followed where the gradients do not depend on the weights.

# Wrapper: origin, maker, cases of (wrapper's settings, rule inside), and what else the cases ask for.
WRAPPERS = {
    "l2": [
        ("torch", lambda rule, inner, around: with_torch(grouped({"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[rule], "l2"))(rule, inner, around),
         [({}, SGD), ({"strength": 0.1}, HEAVY), ({"strength": 0.1}, ADAM), ({"strength": 0.5, "biases": False}, SGD)], {"ones": True}),
    ],
    "l2Decoupled": [
        ("torch", with_torch(grouped(torch.optim.AdamW, "l2Decoupled")),
         [({}, ADAM), ({"strength": 0.5}, ADAM), ({"strength": 0.5, "biases": False}, ADAM), ({"strength": 0.001, "form": "paper"}, ADAM)], {"ones": True}),
        ("optax", with_optax(lambda inner, around, given: optax.chain(inner, optax.add_decayed_weights(-given["lr"] * around["strength"]))),
         [({"strength": 0.3}, SGD), ({"strength": 0.3}, HEAVY)], {"ones": True}),
    ],
    "l1": [
        ("torch", with_torch(before=penalised, after=shrunk),
         [({}, SGD), ({"strength": 0.002}, HEAVY), ({"strength": 0.1, "form": "proximal"}, SGD),
          ({"strength": 0.02, "form": "proximal", "biases": False}, ADAM), ({"strength": 0.01, "biases": False}, ADAM)], {"ones": True}),
    ],
    "maxNorm": [
        ("torch", with_torch(after=renormed), [({}, SGD), ({"maxNorm": 1}, HEAVY), ({"maxNorm": 0.7}, ADAM), ({"maxNorm": 0.4}, SGD)],
         {"ones": True, "shapes": ROWS}),
    ],
    "nonNegative": [
        ("optax", with_optax(lambda inner, around, _: optax.chain(inner, optax.keep_params_nonnegative())),
         [({}, SGD), ({}, HEAVY), ({}, ADAM)], {"ones": True}),
    ],
    "clipValue": [
        ("torch", with_torch(before=lambda parameters, around: torch.nn.utils.clip_grad_value_(parameters, around.get("maxValue", 1))),
         [({}, SGD), ({"maxValue": 0.1}, HEAVY), ({"maxValue": 5}, ADAM)], {}),
        ("optax", with_optax(lambda inner, around, _: optax.chain(optax.clip(around["maxValue"]), inner)), [({"maxValue": 0.5}, SGD)], {}),
    ],
    "clipNorm": [
        ("torch", with_torch(before=clip_each), [({}, SGD), ({"maxNorm": 0.1}, HEAVY), ({"maxNorm": 5}, ADAM)], {}),
        ("optax", with_optax(lambda inner, around, _: optax.chain(one_by_one(optax.clip_by_global_norm(around["maxNorm"])), inner)),
         [({"maxNorm": 0.2, "eps": 0}, SGD)], {}),
    ],
    "clipGlobalNorm": [
        ("torch", with_torch(before=lambda parameters, around: torch.nn.utils.clip_grad_norm_(parameters, around.get("maxNorm", 1))),
         [({}, SGD), ({"maxNorm": 0.1}, HEAVY), ({"maxNorm": 5}, ADAM)], {}),
        ("optax", with_optax(lambda inner, around, _: optax.chain(optax.clip_by_global_norm(around["maxNorm"]), inner)),
         [({"maxNorm": 0.2, "eps": 0}, SGD), ({"maxNorm": 2, "eps": 0}, ADAM)], {}),
    ],
    "clipRms": [
        ("optax", with_optax(lambda inner, around, _: optax.chain(optax.clip_by_block_rms(around.get("threshold", 1)), inner)),
         [({}, SGD), ({"threshold": 0.1}, HEAVY), ({"threshold": 3}, ADAM)], {}),
    ],
    "adaptiveGradientClip": [
        ("optax", with_optax(unitwise), [({}, SGD), ({"clipping": 0.3}, HEAVY), ({"clipping": 0.1, "eps": 0.1}, ADAM)], {"ones": True}),
        ("optax-rows", with_optax(unitwise), [({}, SGD), ({"clipping": 0.3}, HEAVY), ({"clipping": 0.1, "eps": 0.1}, ADAM)],
         {"ones": True, "shapes": ROWS}),
    ],
    "centralize": [
        ("optax", with_optax(lambda inner, around, _: optax.chain(optax.centralize(), inner)), [({}, SGD), ({}, HEAVY), ({}, ADAM)], {"shapes": ROWS}),
    ],
    "normalizeGradient": [
        ("optax", with_optax(normalised),
         [({}, SGD), ({"length": 0.5, "eps": 0.01}, SGD), ({"eps": 0}, SGD), ({"length": 2, "each": True}, ADAM)], {"rates": SHORT}),
    ],
    "gradientNoise": [
        ("optax", noisy, [({}, SGD), ({"eta": 0.3}, HEAVY), ({"eta": 1, "gamma": 1.5}, ADAM)], {}),
    ],
    "sam": [
        ("optax", sam, [({}, SGD), ({"rho": 0.02}, HEAVY), ({"rho": 0.01}, ADAM), ({"rho": 0}, SGD)], {"rates": UPHILL}),
    ],
    "lookahead": [
        ("optax", lookahead, [({}, SGD), ({"period": 6, "stepSize": 0.8}, HEAVY), ({"period": 10, "stepSize": 0.3}, ADAM), ({"period": 1}, SGD)], {}),
    ],
    "weightAverage": [
        ("torch", averaged,
         [({}, SGD), ({"decay": 0.9, "start": 20, "interval": 3}, ADAM), ({"kind": "mean"}, HEAVY), ({"kind": "mean", "start": 51, "interval": 7}, SGD)], {}),
    ],
    "scheduleFree": [
        ("optax", with_optax(lambda inner, around, given: contrib.schedule_free(inner, given["lr"], **called(around))),
         [({}, SGD), ({"beta": 0.98, "power": 1}, SGD), ({"beta": 0.5, "power": 0}, ("adam", {"beta1": 0}))], {}),
    ],
    "mechanic": [
        ("optax", with_optax(lambda inner, around, _: contrib.mechanize(inner, **called(around))),
         [({"initial": 1, "eps": 1, "decay": 0, "betas": 1}, SGD), ({"initial": 1, "eps": 10, "decay": 0.1, "betas": 3}, ADAM), ({"initial": 3, "eps": 100}, SGD)],
         {"rates": {"quadratic": 0.001, "rosenbrock": 1e-5, "network": 0.1, "tiny": 0.001}, "ones": True}),
        ("optax-defaults", with_optax(lambda inner, around, _: contrib.mechanize(inner, **called(around))),
         [({}, SGD), ({}, ADAM), ({"initial": 1e-3, "decay": 0.1, "betas": 3}, HEAVY)], {"rates": {"tiny": 1e-4}, "problems": ["tiny"]}),
    ],
}
VERSIONS = {"torch": torch.__version__.split("+")[0], "optax": optax.__version__}


def main():
    for wrapper in sys.argv[1:] or WRAPPERS:
        for origin, make, several, more in WRAPPERS[wrapper]:
            cases = []
            for around, (rule, given) in several:
                for problem in more.get("problems", PROBLEMS):
                    inner = {"lr": more.get("rates", RATES[rule])[problem], **given}
                    shapes = more.get("shapes", {}).get(problem)
                    step = make(rule, inner, around)
                    wrappers = [{"name": wrapper, **around}]
                    cases.append(case(problem, inner, step, optimizer=rule, wrappers=wrappers, shapes=shapes, ones=more.get("ones", False)))
            library = origin.split("-")[0]
            write(wrapper, origin, f"{library} {VERSIONS[library]}", cases)


main()
