"""Eight-bit integers in the wide layers of what ships: `python -m training.quantize --data DIR --models DIR`.

The convolutions of the blocks that are wide inside, two thirds of the time, get weights of seven bits, a
scale a channel, and inputs of eight bits; the rest stays in floats. Seven bits, since processors without
VNNI add products in pairs in sixteen bits: 2 x 255 x 63 fits there, so every processor computes the same.

Each input's range is that of the least squared error on crops of `train` images, and the mean of the
log-odds on them is kept (Nagel et al., *A White Paper on Neural Network Quantization*, 2021). ONNX Runtime's
own quantizer knows no such range; with NNCF's usual one the log-odds of near correlate by 0.75 with the
floats', here by 0.9996.

Reads the files that `training.soup` exports to the folder of caches and the crops that `training.folds`
keeps there; writes what ships, and its hashes into `training/runs/shipped.json`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import Session, SessionOptions
from training.crops import face_file
from training.data import Sample, for_training, read_manifest, sources
from training.folders import RUNS, Folders, hashes, parser_with_folders, write_log
from training.networks import STARTS, Start

CROPS = 200
SEED = 5
WIDE = 50
"""Channels inside a block from which on integers are faster than floats."""
LARGEST_WEIGHT = 63
LEVELS = 255
_SHARES = np.linspace(0.3, 1.0, 40)
_KEPT = 1000

Crops = NDArray[np.uint8]
Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Range:
    """A number is scale x (level - zero), level 0..255."""

    scale: float
    zero: int

    def error(self, values: Values) -> float:
        """Mean square of what is lost of the values."""
        levels = np.clip(np.round(values / self.scale) + self.zero, 0, LEVELS)
        return float(np.mean(((levels - self.zero) * self.scale - values) ** 2))


def best_range(values: Values) -> Range:
    """That of the least squared error among ranges that hold 0 and 0.3 to 1 times the values' own."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 1e-6)
    ranges = [Range(share * (high - low) / LEVELS, round(-low / (high - low) * LEVELS)) for share in _SHARES]
    return min(ranges, key=lambda one: one.error(values))


def calibration_rows(samples: Sequence[Sample], count: int = CROPS, seed: int = SEED) -> NDArray[np.intp]:
    """Places of `count` of the `train` samples, sorted; sources by the square root of their size."""
    training = for_training(samples)
    sizes = {source: sum(one.source == source for one in training) for source in sources(training)}
    chances = np.array([one.use == "train" and sizes[one.source] ** -0.5 for one in samples], np.float64)
    chosen = np.random.default_rng(seed).choice(len(samples), count, replace=False, p=chances / chances.sum())
    return np.sort(chosen)


def quantized(model: onnx.ModelProto, crops: Crops) -> onnx.ModelProto:
    """The network of `training.export` with integers in its wide layers; `model` stays as it is.

    crops: N x S x S x 3 uint8 BGR, as the network sees faces.
    """
    weights = wide_weights(model.graph)
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    inputs = {node.input[0] for node in convolutions if node.input[1] in weights}
    ranges = {name: best_range(values) for name, values in _seen(model, inputs, crops).items()}
    result = _rewritten(model, weights, ranges)
    shift = float(np.mean(_log_odds(result, crops) - _log_odds(model, crops)))
    _move(result.graph, -shift)
    onnx.checker.check_model(result, full_check=True)
    return result


def wide_weights(graph: onnx.GraphProto) -> list[str]:
    """Names of the weights of the convolutions that are run in integers."""
    channels = {tensor.name: tensor.dims[0] for tensor in graph.initializer}
    inside = [
        f"{name.removesuffix('filter.weight')}{unit}.weight"
        for name, count in channels.items()
        if name.endswith("filter.weight") and count >= WIDE
        for unit in ("widen", "filter", "narrow")
    ]
    return [*inside, "body.head.0.weight"]


def quantize_files(folders: Folders) -> list[Path]:
    """Each network from `folders.work` into `folders.out`."""
    rows = calibration_rows(read_manifest(folders.data))
    for start in STARTS:
        crops = np.load(face_file(start.view, folders.work), mmap_mode="r")[rows]
        onnx.save(quantized(onnx.load(floats(start, folders)), crops), folders.out / start.file)
    return [folders.out / start.file for start in STARTS]


def floats(start: Start, folders: Folders) -> Path:
    """Where the network in floats is kept."""
    return folders.work / start.file


def _seen(model: onnx.ModelProto, names: set[str], crops: Crops) -> dict[str, Values]:
    """What tensors hold on the crops: some thousand numbers of each, the least and the largest among them."""
    told = _copy(model)
    told.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in sorted(names))
    session = _session(told)
    rng = np.random.default_rng(SEED)
    kept: dict[str, list[Values]] = {name: [] for name in sorted(names)}
    for blob in _blobs(crops):
        outputs = session.run({"crop": blob})
        for name, parts in kept.items():
            values = outputs[name].ravel()
            parts.append(rng.choice(values, _KEPT))
            parts.append(np.array([values.min(), values.max()]))
    return {name: np.concatenate(parts) for name, parts in kept.items()}


def _rewritten(
    model: onnx.ModelProto, weights: Sequence[str], ranges: Mapping[str, Range]
) -> onnx.ModelProto:
    """With QuantizeLinear and DequantizeLinear, which engines take for a convolution in integers."""
    result = _copy(model)
    graph = result.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for name in weights:
        graph.initializer.extend(_integers(name, numpy_helper.to_array(tensors[name])))
        graph.initializer.remove(tensors[name])
        nodes.append(_node("DequantizeLinear", name, [f"{name}_levels"], name))
        nodes[-1].attribute.append(helper.make_attribute("axis", 0))
    for name, one in ranges.items():
        graph.initializer.append(numpy_helper.from_array(np.array(one.scale, np.float32), f"{name}_scale"))
        graph.initializer.append(numpy_helper.from_array(np.array(one.zero, np.uint8), f"{name}_zero"))
    for node in list(graph.node):
        node.input[:] = [f"{name}_rounded" if name in ranges else name for name in node.input]
        nodes.append(node)
        for name in ranges.keys() & set(node.output):
            nodes.append(_node("QuantizeLinear", name, [name], f"{name}_levels"))
            nodes.append(_node("DequantizeLinear", name, [f"{name}_levels"], f"{name}_rounded"))
    made = helper.make_graph(nodes, graph.name, graph.input, graph.output, graph.initializer)
    graph.CopyFrom(made)
    return result


def _node(operator: str, name: str, inputs: list[str], output: str) -> onnx.NodeProto:
    known = [*inputs, f"{name}_scale", f"{name}_zero"]
    return helper.make_node(operator, known, [output], f"{output}_{operator}")


def _integers(name: str, weight: NDArray[np.float32]) -> Iterator[onnx.TensorProto]:
    """Levels, scale and zero of a convolution's weights, by output channel."""
    largest = np.abs(weight).reshape(len(weight), -1).max(axis=1)
    scale = np.maximum(largest / LARGEST_WEIGHT, 1e-8).astype(np.float32)
    levels = np.round(weight / scale.reshape(-1, 1, 1, 1)).astype(np.int8)
    yield numpy_helper.from_array(levels, f"{name}_levels")
    yield numpy_helper.from_array(scale, f"{name}_scale")
    yield numpy_helper.from_array(np.zeros(len(scale), np.int8), f"{name}_zero")


def _move(graph: onnx.GraphProto, by: float) -> None:
    """Adds to the log-odds: the margins against all classes move alike."""
    (bias,) = (tensor for tensor in graph.initializer if tensor.name == "linear.bias")
    bias.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(bias) + np.float32(by), bias.name))


def _log_odds(model: onnx.ModelProto, crops: Crops) -> Values:
    session = _session(model)
    return np.concatenate([session.run({"crop": blob})["logit"].reshape(-1) for blob in _blobs(crops)])


def _blobs(crops: Crops) -> Iterator[Values]:
    """One by one: 1 x 3 x S x S."""
    for crop in crops:
        yield np.ascontiguousarray(crop.transpose(2, 0, 1)[None], dtype=np.float32)


def _session(model: onnx.ModelProto) -> Session:
    return session_factory("onnxruntime")(model.SerializeToString(), SessionOptions())


def _copy(model: onnx.ModelProto) -> onnx.ModelProto:
    result = onnx.ModelProto()
    result.CopyFrom(model)
    return result


def main() -> None:
    """Reads the command line, writes the files, and their hashes beside those of what they are made of."""
    folders = Folders.of(parser_with_folders(__doc__).parse_args())
    files = quantize_files(folders)
    log = RUNS / "shipped.json"
    made_of = {name: json.loads(log.read_text())[name] for name in ("floats", "made_of")}
    print(f"hashes in {write_log('shipped', folders.data, {'files': hashes(files), **made_of})}")


if __name__ == "__main__":
    main()
