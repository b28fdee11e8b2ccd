"""OpenVINO and ONNX Runtime come to the same verdicts on real images, but where a score is at a threshold."""

from pathlib import Path

import pytest

from bonaface import Analyzer, Settings
from bonaface.models.catalog import load_catalog
from bonaface.runtime.engines import EngineName
from bonaface.settings import ImageLimits, ModelSettings
from support.pictures.labelled import sample

pytest.importorskip("bonaface.runtime.openvino", reason="OpenVINO has no build for this machine")

MARGIN = 2e-2
"""Of scores: each engine rounds a number between two levels of the wide layers' integers its own way."""


def _analyzer(models: ModelSettings, runtime: EngineName) -> Analyzer:
    own = models.model_copy(update={"runtime": runtime})
    return Analyzer(Settings(models=own, images=ImageLimits(min_side=1)))


def test_scores_within_two_hundredths_and_same_verdicts_outside_them(
    shared: Path, model_settings: ModelSettings
) -> None:
    openvino, onnx = (_analyzer(model_settings, name) for name in ("openvino", "onnxruntime"))
    assert openvino.engine.startswith("OpenVINO")
    assert onnx.engine.startswith("ONNX Runtime")
    thresholds = load_catalog().pad(model_settings.pad).calibration.thresholds.values()
    seen = told = 0
    for image in sample(shared, 60):
        ones, others = (analyzer.analyze(image).faces for analyzer in (openvino, onnx))
        assert len(ones) == len(others), image
        for one, other in zip(ones, others, strict=True):
            seen += 1
            scores = one.liveness_score, other.liveness_score
            assert scores[0] == pytest.approx(scores[1], abs=MARGIN), image
            clear = [limit for limit in thresholds if abs(scores[0] - limit) > MARGIN]
            assert len({tuple(score >= limit for limit in clear) for score in scores}) == 1, image
            told += len(clear)
            assert one.box.x0 == pytest.approx(other.box.x0, abs=0.05), image
    assert seen >= 50
    assert told >= 2 * seen
