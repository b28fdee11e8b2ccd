"""Two versions measured in pairs: the arithmetic, and the measures on this version alone."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import measures, progress
from benchmarks.compare import compare, table
from benchmarks.measures import CROWD, MORE_IS_BETTER, THROUGHPUT, Turn, in_pairs
from benchmarks.progress import rows_of
from benchmarks.sides import ROOT, Side, checked_out

COST = "cost"


def _turns(measure: str, *figures: float) -> list[Turn]:
    return [{measure: figure} for figure in figures]


def test_the_ratio_is_the_median_of_those_within_pairs() -> None:
    """The machine is three times as slow in the second pair; the newer version always takes a tenth more."""
    (found,) = compare({"base": _turns(COST, 10, 30, 20), "current": _turns(COST, 11, 33, 22)})
    assert (found.base, found.current) == (20, 22)
    assert found.ratio == pytest.approx(1.1)
    assert found.middle == pytest.approx((1.1, 1.1))


def test_the_middle_half_is_told() -> None:
    (found,) = compare({"base": _turns(COST, *[1] * 5), "current": _turns(COST, 5, 1, 3, 2, 4)})
    assert (found.ratio, found.middle) == (3, (2, 4))


@pytest.mark.parametrize(("current", "is_worse"), [(104, False), (105, False), (106, True), (50, False)])
def test_more_than_a_twentieth_is_worse(current: float, is_worse: bool) -> None:
    (found,) = compare({"base": _turns(COST, 100), "current": _turns(COST, current)})
    assert found.is_worse is is_worse
    assert ("WORSE" in "".join(table([found]))) is is_worse


@pytest.mark.parametrize(("current", "is_worse"), [(90, True), (96, False), (200, False)])
def test_of_throughput_less_is_worse(current: float, is_worse: bool) -> None:
    (found,) = compare({"base": _turns(THROUGHPUT, 100), "current": _turns(THROUGHPUT, current)})
    assert found.is_worse is is_worse
    assert found.ratio == pytest.approx(100 / current)


def test_an_outlier_in_one_pair_says_nothing() -> None:
    (found,) = compare({"base": _turns(COST, 1, 1, 1), "current": _turns(COST, 1, 9, 1)})
    assert not found.is_worse


def test_every_measure_of_a_real_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for calls in ("CALLS", "SLOW_CALLS"):
        monkeypatch.setattr(measures, calls, 1)
    sides = [Side("base", Path(sys.executable), tmp_path / "base")]
    asked = (*progress.MEASURES, measures.invalid)
    (turn,) = in_pairs(sides, asked, pairs=1, seconds=0.2, folder=tmp_path)["base"]
    assert len(turn) == 11
    assert set(turn) >= MORE_IS_BETTER
    outside = [name for name in turn if name.startswith("outside")]
    assert len(outside) == 3
    assert all(map(math.isfinite, turn.values()))
    assert all(figure > 0 for name, figure in turn.items() if name not in outside)

    rows = {
        row.measure: row
        for row in rows_of(compare({"base": [turn], "current": [{**turn, CROWD: turn[CROWD] / 4}]}))
    }
    assert len(rows) == 9
    assert rows["20 faces in one image, over HTTP, over 64fb77c"].value == pytest.approx(0.25)
    assert rows["library call, 12 megapixels, over 64fb77c"].value == pytest.approx(1)


def test_a_commit_is_checked_out_for_as_long_as_it_is_measured(tmp_path: Path) -> None:
    with checked_out("HEAD", tmp_path) as tree:
        assert (tree / "requirements" / "run.txt").is_file()
        assert str(tree) in _worktrees()
    assert str(tree) not in _worktrees()


def _worktrees() -> str:
    listed = ["git", "-C", str(ROOT), "worktree", "list"]
    return subprocess.run(listed, check=True, capture_output=True, text=True).stdout
