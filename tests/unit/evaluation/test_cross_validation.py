"""Rates come from images that the fit did not see."""

import numpy as np
import pytest

from bonaface.evaluation.calibrate import fit_presets
from bonaface.evaluation.cross_validation import CrossValidation, cross_validate, mean_rates
from bonaface.evaluation.metrics import OperatingPoint
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import by_source
from bonaface.types import Preset
from support.models.scores import a_source, random_source, whole


def _validated(*parts: tuple[Scored, ...]) -> CrossValidation:
    return cross_validate(by_source(whole(*parts), lambda one: one.log_odds), 1)


def test_every_source_is_judged_by_presets_of_the_others() -> None:
    parts = [random_source(1, "a"), random_source(2, "b"), random_source(3, "c")]
    sources = {one.name: one.scores for one in by_source(whole(*parts), lambda one: one.log_odds)}
    found = _validated(*parts)
    others = fit_presets([sources["a"], sources["c"]])
    values = others.platt(sources["b"].values)
    refused = float((values[sources["b"].bona_fide] < others.thresholds[Preset.BALANCED]).mean())

    assert [one.source.name for one in found.unseen] == ["a", "b", "c"]
    assert found.unseen[1].operating(Preset.BALANCED).bpcer == refused
    np.testing.assert_array_equal(found.judged.probabilities[60:120], values)
    assert found.unit == "source"


def test_expected_rates_are_means_over_sources_with_intervals_that_hold_them() -> None:
    found = _validated(random_source(1, "a"), random_source(2, "b"), random_source(3, "c"))
    expected = found.expected(100, 1)

    for preset in Preset:
        at = [one.operating(preset) for one in found.unseen]
        assert expected[preset].apcer.value == pytest.approx(np.mean([one.apcer for one in at]))
        assert expected[preset].bpcer.value == pytest.approx(np.mean([one.bpcer for one in at]))
        for figure in (expected[preset].apcer, expected[preset].bpcer):
            assert figure.interval.low <= figure.value <= figure.interval.high
    assert expected == found.expected(100, 1)


def test_one_source_is_left_out_by_its_subjects() -> None:
    found = _validated(random_source(1, "a"))

    assert (found.unit, len(found.unseen)) == ("subject", 1)
    assert len(found.judged.probabilities) == 60
    assert not np.isnan(found.judged.probabilities).any()


def test_unseen_images_are_judged_worse_than_those_that_fitted() -> None:
    """Thresholds at the edge of few scores do not carry over: what is told must show it."""
    unseen, fitted = [], []
    for seed in range(12):
        scoring = whole(random_source(seed, "a", live=12, attacks=12))
        (source,) = by_source(scoring, lambda one: one.log_odds)
        presets = fit_presets([source.scores])
        values = presets.platt(source.scores.values[source.scores.bona_fide])
        fitted.append((values < presets.thresholds[Preset.WEAK]).mean())
        unseen.append(cross_validate([source], seed).unseen[0].operating(Preset.WEAK).bpcer)

    assert np.mean(fitted) == 0
    assert np.mean(unseen) > 0.02


def test_sources_of_one_class_each_leave_nothing_out() -> None:
    found = _validated(a_source([0.6, 0.7, 0.9], "live"), a_source([], "spoof", print=[0.1, 0.3]))

    assert (found.unseen, found.expected(10, 1)) == ((), {})
    assert len(found.judged.probabilities) == 0


def test_parts_too_few_to_fit_tell_nothing() -> None:
    assert _validated(a_source([0.9], print=[0.1])).unseen == ()


def test_a_class_that_no_source_has_gives_no_rate() -> None:
    nan = float("nan")
    apcer, bpcer = mean_rates([OperatingPoint(0.5, {}, nan, 0.1), OperatingPoint(0.5, {}, nan, 0.3)])
    assert np.isnan(apcer)
    assert bpcer == pytest.approx(0.2)
