"""Against softmax by hand, against small networks, and against the published ones fed as published."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonaface import Analyzer
from bonaface.geometry import Box
from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from bonaface.liveness.minifas import MinifasModel, bona_fide_log_odds
from bonaface.models.catalog import ModelFile, PadNetwork, load_catalog
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.settings import ImageLimits
from support.models.networks import plane_means
from support.models.published import logits, minifas128_input, minifasnet_input, softmax
from support.pictures.labelled import sample

FILE = ModelFile(name="x.onnx", sha256="0" * 64, size=1)


@given(st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=5), st.integers(0, 4))
def test_log_odds_are_those_of_the_softmax(values: list[float], index: int) -> None:
    index %= len(values)
    row = np.array([values], np.float32)
    probability = softmax(row[0].astype(np.float64))[index]
    rest = np.delete(softmax(row[0].astype(np.float64)), index).sum()
    (odds,) = bona_fide_log_odds(row, index)
    assert odds == pytest.approx(np.log(probability) - np.log(rest), abs=1e-9)


def test_two_classes_differ_by_their_logits() -> None:
    assert bona_fide_log_odds(np.array([[3, 1], [0, 5]], np.float32), 0).tolist() == [2, -5]
    assert bona_fide_log_odds(np.array([[3, 1]], np.float32), 1).tolist() == [-2]


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_a_head_that_gives_log_odds_itself(shape: tuple[int, ...]) -> None:
    output = np.array([1, -2, 3], np.float32).reshape(shape)
    assert bona_fide_log_odds(output, None).tolist() == [1, -2, 3]


def _network(**fields: object) -> PadNetwork:
    plain = {"file": FILE, "crop": "shifted", "scale": 1.0, "size": 4, "channels": "rgb"}
    return PadNetwork.model_validate({**plain, **fields})


def _model(**fields: object) -> MinifasModel:
    """Gives the mean of each colour plane of the crop as its logits."""
    network = _network(**fields)
    options = SessionOptions(shapes=MinifasModel.input_shapes(network))
    return MinifasModel(session_factory()(plane_means, options), network)


def _colours() -> RgbImage:
    """Left half (200, 100, 40), right half (10, 20, 250)."""
    image = np.empty((20, 40, 3), np.uint8)
    image[:, :20], image[:, 20:] = (200, 100, 40), (10, 20, 250)
    return image


LEFT, RIGHT = Box(2, 2, 16, 16), Box(24, 2, 38, 16)


@pytest.mark.parametrize(
    ("channels", "divisor", "plane", "expected"),
    [
        ("rgb", 1.0, 0, 200 - 100),
        ("bgr", 1.0, 2, 200 - 100),
        ("rgb", 1.0, 1, 100 - 200),
        ("rgb", 255.0, 0, None),
    ],
)
def test_order_of_planes_and_divisor(
    channels: str, divisor: float, plane: int, expected: float | None
) -> None:
    model = _model(channels=channels, divisor=divisor, bona_fide=plane)
    (odds,) = model.log_odds(_colours(), [LEFT])
    if expected is None:
        red, green, blue = np.array([200, 100, 40]) / 255
        expected = red - np.log(np.exp(green) + np.exp(blue))
    assert odds == pytest.approx(expected, abs=1e-4)


def test_one_answer_a_face_in_the_order_of_the_boxes() -> None:
    model = _model(bona_fide=2)
    odds = model.log_odds(_colours(), [RIGHT, LEFT, RIGHT])
    assert odds.dtype == np.float64
    assert odds.tolist() == pytest.approx([250 - 20, 40 - 200, 250 - 20], abs=1e-4)


def test_no_face_no_answer() -> None:
    assert _model(bona_fide=0).log_odds(_colours(), []).shape == (0,)


def test_a_session_takes_one_face() -> None:
    assert MinifasModel.input_shapes(_network()) == {"crop": (1, 3, 4, 4)}
    assert MinifasModel.input_shapes(_network(input="x")) == {"x": (1, 3, 4, 4)}


def test_warm_up_runs_the_network() -> None:
    _model(bona_fide=0).warm_up()


# Parity with the published networks.

Feed = Callable[[RgbImage, Box, float], NDArray[np.float32]]


def _feed_128(image: RgbImage, box: Box, scale: float) -> NDArray[np.float32]:
    assert scale == 1.5
    return minifas128_input(image, box)


def _reference(model: Path, bona_fide: int, tensor: NDArray[np.float32]) -> float:
    shares = softmax(logits(model, tensor))
    return float(np.log(shares[bona_fide]) - np.log(np.delete(shares, bona_fide).sum()))


CASES: list[tuple[str, Feed, int]] = [("minifasnet", minifasnet_input, 1), ("minifas128", _feed_128, 0)]


@pytest.mark.parametrize(("name", "feed", "bona_fide"), CASES, ids=[case[0] for case in CASES])
def test_published_networks_give_what_their_publishers_get(
    shared: Path, analyzer: Analyzer, portrait: bytes, name: str, feed: Feed, bona_fide: int
) -> None:
    files = [portrait, *(path.read_bytes() for path in sample(shared, 20))]
    images = [decode(data, ImageLimits(min_side=1)) for data in files]
    boxes = [[face.box for face in analyzer.analyze(image).faces] if _big(image) else [] for image in images]
    assert sum(map(len, boxes)) >= 15
    for network in load_catalog().pad(name).networks:
        path = shared / "models" / name / network.file.name
        options = SessionOptions(shapes=MinifasModel.input_shapes(network))
        model = MinifasModel(session_factory("onnxruntime")(path.read_bytes, options), network)
        for image, found in zip(images, boxes, strict=True):
            expected = [_reference(path, bona_fide, feed(image, box, network.scale)) for box in found]
            np.testing.assert_allclose(model.log_odds(image, found), expected, atol=2e-4)


def _big(image: RgbImage) -> bool:
    return bool(min(image.shape[:2]) >= ImageLimits().min_side)


@pytest.mark.parametrize("name", ["minifasnet", "minifas128"])
def test_faces_together_score_as_they_do_alone(shared: Path, name: str, portrait_pixels: RgbImage) -> None:
    boxes = [Box(178, 55, 271, 179), Box(150, 40, 300, 200), Box(0, 0, 100, 120), Box(400, 380, 512, 512)]
    for network in load_catalog().pad(name).networks:
        read = (shared / "models" / name / network.file.name).read_bytes
        options = SessionOptions(shapes=MinifasModel.input_shapes(network))
        model = MinifasModel(session_factory()(read, options), network)
        together = model.log_odds(portrait_pixels, boxes)
        alone = [model.log_odds(portrait_pixels, [box])[0] for box in boxes]
        np.testing.assert_allclose(together, alone, atol=1e-5, rtol=1e-5)


def test_twenty_faces_are_each_told_as_alone() -> None:
    model = _model(bona_fide=0)
    boxes = [Box(x, 2, x + 8, 10) for x in range(2, 22)]
    alone = [float(model.log_odds(_colours(), [box])[0]) for box in boxes]
    assert len(set(alone)) > 5
    assert model.log_odds(_colours(), boxes) == pytest.approx(alone, rel=1e-5)
