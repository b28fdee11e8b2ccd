from pathlib import Path

import numpy as np
import pytest

from bonaface.evaluation.calibrate import calibrate
from bonaface.evaluation.presets import as_toml
from bonaface.evaluation.sources import by_source
from bonaface.liveness.presets import Decision, load_calibration
from bonaface.types import Preset
from support.scores import random_source, whole


def test_what_is_written_is_read_back_and_decides_the_same(tmp_path: Path) -> None:
    sources = by_source(whole(random_source(1, "a"), random_source(2, "b")), lambda one: one.log_odds)
    fit = calibrate(sources, 10, 1)
    path = tmp_path / "presets.toml"
    path.write_text(as_toml(fit, 8, "some-model"), "utf-8")
    read = load_calibration(path)

    assert (read.clip, read.slope, read.offset) == (8.0, fit.presets.platt.slope, fit.presets.platt.offset)
    assert read.thresholds == fit.presets.thresholds
    values = sources[0].scores.values
    scores = fit.presets.platt(values)
    decision = Decision(read)
    for preset in Preset:
        verdicts = [decision.verdict(float(value), preset).spoofing for value in values]
        assert verdicts == (scores < fit.presets.thresholds[preset]).tolist()
    np.testing.assert_allclose([decision.score(float(value)) for value in values], scores, rtol=1e-12)


@pytest.mark.parametrize(
    "words", ["# Calibration of some-model", "# BPCER 1 %; 95% interval", "# least ACER", "APCER 1 %"]
)
def test_comments_say_the_rules_and_intervals(words: str) -> None:
    sources = by_source(whole(random_source(1, "a")), lambda one: one.log_odds)
    assert words in as_toml(calibrate(sources, 10, 1), 8.0, "some-model")
