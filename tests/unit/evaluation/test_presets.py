import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bonaface.evaluation.calibrate import Rules, calibrate
from bonaface.evaluation.cross_validation import cross_validate
from bonaface.evaluation.presets import as_policy, as_toml, rule_of
from bonaface.evaluation.sources import by_source
from bonaface.liveness.presets import Decision
from bonaface.models.calibration_file import load_calibration
from bonaface.models.catalog import Calibration
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


def test_a_policy_decides_on_scores_of_servers_as_the_fit_would() -> None:
    sources = by_source(whole(random_source(1, "a"), random_source(2, "b")), lambda one: one.log_odds)
    fit = calibrate(sources, 10, 1)
    in_force = Calibration(clip=8, slope=0.3, offset=-1, thresholds=dict.fromkeys(Preset, 0.5))
    made = json.loads(as_policy(fit, in_force, "some-model"))

    assert made.keys() == {"rejectBelow", "acceptFrom", "note"}
    assert "some-model" in made["note"]
    assert in_force.policy.version in made["note"]
    values = sources[0].scores.values
    own, server = fit.presets.platt(values), [Decision(in_force).score(float(value)) for value in values]
    for preset, threshold in ((Preset.WEAK, made["rejectBelow"]), (Preset.STRICT, made["acceptFrom"])):
        assert (np.array(server) >= threshold).tolist() == (own >= fit.presets.thresholds[preset]).tolist()


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_thresholds_at_the_ends_stay_there(threshold: float) -> None:
    fit = calibrate(by_source(whole(random_source(1, "a")), lambda one: one.log_odds), 10, 1)
    ends = replace(fit, presets=replace(fit.presets, thresholds=dict.fromkeys(Preset, threshold)))
    in_force = Calibration(clip=8, slope=0.3, offset=-1, thresholds=dict.fromkeys(Preset, 0.5))
    made = json.loads(as_policy(ends, in_force, "some-model"))
    assert (made["rejectBelow"], made["acceptFrom"]) == (threshold, threshold)


def test_rules_of_ones_own_are_named() -> None:
    own = Rules(weak_bpcer=0.005, strict_apcer=0.02, cost=3)
    assert [rule_of(preset, own) for preset in Preset] == [
        "BPCER 0.5 %",
        "least 3 x APCER + BPCER, BPCER of no source over 20 %",
        "APCER 2 %",
    ]
