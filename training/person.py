"""Whether what the finder took for a face is one: a linear last answer of the refiner's own network.

    python -m training.person --data DIR --models DIR --pictures DIR

`--pictures` has pictures without a camera's view of a person, to learn what is none: Debian's openclipart-png
(public domain). Nothing of the network is trained but this answer, so boxes and landmarks stay as they are.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

from bonaface.detection import yunet
from bonaface.detection.base import Detector
from bonaface.detection.refiner import BORDER, MARGIN, SIZE, cut_square
from bonaface.detection.upright import AnyOrientation
from bonaface.detection.yunet import YuNetDetector, YuNetOptions
from bonaface.errors import BonafaceError
from bonaface.geometry import Box
from bonaface.imaging.decode import open_picture
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.settings import ImageLimits
from bonaface.types import Detection
from training.augment import CAPTURE, apply
from training.data import Sample, for_training, read_manifest, sources
from training.face_sample import FaceSample, as_rgb
from training.folders import Folders, parser_with_folders, write_log

FINDER, REFINER = "bonaface-face.onnx", "bonaface-align.onnx"
TAPS = (
    "/stages.1/stages.1.3/Relu_output_0",
    "/stages.2/stages.2.1/Relu_output_0",
    "/lateral.0/Relu_output_0",
)
"""Of 24 x 24, 12 x 12 and 12 x 12 cells and 64 planes: fine texture, parts, and the face as a whole."""
NAME = "person"
SIDE, REACH = 144, 2.4
"""Of a crop that is kept, in pixels and in longer sides of the found box: more than the network sees."""
LIMITS = ImageLimits(min_side=1)


@dataclass(frozen=True, slots=True)
class Recipe:
    """per_class: images of a source and label; pictures: how many; least: the finder's confidence from which
    a place in a picture without a person is learnt; copies: of each crop, the first as it is; strength: of
    the regularisation, the inverse of scikit-learn's C."""

    per_class: int = 100
    pictures: int = 10_000
    least: float = 0.2
    copies: int = 4
    strength: float = 300.0
    seed: int = 23


@dataclass(frozen=True, slots=True)
class Crops:
    """images: N x SIDE x SIDE x 3 uint8 RGB; group: N sources, the empty word where there is no person."""

    images: NDArray[np.uint8]
    group: NDArray[np.str_]


def gather(folders: Folders, pictures: Path, recipe: Recipe) -> Crops:
    """What the finder found in images of people that may train, in patches without faces, and in pictures."""
    rng = np.random.default_rng(recipe.seed)
    sure, unsure = (_finder(folders.out / FINDER, least) for least in (0.5, recipe.least))
    people = _chosen(for_training(read_manifest(folders.data)), recipe.per_class, rng)
    files = sorted(file for file in pictures.rglob("*") if file.suffix in (".png", ".jpg"))
    files = [files[place] for place in rng.permutation(len(files))[: recipe.pictures]]
    files += sorted((folders.data / "recapture").rglob("*.jpg"))
    found = itertools.chain(
        (
            (one.source, crop)
            for one in people
            for crop in _crops(one.root / one.path, AnyOrientation(sure), 1)
        ),
        (("", crop) for file in files for crop in _crops(file, unsure, 8)),
    )
    groups, images = zip(*found, strict=True)
    return Crops(np.stack(images), np.array(groups))


def _chosen(samples: Sequence[Sample], most: int, rng: np.random.Generator) -> Iterator[Sample]:
    for source in sources(samples):
        for is_bona_fide in (True, False):
            some = [one for one in samples if (one.source, one.bona_fide) == (source, is_bona_fide)]
            yield from (some[place] for place in rng.permutation(len(some))[:most])


def _finder(file: Path, least: float) -> Detector:
    session = session_factory("auto")(file.read_bytes, SessionOptions(shapes=yunet.INPUT_SHAPES))
    return YuNetDetector(session, YuNetOptions(threshold=least))


def _crops(file: Path, finder: Detector, most: int) -> Iterator[RgbImage]:
    """Of the largest faces; nothing where the file cannot be read."""
    try:
        image = open_picture(file.read_bytes(), LIMITS).overview.pixels
    except BonafaceError:
        return
    yield from (_crop(image, face) for face in finder.detect(image)[:most])


def _crop(image: RgbImage, face: Detection) -> RgbImage:
    box = face.box
    side = max(round(REACH * max(box.width, box.height)), 2)
    left, top = round((box.x0 + box.x1 - side) / 2), round((box.y0 + box.y1 - side) / 2)
    return turned(cut_square(image, left, top, side, SIDE), -face.landmarks.quarters)


def plain(crop: RgbImage) -> RgbImage:
    """96 x 96: what the network sees of it."""
    edge = round(SIDE * (1 - MARGIN / REACH) / 2)
    return as_rgb(cv2.resize(crop[edge : SIDE - edge, edge : SIDE - edge], (SIZE, SIZE)))


def look(crop: RgbImage, rng: np.random.Generator) -> RgbImage:
    """96 x 96: about what the network sees of it, mirrored or not, tilted, and captured anew."""
    if rng.random() < 0.5:
        crop = np.ascontiguousarray(crop[:, ::-1])
    tilt = rng.normal(0, 8) if rng.random() < 0.8 else rng.uniform(-45, 45)
    scale = REACH / MARGIN * SIZE / SIDE * float(np.exp(rng.normal(0, 0.1)))
    matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), float(tilt), scale)
    matrix[:, 2] = matrix[:, 2] + (SIZE - SIDE) / 2 + rng.normal(0, 4, 2)
    image = as_rgb(cv2.warpAffine(crop, matrix, (SIZE, SIZE), borderValue=(BORDER,) * 3))
    if rng.random() < 0.7:
        image = apply(CAPTURE, FaceSample(image, Box(18, 18, 78, 78)), rng).image
    return as_rgb(cv2.resize(image, (SIZE, SIZE)))


def features(model: bytes, crops: Sequence[RgbImage]) -> NDArray[np.float32]:
    """N x F: mean and spread of the planes of each tap, and the largest of the last, of 96 x 96 crops."""
    session = session_factory("auto")(lambda: with_features(model), SessionOptions())
    planes = (np.ascontiguousarray(crop.transpose(2, 0, 1)[None], dtype=np.float32) for crop in crops)
    return np.concatenate([session.run({"crop": one})["features"] for one in planes])


def with_features(model: bytes) -> bytes:
    """The network with one more output, `features`, 1 x F, and without the answer that it may have had."""
    made = onnx.load_from_string(model)
    _remove_answer(made.graph)
    parts = []
    for tap, values in zip("abc", TAPS, strict=True):
        mean, spread = _statistics(made.graph, values, f"{NAME}/{tap}")
        parts += [mean, spread]
    largest = _added(made.graph, "GlobalMaxPool", [TAPS[-1]], f"{NAME}/largest")
    joined = _added(made.graph, "Concat", [*parts, largest], f"{NAME}/joined", axis=1)
    _added(made.graph, "Flatten", [joined], "features", axis=1)
    return _checked(made, "features")


def with_answer(model: bytes, weights: NDArray[np.float32], bias: float) -> bytes:
    """The network with `person`, 1 x 1: log-odds that it is one; weights: F."""
    made = onnx.load_from_string(with_features(model))
    for value, name in ((weights[:, None], f"{NAME}/weights"), (np.array([bias]), f"{NAME}/bias")):
        made.graph.initializer.append(numpy_helper.from_array(value.astype(np.float32), name))
    made.graph.output.pop()
    _added(made.graph, "Gemm", ["features", f"{NAME}/weights", f"{NAME}/bias"], NAME)
    return _checked(made, NAME)


def _statistics(graph: onnx.GraphProto, values: str, name: str) -> tuple[str, str]:
    mean = _added(graph, "GlobalAveragePool", [values], f"{name}/mean")
    squares = _added(graph, "Mul", [values, values], f"{name}/squares")
    power = _added(graph, "GlobalAveragePool", [squares], f"{name}/power")
    square = _added(graph, "Mul", [mean, mean], f"{name}/square")
    rest = _added(graph, "Sub", [power, square], f"{name}/rest")
    variance = _added(graph, "Relu", [rest], f"{name}/variance")  # rounding may leave less than none
    return mean, _added(graph, "Sqrt", [variance], f"{name}/spread")


def _added(
    graph: onnx.GraphProto, kind: str, inputs: Sequence[str], output: str, axis: int | None = None
) -> str:
    node = helper.make_node(kind, inputs, [output], name=f"{NAME}/{kind}/{output}")
    if axis is not None:
        node.attribute.append(helper.make_attribute("axis", axis))
    graph.node.append(node)
    return output


def _remove_answer(graph: onnx.GraphProto) -> None:
    for kept, values in (
        (graph.node, [one for one in graph.node if not one.name.startswith(NAME)]),
        (graph.initializer, [one for one in graph.initializer if not one.name.startswith(NAME)]),
        (graph.output, [one for one in graph.output if one.name == "face"]),
    ):
        del kept[:]
        kept.extend(values)


def _checked(made: onnx.ModelProto, output: str) -> bytes:
    made.graph.output.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, (1, None)))
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def fit(
    values: NDArray[np.float32], group: NDArray[np.str_], strength: float
) -> tuple[NDArray[np.float32], float]:
    """Weights and bias of the log-odds: people weigh as much as the rest, a source by its size's root."""
    is_person = group != ""
    _, place, sizes = np.unique(group, return_inverse=True, return_counts=True)
    weight = np.where(is_person, sizes[place] ** -0.5, 1.0)
    for side in (is_person, ~is_person):
        weight[side] *= is_person.sum() / weight[side].sum()
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    model = LogisticRegression(C=1 / strength, max_iter=300)
    model.fit((values - mean) / spread, is_person, sample_weight=weight)
    weights = model.coef_[0] / spread
    return weights.astype(np.float32), float(model.intercept_[0] - weights @ mean)


def left_out(
    values: NDArray[np.float32], group: NDArray[np.str_], recipe: Recipe
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log-odds of every row of people by answers that did not see its source (two halves of the sources), and
    of the others by answers that did not see the row."""
    rng = np.random.default_rng(recipe.seed)
    names = sorted(set(group.tolist()) - {""})
    first = set(rng.permutation(names)[::2].tolist())
    is_first = np.array([one in first for one in group])
    none = np.flatnonzero(group == "")
    is_first[none[: len(none) // 2]] = True  # copies of a crop lie side by side
    said = np.zeros(len(group))
    for half in (is_first, ~is_first):
        weights, bias = fit(values[~half], group[~half], recipe.strength)
        said[half] = values[half] @ weights + bias
    return said[group != ""], said[group == ""]


def run(folders: Folders, pictures: Path, recipe: Recipe) -> None:
    """The whole way; what it was made with and what it is worth goes to `training/runs/person.json`."""
    kept = folders.work / f"person-{recipe.seed}.npz"
    if not kept.exists():
        made = gather(folders, pictures, recipe)
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, images=made.images, group=made.group)
    with np.load(kept, allow_pickle=False) as file:
        crops = Crops(file["images"], file["group"])
    model = (folders.out / REFINER).read_bytes()
    looks = [
        look(crop, np.random.default_rng((recipe.seed, row, copy))) if copy else plain(crop)
        for row, crop in enumerate(crops.images)
        for copy in range(recipe.copies)
    ]
    values, group = features(model, looks), np.repeat(crops.group, recipe.copies)
    people, others = left_out(values, group, recipe)
    weights, bias = fit(values, group, recipe.strength)
    (folders.out / REFINER).write_bytes(with_answer(model, weights, bias))
    figures = {
        f"{least:+.1f}": {
            "people_lost": float(np.mean(people[:: recipe.copies] < least)),
            "captured_people_lost": float(np.mean(people < least)),
            "others_lost": float(np.mean(others[:: recipe.copies] < least)),
        }
        for least in (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0)
    }
    counts = {"people": int(np.sum(crops.group != "")), "others": int(np.sum(crops.group == ""))}
    write_log("person", folders.data, {"recipe": asdict(recipe), "crops": counts, "left_out": figures})


def main(words: Sequence[str] | None = None) -> None:
    """Reads the command line and runs."""
    parser = parser_with_folders(__doc__)
    parser.add_argument("--pictures", type=Path, required=True, help="pictures without a person")
    given = parser.parse_args(words)
    cv2.setNumThreads(1)
    run(Folders.of(given), given.pictures, Recipe())


if __name__ == "__main__":
    main()
