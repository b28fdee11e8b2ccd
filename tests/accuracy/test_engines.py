"""OpenVINO and ONNX Runtime come to the same verdicts on real images."""

from pathlib import Path

import pytest

from bonaface import Analyzer, Settings
from bonaface.models.catalog import load_catalog
from bonaface.runtime.engines import EngineName
from bonaface.settings import ImageLimits, ModelSettings
from support.labelled import sample

pytest.importorskip("bonaface.runtime.openvino", reason="OpenVINO has no build for this machine")

MARGIN = 1e-3


def _analyzer(models: ModelSettings, runtime: EngineName) -> Analyzer:
    own = models.model_copy(update={"runtime": runtime})
    return Analyzer(Settings(models=own, images=ImageLimits(min_side=1)))


def test_same_verdicts_for_every_preset_and_scores_within_a_thousandth(
    shared: Path, model_settings: ModelSettings
) -> None:
    openvino, onnx = (_analyzer(model_settings, name) for name in ("openvino", "onnxruntime"))
    assert openvino.engine.startswith("OpenVINO")
    assert onnx.engine.startswith("ONNX Runtime")
    thresholds = load_catalog().pad(model_settings.pad).calibration.thresholds.values()
    seen = 0
    for image in sample(shared, 60):
        ones, others = (analyzer.analyze(image).faces for analyzer in (openvino, onnx))
        assert len(ones) == len(others), image
        for one, other in zip(ones, others, strict=True):
            seen += 1
            scores = one.liveness_score, other.liveness_score
            assert scores[0] == pytest.approx(scores[1], abs=MARGIN), image
            assert one.spoofing == other.spoofing, image
            assert len({tuple(score >= limit for limit in thresholds) for score in scores}) == 1, image
            assert one.box.x0 == pytest.approx(other.box.x0, abs=0.05), image
    assert seen >= 50
