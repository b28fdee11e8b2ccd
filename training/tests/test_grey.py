"""The line for grey pictures gives attacks nothing, and colours are learnt and put on where they were."""

import json
from pathlib import Path

import numpy as np
import pytest
from training.data import Sample
from training.folders import RUNS
from training.grey import (
    Judged,
    bearable,
    drawn,
    fitted,
    in_log_odds,
    judged,
    made_grey,
    mean_colours,
    rates,
    recoloured,
    recoloured_by_groups,
    slopes,
    table,
    tinted,
)

from bonaface.evaluation.metrics import Floats
from bonaface.models.catalog import load_catalog
from bonaface.types import Preset

THRESHOLDS = {Preset.WEAK: -2.0, Preset.BALANCED: 0.0, Preset.STRICT: 2.0}
KINDS = ("", "", "print", "replay")


def samples(sources: int = 6, images: int = 80) -> list[Sample]:
    """Half bona fide; the last source is a measured one, every other holds whole captures."""
    return [
        Sample(
            root=Path(),
            path=f"{source}/{number}.jpg",
            use="measure" if source == sources - 1 else "train",
            source=f"s{source}",
            bona_fide=not KINDS[number % 4],
            attack_type=KINDS[number % 4],
            subject="p",
            whole_scene=source % 2 == 0,
        )
        for source in range(sources)
        for number in range(images)
    ]


def scores(made: list[Sample], seed: int, live: float, attack: float) -> Floats:
    """Normal classes with these means."""
    noise = np.random.default_rng(seed).normal(0, 1.2, len(made))
    return noise + np.where([one.bona_fide for one in made], live, attack)


def found() -> list[Judged]:
    """In grey both classes lose, bona fide faces more."""
    made = samples()
    return judged(made, scores(made, 1, 2.5, -2.5), scores(made, 2, 0.5, -3.5))


def crops(count: int = 6, side: int = 40) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    coarse = np.random.default_rng(3).integers(40, 200, (count, 5, 5, 3), dtype=np.uint8)
    return np.kron(coarse, np.ones((1, side // 5, side // 5, 1), np.uint8)).astype(np.uint8)


def test_a_draw_has_no_more_than_asked_for_and_is_the_same_each_time() -> None:
    some = drawn(samples(), 5, seed=1)
    counts = {(one.source, one.kind): 0 for one in some}
    for one in some:
        counts[one.source, one.kind] += 1
    assert set(counts.values()) == {5}
    assert len(counts) == 6 * 3
    assert some == drawn(samples(), 5, seed=1) != drawn(samples(), 5, seed=2)


def test_each_source_is_judged_with_its_own_scores() -> None:
    made = samples()
    one = found()[2]
    assert (one.name, one.use, one.whole) == ("s2", "train", True)
    np.testing.assert_array_equal(one.colour.values, scores(made, 1, 2.5, -2.5)[160:240])
    assert [other.whole for other in found()] == [True, False, True, False, True, False]


@pytest.mark.parametrize("preset", list(Preset))
def test_what_is_bearable_lets_no_more_attacks_pass_and_is_the_least(preset: Preset) -> None:
    threshold = THRESHOLDS[preset]
    limit = bearable(found(), threshold)

    def passing(at: float, whole: bool) -> list[float]:
        some = [one for one in found() if one.whole or not whole]
        pairs = [rates(one, threshold, lambda grey: grey - at + threshold)[1:3] for one in some]
        return [float(np.mean(column)) for column in zip(*pairs, strict=True)]

    assert all(grey <= colour + 1e-9 for colour, grey in (passing(limit, False), passing(limit, True)))
    lower = limit - 0.3
    assert any(grey > colour for colour, grey in (passing(lower, False), passing(lower, True)))


def test_the_line_puts_what_is_bearable_on_balanced_and_turns_fewer() -> None:
    line = fitted(found(), THRESHOLDS)
    assert line.slope * bearable(found(), 0.0) + line.offset == pytest.approx(0.0)
    before = np.mean([rates(one, 0.0)[0] for one in found()])
    after = np.mean([rates(one, 0.0, lambda grey: line.slope * grey + line.offset)[0] for one in found()])
    assert after < before / 2


def test_bounds_of_the_slope_put_what_is_bearable_on_weak_and_strict() -> None:
    (low, high), middle = slopes(found(), THRESHOLDS), bearable(found(), 0.0)
    assert low * (bearable(found(), -2.0) - middle) == pytest.approx(-2.0)
    assert high * (bearable(found(), 2.0) - middle) == pytest.approx(2.0)


def test_the_table_has_every_group_and_per_cent() -> None:
    rows = table(found(), THRESHOLDS)
    assert set(rows) == {"whole captures", "crops", "measure", "all"}
    turned, colour, grey, either = rows["all"]["balanced by the line"]
    assert turned < rows["all"]["balanced as is"][0]
    assert either >= max(colour, grey)
    assert 0 < colour < 100


def test_thresholds_in_log_odds_are_those_of_the_scores() -> None:
    calibration = load_catalog().pad("bonaface-pad").calibration
    for preset, at in in_log_odds(calibration).items():
        score = 1 / (1 + np.exp(-(calibration.slope * at + calibration.offset)))
        assert score == pytest.approx(calibration.thresholds[preset])


def test_the_catalog_has_the_line_that_was_logged() -> None:
    line, logged = load_catalog().pad("bonaface-pad").grey, json.loads((RUNS / "grey.json").read_text())
    assert line is not None
    assert line.model_dump() == pytest.approx(logged["line"], abs=0.005)
    low, high = logged["slopes"]
    assert low < line.slope < high


def test_grey_has_the_luma_and_a_tint_its_factors() -> None:
    grey = made_grey(crops())
    assert (grey == grey[..., :1]).all()
    luma = crops() @ np.array([0.114, 0.587, 0.299])
    assert np.abs(grey[..., 0] - luma).max() <= 1
    warmer = tinted(grey, (0.5, 1.0, 2.0))
    np.testing.assert_array_equal(warmer[..., 1], grey[..., 1])
    assert warmer[..., 2].max() == 255


def test_colours_come_back_where_they_are_the_same_everywhere() -> None:
    grey = made_grey(crops()).astype(np.int64)
    skin = np.stack([grey[..., 0] - 12, grey[..., 0], grey[..., 0] + 14], -1).astype(np.uint8)
    again = recoloured(made_grey(skin), mean_colours(skin, np.ones(len(skin))))
    assert np.abs(again.astype(np.int64) - skin).mean() < 2


def test_colours_stay_at_their_place() -> None:
    image = np.full((4, 40, 40, 3), 100, np.uint8)
    image[:, :, :20, 2] = 160
    again = recoloured(made_grey(image), mean_colours(image, np.ones(4)))
    apart = again[..., 2].astype(np.int64) - again[..., 0]
    assert apart[:, :, :15].min() > 40
    assert np.abs(apart[:, :, 25:]).max() < 15


def test_no_source_gets_colours_that_it_taught() -> None:
    made = samples(6, 4)
    faces = np.full((len(made), 40, 40, 3), 100, np.uint8)
    red = np.array([one.source == "s0" and one.bona_fide for one in made])
    faces[red] = (100, 69, 160)  # of the same luma
    painted = recoloured_by_groups({"near": faces}, {"near": made_grey(faces)}, made)["near"]
    own = np.array([one.source == "s0" for one in made])
    apart = painted[..., 2].astype(np.int64) - painted[..., 0]
    assert np.abs(apart[own]).max() == 0
    assert apart[~own & ~red].max() > 0
