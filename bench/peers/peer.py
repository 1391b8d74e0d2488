"""What all peers in Python have in common: they answer lines of JSON with lines of JSON, and time blocks of steps, as peer.mjs says."""

import json
import sys
from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np

# Seconds that a block of steps lasts at least: long beside the clock's grain, short beside a measurement.
BLOCK = 0.002


@dataclass
class Case:
    """A case with its numbers read. x[i] and y[i] are mini-batch i; weights the tensors weight [out][in], bias, layer after layer."""

    widths: list
    activation: str
    loss: str
    batch: int
    x: np.ndarray
    y: np.ndarray
    weights: list

    @staticmethod
    def read(given):
        widths, batch, batches = given["widths"], given["batch"], given["batches"]
        classes = given["loss"] == "crossEntropy"
        y = np.fromfile(given["y"], np.int32 if classes else np.float32)
        joined = np.fromfile(given["weights"], np.float32)
        weights, at = [], 0
        for inputs, outputs in zip(widths, widths[1:]):
            for shape in ((outputs, inputs), (outputs,)):
                size = int(np.prod(shape))
                weights.append(joined[at : at + size].reshape(shape))
                at += size
        return Case(
            widths,
            given["activation"],
            given["loss"],
            batch,
            np.fromfile(given["x"], np.float32).reshape(batches, batch, widths[0]),
            y.reshape(batches, batch) if classes else y.reshape(batches, batch, 1),
            weights,
        )


def say(answer):
    print(json.dumps(answer), flush=True)


def timed(step, seconds):
    """Median microseconds of a step, over blocks of steps; and how many cores were at work."""
    times, steps, block = [], 0, 1
    start, worked = perf_counter(), process_time()
    while perf_counter() < start + seconds or not times:
        began = perf_counter()
        for _ in range(block):
            step()
        took = perf_counter() - began
        steps += block
        if took >= BLOCK / 2:  # shorter ones do not count
            times.append(took / block)
        if took < BLOCK:
            block *= 2
    cores = (process_time() - worked) / (perf_counter() - start)
    return {"microseconds": 1e6 * sorted(times)[len(times) // 2], "steps": steps, "cores": cores}


def serve(ready, begin):
    """Answers until the other side closes. begin(case) gives step(i): takes mini-batch i, returns its loss once the step is done."""
    say({"ready": ready})
    step = None
    for line in sys.stdin:
        asked = json.loads(line)
        if "open" in asked:
            case = Case.read(asked["open"])
            train, taken = begin(case), 0

            def step():
                nonlocal taken
                loss = train(taken % len(case.x))
                taken += 1
                return loss

            losses = [float(step()) for _ in range(asked["check"])]
            timed(step, asked["warm"])
            say({"losses": losses})
        elif "measure" in asked:
            say(timed(step, asked["measure"]))
        else:
            step = train = case = None
            say({})
