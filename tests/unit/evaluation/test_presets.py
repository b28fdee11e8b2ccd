from pathlib import Path

import numpy as np
import pytest

from bonaface.evaluation.calibrate import Rules, calibrate
from bonaface.evaluation.cross_validation import cross_validate
from bonaface.evaluation.presets import as_toml, rule_of
from bonaface.evaluation.sources import by_source
from bonaface.liveness.presets import Decision, load_calibration
from bonaface.types import Preset
from support.models.scores import random_source, whole


def test_what_is_written_is_read_back_and_decides_the_same(tmp_path: Path) -> None:
    sources = by_source(whole(random_source(1, "a"), random_source(2, "b")), lambda one: one.log_odds)
    fit = calibrate(sources, 10, 1)
    path = tmp_path / "presets.toml"
    path.write_text(as_toml(fit, {}, 8, "some-model"), "utf-8")
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
    "words",
    [
        "# Calibration of some-model",
        "# BPCER 1 %; 95% interval",
        "# least ACER",
        "# APCER 1 %",
        "cross-validated APCER",
    ],
)
def test_comments_say_the_rules_and_intervals(words: str) -> None:
    sources = by_source(whole(random_source(1, "a")), lambda one: one.log_odds)
    expected = cross_validate(sources, 1).expected(10, 1)
    assert words in as_toml(calibrate(sources, 10, 1), expected, 8.0, "some-model")


def test_rules_of_ones_own_are_named() -> None:
    own = Rules(weak_bpcer=0.005, strict_apcer=0.02, cost=3)
    assert [rule_of(preset, own) for preset in Preset] == [
        "BPCER 0.5 %",
        "least 3 x APCER + BPCER, BPCER of no source over 20 %",
        "APCER 2 %",
    ]
