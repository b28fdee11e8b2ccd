"""The answer whether there is a person: learnt, added to the file of the refiner; the rest stays."""

from importlib.resources import files

import numpy as np
import pytest
from training.person import REFINER, SIDE, features, fit, look, plain, with_answer, with_features

from bonaface.detection.refiner import INPUT_SHAPES, SIZE
from bonaface.imaging.types import RgbImage
from bonaface.runtime.engines import EngineName, session_factory
from bonaface.runtime.session import SessionOptions


@pytest.fixture(scope="module")
def shipped() -> bytes:
    return (files("bonaface.models") / "weights" / REFINER).read_bytes()


@pytest.fixture
def crops() -> list[RgbImage]:
    rng = np.random.default_rng(6)
    coarse = rng.integers(0, 256, (3, 12, 12, 3), dtype=np.uint8)
    return list(np.kron(coarse, np.ones((1, SIZE // 12, SIZE // 12, 1), np.uint8)))


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_only_the_answer_is_new(shipped: bytes, crops: list[RgbImage], engine: EngineName) -> None:
    values = features(shipped, crops)
    weights = np.asarray(np.random.default_rng(1).normal(0, 0.1, values.shape[1]), np.float32)
    options = SessionOptions(shapes=INPUT_SHAPES)
    answering = with_answer(shipped, weights, 0.5)
    before = session_factory(engine)(lambda: shipped, options)
    after = session_factory(engine)(lambda: answering, options)
    for crop, row in zip(crops, values, strict=True):
        planes = {"crop": np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)}
        said = after.run(planes)
        np.testing.assert_allclose(said["face"], before.run(planes)["face"], atol=1e-4)
        assert said["person"].shape == (1, 1)
        assert said["person"].item() == pytest.approx(float(row @ weights + 0.5), abs=1e-2)


def test_an_answer_that_was_there_is_replaced(shipped: bytes) -> None:
    weights = np.ones(448, np.float32)
    once = with_answer(shipped, weights, 0.0)
    assert with_answer(once, weights, 0.0) == once
    assert with_features(once) == with_features(shipped)


def test_people_are_told_from_the_rest() -> None:
    rng = np.random.default_rng(2)
    group = np.array(["a"] * 60 + ["b"] * 10 + [""] * 40)
    values = rng.normal(0, 1, (110, 5)).astype(np.float32)
    values[:, 1] += np.where(group == "", -3, 3)
    weights, bias = fit(values, group, strength=1.0)
    assert np.mean((values @ weights + bias > 0) == (group != "")) > 0.97


def test_looks_are_of_the_size_that_the_network_sees() -> None:
    crop = np.random.default_rng(3).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    np.testing.assert_array_equal(plain(crop), crop[24:120, 24:120])
    seen = look(crop, np.random.default_rng(4))
    assert seen.shape == (SIZE, SIZE, 3)
    assert not np.array_equal(seen, look(crop, np.random.default_rng(5)))
