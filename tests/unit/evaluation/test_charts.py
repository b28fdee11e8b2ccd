import cv2
import numpy as np
import pytest

from bonaface.evaluation.charts import (
    det_chart,
    histogram_chart,
    kinds_chart,
    reliability_chart,
    robustness_chart,
)
from bonaface.evaluation.reliability import Bin
from bonaface.evaluation.robustness import Flips
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import Source, by_source
from bonaface.interval import UNTOLD, Figure, share
from bonaface.types import Preset
from support.models.scores import a_source, random_set, random_source, score_set, whole
from support.pictures.picture import Pixels

NAN = float("nan")
AT = {Preset.BALANCED: 0.5}


def _sources(*parts: tuple[Scored, ...]) -> tuple[Source, ...]:
    return by_source(whole(*parts), lambda one: one.score)


def _pixels(png: bytes) -> Pixels:
    assert png.startswith(b"\x89PNG")
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.asarray(image, dtype=np.uint8)


def _ink(png: bytes, colour: tuple[int, int, int]) -> int:
    """Pixels near a colour."""
    return int((np.abs(_pixels(png).astype(int) - colour).max(axis=2) < 25).sum())


BLUE = (31, 119, 180)
"""First line colour of matplotlib."""
ORANGE = (255, 127, 14)
"""Its second."""


def test_det_draws_a_line_for_each_source_with_both_classes() -> None:
    with_line = det_chart(_sources(random_source(1, "a"), a_source([0.9], "live only")), AT)
    without = det_chart(_sources(a_source([0.9], "live only")), AT)

    assert _ink(with_line, BLUE) > 100
    assert _ink(without, BLUE) == 0


def test_presets_are_marked_on_the_curve() -> None:
    sources = _sources(random_source(1, "a"))
    three = dict(zip(Preset, (0.2, 0.5, 0.8), strict=True))
    assert _ink(det_chart(sources, three), (51, 51, 51)) > _ink(det_chart(sources, {}), (51, 51, 51)) + 50


def test_kinds_have_a_line_each() -> None:
    assert _ink(kinds_chart(random_set(1), {}), ORANGE) > 100
    assert _ink(kinds_chart(score_set([0.9, 0.8]), {}), BLUE) == 0


def test_det_of_classes_that_are_apart_is_drawn_at_the_edge() -> None:
    assert _ink(det_chart(_sources(a_source([0.9], "a", print=[0.1])), AT), BLUE) > 20


@pytest.mark.parametrize("count", [1, 3, 4])
def test_histograms_have_a_panel_a_source(count: int) -> None:
    sources = _sources(*(random_source(seed, f"s{seed}") for seed in range(count)))
    image = _pixels(histogram_chart(sources, AT))
    lines, columns = -(-count // 3), min(count, 3)

    assert image.shape[1] == pytest.approx(110 * 4 * columns, abs=2)
    assert image.shape[0] == pytest.approx(110 * (2.2 * lines + 0.6), abs=2)


def test_histogram_shows_both_classes() -> None:
    both = histogram_chart(_sources(a_source([0.9] * 5, "a", print=[0.1] * 5)), AT)
    assert _ink(both, (119, 167, 203)) > 500
    assert _ink(both, (228, 146, 157)) > 500


def test_reliability_of_no_image_is_an_empty_chart() -> None:
    found = (Bin(10, 10.0, 0.1, 0.2), Bin(5, 5.0, 0.9, 0.8))
    assert _ink(reliability_chart(found), (27, 108, 168)) > _ink(reliability_chart(()), (27, 108, 168)) == 0


def test_robustness_leaves_out_what_no_image_was_tried_for() -> None:
    tried = Flips("blur", "1", 20, share(10, 20), 0.5, 0.5, 0.2)
    untried = Flips("blur", "2", 0, Figure(NAN, UNTOLD), NAN, NAN, NAN)

    assert _ink(robustness_chart((tried, untried)), (27, 108, 168)) > 1000
    assert _ink(robustness_chart((untried, untried)), (27, 108, 168)) == 0


def test_the_same_figures_give_the_same_bytes() -> None:
    sources = _sources(random_source(1, "a"))
    assert det_chart(sources, AT) == det_chart(sources, AT)
