"""Makes names.json: every optimizer that PyTorch and Optax offer, so that none is forgotten.

    python3 test/oracle/make-names.py     (needs requirements.txt)
"""
import inspect
import json
from pathlib import Path

import optax
import optax.contrib
import torch
from optax._src import alias

# What optax.contrib offers beside optimizers and what goes round them: a schedule, and parts (of Sophia, schedule-free rules, DP-SGD).
NO_OPTIMIZERS = {
    "differentially_private_aggregate",
    "hutchinson_estimator_diag_hessian",
    "reduce_on_plateau",
    "schedule_free_eval_params",
    "split_real_and_imaginary",
}


def optimizers_of(module):
    """Functions that make a whole optimizer or go round one: not the parts (`scale_by_…`) that they are made of."""
    return sorted(
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and not name.startswith(("_", "scale_by_")) and name not in NO_OPTIMIZERS
    )


aliases = {name for name in vars(alias) if not name.startswith("_") and hasattr(optax, name)}
names = {
    "torch.optim": sorted(name for name, kind in vars(torch.optim).items() if inspect.isclass(kind) and name != "Optimizer"),
    "optax": sorted(name for name in aliases if callable(getattr(optax, name)) and name != "MaskOrFn"),
    "optax.contrib": optimizers_of(optax.contrib),
}
file = Path(__file__).with_name("names.json")
file.write_text(json.dumps({"torch": torch.__version__.split("+")[0], "optax": optax.__version__, "names": names}, indent=1) + "\n")
print({module: len(found) for module, found in names.items()})
