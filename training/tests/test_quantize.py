"""Networks with integers say nearly what those in floats say, in both engines, on every processor."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from training.data import Sample
from training.export import export
from training.network import V1SE, V2, Plan, load_upstream
from training.quantize import (
    LARGEST_WEIGHT,
    LEVELS,
    Range,
    best_range,
    calibration_rows,
    quantized,
    wide_weights,
)

from bonaface.runtime.engines import EngineName, session_factory
from bonaface.runtime.session import SessionOptions

NEAR, WIDE = ("2.7_80x80_MiniFASNetV2", V2), ("4_0_0_80x80_MiniFASNetV1SE", V1SE)


def _faces(count: int, seed: int) -> NDArray[np.uint8]:
    """Soft coloured structure: N x 80 x 80 x 3."""
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)
    return np.kron(coarse, np.ones((1, 10, 10, 1), np.uint8)).astype(np.uint8)


def _exported(models: Path, folder: Path, name: str, plan: Plan) -> onnx.ModelProto:
    export(load_upstream(models / "minifasnet" / f"{name}.pth", plan).eval(), folder / "floats.onnx")
    return onnx.load(folder / "floats.onnx")


def _log_odds(model: onnx.ModelProto, faces: NDArray[np.uint8], engine: EngineName) -> NDArray[np.float32]:
    session = session_factory(engine)(model.SerializeToString(), SessionOptions())
    return session.run({"crop": faces.transpose(0, 3, 1, 2).astype(np.float32)})["logit"].reshape(-1)


@pytest.mark.parametrize(("name", "plan"), [NEAR, WIDE])
@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_log_odds_stay(models: Path, tmp_path: Path, name: str, plan: Plan, engine: EngineName) -> None:
    model = _exported(models, tmp_path, name, plan)
    made, seen = quantized(model, _faces(30, 1)), _faces(30, 2)
    before, after = (_log_odds(one, seen, engine) for one in (model, made))
    assert np.abs(after - before).mean() < 0.4
    assert np.corrcoef(before, after)[0, 1] > 0.97
    assert made.ByteSize() < model.ByteSize() / 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_mean_over_what_it_is_fitted_to_is_kept(models: Path, tmp_path: Path) -> None:
    model, faces = _exported(models, tmp_path, *NEAR), _faces(20, 1)
    made = quantized(model, faces)
    before, after = (_log_odds(one, faces, "onnxruntime") for one in (model, made))
    assert after.mean() == pytest.approx(before.mean(), abs=0.02)
    assert quantized(model, faces).SerializeToString() == made.SerializeToString()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_wide_layers_alone_are_integers_that_no_processor_cuts(models: Path, tmp_path: Path) -> None:
    model = _exported(models, tmp_path, *NEAR)
    made = quantized(model, _faces(5, 1))
    wide = wide_weights(model.graph)
    levels = {one.name: numpy_helper.to_array(one) for one in made.graph.initializer}
    assert wide == [
        *(f"body.blocks.{block}.{unit}.weight" for block in (0, 5, 6, 7, 9, 12) for unit in UNITS),
        "body.head.0.weight",
    ]
    for name in wide:
        assert levels[f"{name}_levels"].dtype == np.int8
        assert np.abs(levels[f"{name}_levels"].astype(int)).max() == LARGEST_WEIGHT
    assert 2 * LEVELS * LARGEST_WEIGHT < 2**15
    assert levels["body.blocks.1.widen.weight"].dtype == np.float32


UNITS = ("widen", "filter", "narrow")


def test_a_range_loses_least() -> None:
    levels = (np.arange(256) - 100).astype(np.float32) * 0.5
    exact = best_range(levels)
    assert exact.scale == pytest.approx(0.5)
    assert exact.zero == 100
    assert exact.error(levels) == pytest.approx(0, abs=1e-9)
    rare = np.append(np.random.default_rng(0).normal(0, 1, 100_000), 30).astype(np.float32)
    assert best_range(rare).error(rare) < Range((30 - rare.min()) / LEVELS, exact.zero).error(rare)
    assert best_range(np.zeros(3, np.float32)).error(np.zeros(3, np.float32)) == 0


def _sample(use: str, source: str) -> Sample:
    return Sample(
        Path(), f"{source}.jpg", "train" if use == "train" else "measure", source, True, "", "", True
    )


def test_measure_is_never_fitted_to_and_small_sources_are_seen() -> None:
    samples = (
        [_sample("measure", "m")] * 50 + [_sample("train", "large")] * 400 + [_sample("train", "small")] * 4
    )
    rows = calibration_rows(samples, 60)
    assert len(set(rows.tolist())) == 60
    assert rows.min() >= 50
    assert sum(row >= 450 for row in rows.tolist()) >= 2
    assert rows.tolist() == calibration_rows(samples, 60).tolist()
