"""Whether heatmaps tell anything, and what one costs.

    python -m benchmarks.heatmap ../shared/data/manifest.csv [--images 40]

Drawn images, both classes alike, the largest face of each. *Deletion*: the eight parts that speak most for
the verdict are hidden at once, and eight others drawn at random: how far the log-odds move towards the other
verdict. *Randomised networks* (Adebayo et al., *Sanity Checks for Saliency Maps*, 2018): maps of networks
whose weights are shuffled, and the rank correlation of their cells with those of the true ones. It is to be
low: a map that stays what it was tells of the picture, and not of the networks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import onnx
import typer
from numpy.typing import NDArray
from onnx import numpy_helper

from bonaface import Analyzer
from bonaface.errors import BonafaceError
from bonaface.evaluation.dataset import Label, Sample, limited, read_dataset
from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import LivenessModel
from bonaface.liveness.fusion import FusedModel
from bonaface.liveness.minifas import MinifasModel
from bonaface.liveness.occlusion import GRID, occluded, region_of
from bonaface.liveness.registry import open_liveness_model
from bonaface.models.catalog import PadEntry, load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.settings import Settings, load_settings

SEED = 1
HIDDEN = 8
Cells = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """Of one face: moves of the log-odds towards the other verdict, rank correlation, processor seconds."""

    told: float
    drawn: float
    correlation: float
    seconds: float


def main(manifest: str, images: int = 40) -> None:
    """Print the figures."""
    settings, entry = load_settings(), load_catalog().pad(load_settings().models.pad)
    analyzer, store = Analyzer(settings), ModelStore(settings.models.directory)
    true = open_liveness_model(entry, store, session_factory(settings.models.runtime), 1)
    other = shuffled_model(entry, store, settings)
    generator = np.random.default_rng(SEED)
    samples = read_dataset(manifest)
    for label in Label:
        some = limited([sample for sample in samples if sample.label is label], images // 2, SEED)
        each = [found_on(analyzer, true, other, sample, generator) for sample in some]
        typer.echo(line_of(label, [one for one in each if one is not None]))


def found_on(
    analyzer: Analyzer,
    true: LivenessModel,
    other: LivenessModel,
    sample: Sample,
    generator: np.random.Generator,
) -> Found | None:
    """None where there is no face."""
    try:
        pixels = analyzer.decode(sample.path.read_bytes()).decode()
    except BonafaceError:
        return None
    faces = analyzer.analyze(pixels).faces
    if not faces:
        return None
    box = faces[0].box.rounded()
    region = region_of(box, pixels.shape[1], pixels.shape[0])
    sign = 1.0 if true.log_odds(pixels, [box])[0] > 0 else -1.0
    began = time.process_time()
    cells = occluded(true, pixels, box, region, lambda: None)
    seconds = time.process_time() - began
    random = occluded(other, pixels, box, region, lambda: None)
    order = np.argsort(-sign * cells, axis=None)
    drawn = generator.permutation(GRID * GRID)
    moves = [sign * moved(true, pixels, box, region, places[:HIDDEN]) for places in (order, drawn)]
    return Found(moves[0], moves[1], rank_correlation(cells, random), seconds)


def moved(model: LivenessModel, image: RgbImage, box: Box, region: Box, places: NDArray[np.intp]) -> float:
    """By what the log-odds fall when these parts are hidden together."""
    canvas = image.copy()
    columns = np.linspace(region.x0, region.x1, GRID + 1).round().astype(int)
    rows = np.linspace(region.y0, region.y1, GRID + 1).round().astype(int)
    for row, column in (divmod(int(place), GRID) for place in places):
        part = canvas[rows[row] : rows[row + 1], columns[column] : columns[column + 1]]
        if part.size:
            part[:] = part.mean(axis=(0, 1)).round()
    before, after = (model.log_odds(pixels, [box])[0] for pixels in (image, canvas))
    return float(before - after)


def shuffled_model(entry: PadEntry, store: ModelStore, settings: Settings) -> LivenessModel:
    """The same networks with the values of every weight tensor in another order."""
    factory, generator = session_factory(settings.models.runtime), np.random.default_rng(SEED)
    members: list[tuple[LivenessModel, float]] = []
    for network in entry.networks:
        read = partial(shuffled, store.read(entry, network.file), generator.permutation)
        options = SessionOptions(shapes=MinifasModel.input_shapes(network))
        members.append((MinifasModel(factory(read, options), network), network.weight))
    return FusedModel(members, np.inf)


def shuffled(data: bytes, permutation: Callable[[NDArray[np.generic]], NDArray[np.generic]]) -> bytes:
    """An ONNX file whose weights, tensors of two dimensions or more, have their values shuffled."""
    model = onnx.load_model_from_string(data)
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.ndim > 1:
            mixed = permutation(values.reshape(-1)).reshape(values.shape)
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(mixed), tensor.name))
    return bytes(model.SerializeToString())


def rank_correlation(one: Cells, other: Cells) -> float:
    """Spearman's, -1..1."""
    first, second = (np.argsort(np.argsort(cells, axis=None)).astype(float) for cells in (one, other))
    return float(np.corrcoef(first, second)[0, 1])


def line_of(label: Label, found: list[Found]) -> str:
    """A row of the table in docs/heatmap.md."""
    names = ("told", "drawn", "correlation", "seconds")
    told, drawn, correlation, seconds = (np.array([getattr(one, name) for one in found]) for name in names)
    moves = f"{told.mean():.2f} | {drawn.mean():.2f} | {100 * (told > drawn).mean():.0f} %"
    return f"| {label} | {len(found)} | {moves} | {correlation.mean():.2f} | {np.median(seconds):.2f} |"


if __name__ == "__main__":
    cv2.setNumThreads(1)
    typer.run(main)
