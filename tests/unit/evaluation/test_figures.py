import numpy as np
import pytest

from bonaface.evaluation.figures import Drawn, carried_threshold, draw_figures, mean_figures
from bonaface.evaluation.metrics import area
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import Source, by_source
from bonaface.interval import share
from bonaface.types import Preset
from support.models.scores import a_source, random_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}


def _sources(*parts: tuple[Scored, ...]) -> tuple[Source, ...]:
    return by_source(whole(*parts), lambda one: one.score)


def _drawn(*parts: tuple[Scored, ...], rounds: int = 60) -> tuple[Drawn, ...]:
    return draw_figures(_sources(*parts), THRESHOLDS, rounds, 1)


def test_the_figures_of_a_source_at_the_presets() -> None:
    (one,) = _drawn(a_source([0.1, 0.6, 0.7, 0.9], print=[0.1, 0.3], replay=[0.55, 0.1, 0.1, 0.1]))
    values = {name: figure.value for name, figure in one.figures.by_name.items()}

    assert (values["weak.apcer"], values["weak.apcer.print"], values["weak.apcer.replay"]) == (0.5, 0.5, 0.25)
    assert (values["balanced.apcer"], values["balanced.bpcer"], values["balanced.acer"]) == (0.25, 0.25, 0.25)
    assert (values["strict.apcer"], values["strict.bpcer"], values["strict.acer"]) == (0.0, 0.75, 0.375)
    assert np.isnan(values["hter"])
    assert one.figures.unit == "image"


def test_hter_is_at_the_threshold_of_the_other_sources() -> None:
    here = a_source([0.3, 0.9], "here", print=[0.1, 0.2])
    there = a_source([0.8, 0.9], "there", print=[0.1, 0.5, 0.6])
    sources = _sources(here, there)
    at = carried_threshold(sources[0], sources)
    hter = {one.figures.name: one.figures.by_name["hter"].value for one in _drawn(here, there)}

    assert 0.6 < at <= 0.8
    assert hter["here"] == (0.0 + 0.5) / 2
    assert 0.2 < carried_threshold(sources[1], sources) <= 0.3
    assert hter["there"] == pytest.approx((2 / 3 + 0.0) / 2)


def test_intervals_hold_the_figure_and_repeat_with_the_seed() -> None:
    first, again = (_drawn(random_source(1, "a"), random_source(2, "b"))[0].figures for _ in range(2))

    assert first.unit == "subject"
    assert first.by_name == again.by_name
    for name in ("eer", "auc", "balanced.acer", "bpcer_at_apcer_10"):
        figure = first.by_name[name]
        assert figure.interval.low <= figure.value <= figure.interval.high
        assert figure.interval.high - figure.interval.low > 0.01


def test_no_error_at_all_still_has_an_interval() -> None:
    (one,) = _drawn(a_source([0.9] * 20, print=[0.1] * 30, replay=[0.1] * 5))
    found = one.figures.by_name

    assert found["balanced.bpcer"] == share(0, 20)
    assert found["balanced.apcer.print"] == share(0, 30)
    assert found["balanced.apcer"] == share(0, 5)
    (other,) = _drawn(a_source([0.1] * 20, print=[0.9]))
    assert other.figures.by_name["balanced.bpcer"] == share(20, 20)


def test_the_mean_of_sources_without_an_error_keeps_their_width() -> None:
    drawn = _drawn(a_source([0.9] * 20, "a", print=[0.1] * 30), a_source([0.9] * 10, "b", print=[0.1] * 10))
    mean = mean_figures("all", drawn).by_name["balanced.bpcer"]
    ends = [share(0, 20).interval.high, share(0, 10).interval.high]

    assert mean.interval.low == 0.0
    assert mean.interval.high == pytest.approx(sum(ends) / 2)


def test_means_weigh_sources_the_same_and_pass_over_what_they_lack() -> None:
    drawn = _drawn(random_source(1, "a", live=10), random_source(2, "b"), a_source([0.1, 0.9], "live only"))
    mean = mean_figures("all", drawn)
    areas = [area(one.source.scores) for one in drawn[:2]]

    assert mean.by_name["auc"].value == pytest.approx(np.mean(areas))
    assert mean.by_name["balanced.bpcer"].value == pytest.approx(
        np.mean([one.figures.by_name["balanced.bpcer"].value for one in drawn])
    )
    low, high = mean.by_name["auc"].interval.low, mean.by_name["auc"].interval.high
    assert low <= mean.by_name["auc"].value <= high
    assert mean.unit == "image or subject"


def test_a_figure_that_no_source_has_is_nan() -> None:
    (only,) = _drawn(a_source([0.1, 0.9]))
    assert np.isnan(mean_figures("all", [only]).by_name["eer"].value)
    assert np.isnan(only.figures.by_name["eer"].interval.low)
    assert only.figures.by_name["balanced.bpcer"].value == 0.5
