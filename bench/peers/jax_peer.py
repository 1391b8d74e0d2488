"""JAX on the CPU: the whole step as one jit with donated buffers, waited for each step: jax_peer.py THREADS."""

import os
import sys

threads = int(sys.argv[1])
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

from functools import partial  # noqa: E402

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import optax  # noqa: E402

from peer import serve  # noqa: E402


def begin(case):
    layers = len(case.widths) - 1
    activation = jax.nn.relu if case.activation == "relu" else jnp.tanh
    optimizer = optax.adam(0.001)

    def objective(parameters, x, y):
        a = x
        for index, (weight, bias) in enumerate(parameters):
            a = a @ weight + bias
            if index < layers - 1:
                a = activation(a)
        if case.loss == "meanSquaredError":
            return jnp.mean((a - y) ** 2)
        return optax.softmax_cross_entropy_with_integer_labels(a, y).mean()

    @partial(jax.jit, donate_argnums=(0, 1))
    def train(parameters, state, x, y):
        loss, gradients = jax.value_and_grad(objective)(parameters, x, y)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(parameters, updates), state, loss

    # matrices are kept [in][out], as is usual there
    parameters = [(jnp.array(case.weights[2 * i].T), jnp.array(case.weights[2 * i + 1])) for i in range(layers)]
    state = optimizer.init(parameters)
    x = [jnp.array(batch) for batch in case.x]
    y = [jnp.array(batch) for batch in case.y]

    def step(i):
        nonlocal parameters, state
        parameters, state, loss = train(parameters, state, x[i], y[i])
        return loss.block_until_ready()

    return step


serve({"library": "JAX", "version": jax.__version__, "threads": threads}, begin)
