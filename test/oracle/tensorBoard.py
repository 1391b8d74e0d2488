"""What TensorBoard's own code writes, and what its own reader makes of ours.

    python3 test/oracle/tensorBoard.py make > test/oracle/tensorBoard.json
        The bytes of an event file as TensorBoard's record writer, its protocol buffers and its histograms make them, in both precisions.

    python3 test/oracle/tensorBoard.py check FOLDER RECORD.jsonl
        Reads the event file in FOLDER (npm run export -- RECORD.jsonl --tensorboard FOLDER) with TensorBoard's reader and holds every
        scalar against the record, and every histogram of single weights' rates against TensorBoard's own of the record's numbers. Exit
        code 1 where one is not equal: to the last digit (float64), or rounded to float32.
"""

import base64
import io
import json
import math
import sys

import numpy as np
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2
from tensorboard.plugins.histogram import summary_v2 as histograms
from tensorboard.plugins.scalar import metadata
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

BEGAN = 1700000000.25
STEPS = [
    [0, BEGAN, [["loss/train", 0.1], ["loss/heldOut", math.nan]]],
    [1, BEGAN + 0.5, [["loss/batch", 1 / 3], ["gradientNorm/dense1.weight", 5e-324], ["rate/β₁ 🙂", -0.0]]],
    [2, BEGAN + 1.0, [["loss/batch", math.inf], ["gradientNorm/dense1.weight", 1.7976931348623157e308], ["rate/β₁ 🙂", -math.inf]]],
    [300, BEGAN + 1.5, [["loss/batch", 16777217.0]]],
    [2**40 + 1, BEGAN + 2.0, [[f"tag/{i}", math.pi * 10.0 ** (i - 20)] for i in range(40)]],
]

# Numbers of single weights: spread, all the same, over many powers of ten, two that are neighbours.
SPREADS = {
    1: [["effectiveRate/dense1.weight", [math.sin(i) ** 3 for i in range(100)]], ["effectiveRate/dense1.bias", [0.25] * 7]],
    2: [["effectiveRate/dense1.weight", [10.0 ** -i for i in range(12)]], ["effectiveRate/dense1.bias", [1.0, 1.0 + 2.0**-52]]],
}


def value_of(tag, number, precision, first):
    value = summary_pb2.Summary.Value(tag=tag)
    if precision == "float32":
        with np.errstate(over="ignore"):
            value.simple_value = float(np.float32(number))
    else:
        shape = tensor_shape_pb2.TensorShapeProto()
        value.tensor.CopyFrom(tensor_pb2.TensorProto(dtype="DT_DOUBLE", tensor_shape=shape, double_val=[number]))
    if first:
        value.metadata.CopyFrom(metadata.create_summary_metadata(display_name=None, description=None))
    return value


def file_of(precision):
    file = io.BytesIO()
    writer = RecordWriter(file)
    writer.write(event_pb2.Event(wall_time=BEGAN, file_version="brain.Event:2").SerializeToString())
    seen = set()
    for step, wall_time, scalars in STEPS:
        summary = summary_pb2.Summary()
        for tag, number in scalars:
            summary.value.append(value_of(tag, number, precision, tag not in seen))
            seen.add(tag)
        for tag, numbers in SPREADS.get(step, []):
            value = histograms.histogram_pb(tag, numbers).value[0]
            if tag in seen:
                value.ClearField("metadata")
            summary.value.append(value)
            seen.add(tag)
        writer.write(event_pb2.Event(wall_time=wall_time, step=step, summary=summary).SerializeToString())
    return base64.b64encode(file.getvalue()).decode()


def spelt(number):
    return number if math.isfinite(number) else {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(number)]


def make():
    steps = [[step, time, [[tag, spelt(number)] for tag, number in scalars], SPREADS.get(step, [])] for step, time, scalars in STEPS]
    print(json.dumps({"began": BEGAN, "steps": steps, "float32": file_of("float32"), "float64": file_of("float64")}, ensure_ascii=False))


def read(folder):
    """Precision, the scalars by tag: [(step, number)], and the histograms by tag: [(step, buckets)]."""
    found = event_accumulator.EventAccumulator(folder, size_guidance={event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0})
    found.Reload()
    tensors = {tag: [(it.step, tensor_util.make_ndarray(it.tensor_proto)) for it in found.Tensors(tag)] for tag in found.Tags()["tensors"]}
    plugin = {tag: found.SummaryMetadata(tag).plugin_data.plugin_name for tag in tensors}
    spreads = {tag: them for tag, them in tensors.items() if plugin[tag] == "histograms"}
    if found.Tags()["scalars"]:
        return "float32", {tag: [(it.step, it.value) for it in found.Scalars(tag)] for tag in found.Tags()["scalars"]}, spreads
    scalars = {tag: [(step, one.item()) for step, one in them] for tag, them in tensors.items() if tag not in spreads}
    return "float64", scalars, spreads


def expected_of(record):
    """The same from the record, written down here once more."""
    spellings = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    events = [json.loads(line) for line in open(record, encoding="utf-8") if line.strip()]
    layers = [layer["name"] for layer in events[0]["layers"]]
    network = "network" in events[0]["spec"]["problem"]
    found, spreads = {}, {}

    def add(tag, step, number):
        if number is not None:
            found.setdefault(tag, []).append((step, spellings.get(number, number)))

    def add_settings(settings, step):
        for name, value in settings.items():
            if not isinstance(value, (bool, str)) or value in spellings:
                add(f"setting/{name}", step, value)

    for event in events:
        step = event.get("step")
        if event["type"] == "start":
            optimizer, wrappers = event["spec"]["optimizer"], event["spec"]["wrappers"]
            for prefix, rule in [("", optimizer)] + [(f"{rule.get('name')}.", rule) for rule in wrappers]:
                add_settings({prefix + name: value for name, value in rule.items() if name not in ("name", "file")}, 0)
        elif event["type"] in ("rule", "settings"):
            add_settings(event["settings"], step)
        elif event["type"] == "end":
            for field in ["seconds", "stepsPerSecond"]:
                add(f"run/{field}", step, event[field])
        elif event["type"] == "step":
            for tag, field in [("epoch", "epoch"), ("loss/batch", "loss"), ("learningRate", "lr"), ("value", "value")]:
                add(tag, step, event.get(field))
            for i, layer in enumerate(layers):
                for field in ["gradientNorm", "updateNorm", "weightNorm"]:
                    add(f"{field}/{layer}", step, event[field][i])
                for quantile, number in event["effectiveRate"][i].items():
                    add(f"effectiveRate/{layer}/{quantile}", step, number)
            for field in ["position", "gradient"]:
                for variable, number in event.get(field, {}).items():
                    add(f"{field}/{variable}", step, number)
            for i, numbers in enumerate(event.get("effectiveRatePerWeight", [])):
                numbers = [spellings.get(number, number) for number in numbers]
                finite = [number for number in numbers if math.isfinite(number)]
                if network and finite:
                    own = histograms.histogram_pb("", finite).value[0].tensor
                    spreads.setdefault(f"effectiveRate/{layers[i]}", []).append((step, tensor_util.make_ndarray(own)))
                elif not network:
                    for variable, number in zip(event["position"], numbers):
                        add(f"effectiveRate/position/{variable}", step, number)
        elif event["type"] == "evaluation":
            names = {"loss/train": "trainLoss", "loss/heldOut": "heldOutLoss", "accuracy/train": "trainAccuracy", "accuracy/heldOut": "heldOutAccuracy"}
            for tag, field in names.items():
                add(tag, step, event[field])
        elif event["type"] == "curvature":
            for field, number in event.items():
                if field not in ("type", "step", "verdict", "reason"):
                    add(f"curvature/{'probeGradientNorm' if field == 'gradientNorm' else field}", step, number)
    return found, spreads


def check(folder, record):
    precision, scalars, spreads = read(folder)
    expected, expected_spreads = expected_of(record)
    rounded = np.float32 if precision == "float32" else np.float64
    wrong = sorted((set(scalars) ^ set(expected)) | (set(spreads) ^ set(expected_spreads)))
    with np.errstate(over="ignore"):
        for tag in set(scalars) & set(expected):
            here = [(step, float(rounded(number))) for step, number in expected[tag]]
            if not np.array_equal(np.array(scalars[tag]), np.array(here), equal_nan=True):
                wrong.append(tag)
    for tag in set(spreads) & set(expected_spreads):
        both = list(zip(spreads[tag], expected_spreads[tag]))
        if len(spreads[tag]) != len(expected_spreads[tag]) or any(a != b or not np.array_equal(x, y) for (a, x), (b, y) in both):
            wrong.append(tag)
    count = sum(len(found) for found in scalars.values())
    buckets = sum(len(found) for found in spreads.values())
    said = f"not equal: {', '.join(wrong)}" if wrong else "all equal"
    print(f"{len(scalars) + len(spreads)} tags, {count} scalars, {buckets} histograms, {precision}: {said}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        make()
    elif len(sys.argv) == 4 and sys.argv[1] == "check":
        sys.exit(check(sys.argv[2], sys.argv[3]))
    else:
        sys.exit(__doc__)
