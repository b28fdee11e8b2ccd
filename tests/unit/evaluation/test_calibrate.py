from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.calibrate import (
    CAP,
    Fit,
    Presets,
    Rules,
    calibrate,
    calibrated,
    fit_presets,
)
from bonaface.evaluation.metrics import OperatingPoint, ScoreSet, operating
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import by_source
from bonaface.types import Preset
from support.models.scores import a_source, random_set, random_source, score_set, whole


def mean_operating_points(sources: Sequence[ScoreSet], presets: Presets) -> dict[Preset, OperatingPoint]:
    """APCER (worst kind) and BPCER of each preset, means over sources."""
    scaled = [calibrated(source, presets.platt) for source in sources]
    found = {}
    for preset, threshold in presets.thresholds.items():
        each = [operating(source, threshold) for source in scaled]
        apcer, bpcer = (
            np.mean(rates) for rates in zip(*((one.apcer, one.bpcer) for one in each), strict=True)
        )
        found[preset] = OperatingPoint(threshold, {}, float(apcer), float(bpcer))
    return found


def _fit(*parts: tuple[Scored, ...], rounds: int = 20) -> Fit:
    return calibrate(by_source(whole(*parts), lambda one: one.log_odds), rounds, 1)


def test_each_preset_keeps_its_promise_and_no_neighbour_does_better() -> None:
    sources = [random_set(seed, live=400, attacks=300, shift=2.0) for seed in range(3)]
    presets = fit_presets(sources)
    scaled = [presets.platt(source.values) for source in sources]
    at = mean_operating_points(sources, presets)
    every = np.unique(np.concatenate(scaled))

    def rates(threshold: float) -> tuple[float, float]:
        bpcer = np.mean([(s[o.bona_fide] < threshold).mean() for s, o in zip(scaled, sources, strict=True)])
        apcer = np.mean(
            [
                max((s[o.kinds == kind] >= threshold).mean() for kind in ("print", "replay"))
                for s, o in zip(scaled, sources, strict=True)
            ]
        )
        return float(apcer), float(bpcer)

    for preset, threshold in presets.thresholds.items():
        assert (at[preset].apcer, at[preset].bpcer) == pytest.approx(rates(threshold))
    weak, balanced, strict = (presets.thresholds[preset] for preset in Preset)
    assert rates(weak)[1] <= 0.01 < rates(float(every[every > weak][0]) + 1e-12)[1]
    assert rates(strict)[0] <= 0.01 < rates(float(every[every < strict][-1]))[0]
    assert sum(rates(balanced)) == pytest.approx(min(sum(rates(float(one))) for one in every))
    assert weak < balanced < strict
    assert presets.clamped == ()


def test_classes_that_are_apart_put_the_presets_out_of_order_and_they_are_kept_in_it() -> None:
    presets = fit_presets([score_set([4, 5, 6], print=[-4, -5, -6])])
    weak, balanced, strict = (presets.thresholds[preset] for preset in Preset)

    assert weak <= balanced <= strict
    assert presets.platt(np.array([-4.0]))[0] < balanced < presets.platt(np.array([4.0]))[0]


def test_a_rule_that_falls_on_the_wrong_side_is_clamped_and_told() -> None:
    # One bona fide outlier at the bottom: BPCER 1 % allows for no refusal, so weak lies below it; strict
    # may lie anywhere above the attacks. The least ACER refuses the outlier.
    live = [3.0 + n / 100 for n in range(50)] + [-5.0]
    presets = fit_presets([score_set(live, print=[-3.0 - n / 100 for n in range(50)])])
    weak, balanced, strict = (presets.thresholds[preset] for preset in Preset)

    assert weak < balanced == strict
    # Two hundred live faces: two may be refused, so that weak alone would lie above the least ACER.
    live = [3.0] * 198 + [0.0, 1.0]
    clamped = fit_presets([score_set(live, print=[-3.0] * 50)])
    assert clamped.thresholds[Preset.WEAK] == clamped.thresholds[Preset.BALANCED]
    assert clamped.clamped == (Preset.WEAK,)


def _refused(presets: Presets, source: ScoreSet) -> float:
    return operating(_platted(presets, source), presets.thresholds[Preset.BALANCED]).bpcer


def _platted(presets: Presets, source: ScoreSet) -> ScoreSet:
    return replace(source, values=presets.platt(source.values))


def test_balanced_refuses_a_fifth_of_no_source() -> None:
    """The least mean ACER would refuse half of one camera's genuine faces for the sake of the others."""
    usual = [random_set(seed, live=100, attacks=100, shift=2.0) for seed in range(4)]
    hard = score_set([-3.0 - n / 10 for n in range(20)], print=[-9.0 - n / 10 for n in range(20)])
    without = fit_presets([*usual, replace(hard, capped=False)])
    presets = fit_presets([*usual, hard])

    assert _refused(without, hard) == 1.0
    assert _refused(presets, hard) <= CAP
    few = fit_presets([*usual, hard.take(np.arange(14, 40))])
    assert _refused(few, hard) == 1.0, "fewer than fifteen faces say too little"


def test_intervals_hold_their_thresholds_and_repeat_with_the_seed() -> None:
    parts = [random_source(1, "a"), random_source(2, "b")]
    fit, again = _fit(*parts), _fit(*parts)

    assert fit.intervals == again.intervals
    for preset, threshold in fit.presets.thresholds.items():
        assert fit.intervals[preset].low <= fit.intervals[preset].high
        assert fit.intervals[preset].low <= threshold + 0.15
        assert fit.intervals[preset].high >= threshold - 0.15


def test_a_costlier_attack_makes_balanced_stricter() -> None:
    sources = [random_set(seed, live=200, attacks=200, shift=2.5) for seed in range(3)]
    usual, dear = (fit_presets(sources, Rules(cost=cost)) for cost in (1.0, 5.0))

    assert dear.thresholds[Preset.BALANCED] > usual.thresholds[Preset.BALANCED]


def test_rates_of_ones_own_for_weak_and_strict() -> None:
    sources = [random_set(seed, live=200, attacks=200, shift=1.5) for seed in range(3)]
    presets = fit_presets(sources, Rules(weak_bpcer=0.05, strict_apcer=0.1))
    at = mean_operating_points(sources, presets)

    assert 0.04 <= at[Preset.WEAK].bpcer <= 0.05
    assert 0.09 <= at[Preset.STRICT].apcer <= 0.1


def test_rounds_that_lose_what_is_to_be_fitted_are_left_out() -> None:
    fit = _fit(random_source(1, "a", live=4, attacks=4), rounds=40)
    assert not np.isnan(fit.intervals[Preset.BALANCED].low)


def test_nothing_to_calibrate_on() -> None:
    with pytest.raises(InvalidParameterError, match="No face could be scored"):
        _fit()
    with pytest.raises(InvalidParameterError, match="one of them is missing"):
        _fit(a_source([0.5, 0.6]))


def test_thresholds_are_never_over_one() -> None:
    presets = fit_presets([score_set([40.0, 50.0], print=[-3, 49.0])])
    assert max(presets.thresholds.values()) <= 1.0
    assert operating(score_set([1.0]), presets.thresholds[Preset.STRICT]).bpcer == 0.0
