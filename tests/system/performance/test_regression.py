"""How the check of speed judges; `tests/slow/test_regression.py` is the check itself.

It is made of counts and of ratios of processor time, so that neither a busy machine nor another one fails it.
"""

from collections.abc import Callable

import pytest
from benchmarks import regression
from benchmarks.kernels import Kernels, kernels_of
from benchmarks.pictures import photo
from benchmarks.regression import Calls, baseline_for, calls_of, check, counts_of, kind_of_machine, slower

from bonaface.settings import ModelSettings, Settings


def _twice(call: Callable[[], object]) -> Callable[[], object]:
    def both() -> None:
        call()
        call()

    return both


@pytest.fixture(scope="module")
def settings(model_settings: ModelSettings) -> Settings:
    return Settings(models=model_settings)


@pytest.fixture(scope="module")
def kernels(settings: Settings) -> Kernels:
    return kernels_of(photo(), settings)


@pytest.fixture
def calls(kernels: Kernels, settings: Settings) -> Calls:
    """The real calls, without those of requests."""
    nothing: Calls = {"requests": lambda: sum(range(10_000)), "text work": lambda: sum(range(10_000))}
    return {**calls_of(kernels, settings), **nothing}


@pytest.mark.alone
@pytest.mark.parametrize(
    ("part", "ratio"),
    [
        ("whole call", "whole call over all kernels"),
        ("PAD", "PAD over its kernels"),
        ("detection kernel", "detection kernel over convolutions"),
    ],
)
def test_a_part_that_takes_twice_as_long_is_told(calls: Calls, part: str, ratio: str) -> None:
    """Twice what it takes here and now: the margin is a quarter."""
    before = regression.ratios(calls, 3)
    faults = check({**calls, part: _twice(calls[part])}, {}, {ratio: before[ratio]}, 3)
    assert [fault.partition(" is ")[0] for fault in faults] == [ratio]


def test_a_larger_network_is_told_by_its_work(kernels: Kernels) -> None:
    counts = counts_of(kernels)
    assert slower(counts, counts) == []
    grown = {name: 1.3 * value for name, value in counts.items()}
    assert len(slower(counts, grown)) == 2


def test_up_to_a_quarter_is_no_fault() -> None:
    baseline = {"a": 1.0, "b": 4.0}
    assert slower(baseline, {"a": 1.25, "b": 1.0}) == []
    assert slower(baseline, {"a": 1.26, "b": 5.1}) == [
        "a is 1.260, 1.26 times its baseline of 1.000",
        "b is 5.100, 1.27 times its baseline of 4.000",
    ]


def test_what_was_not_measured_is_a_fault() -> None:
    assert slower({"a": 1.0}, {}) == ["a was not measured"]


def test_what_has_no_baseline_is_no_fault() -> None:
    assert slower({}, {"a": 9.0}) == []


def test_another_kind_of_machine_has_what_holds_everywhere() -> None:
    everywhere, here = baseline_for("a kind that is not known"), baseline_for(kind_of_machine())
    assert set(everywhere) <= set(here)
    assert set(regression.RATIOS) <= set(everywhere)
    assert not set(regression.MACHINE_RATIOS) & set(everywhere)


def test_a_fault_must_show_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = iter([{"a": 9.0}, {"a": 1.0}, {"a": 9.0}])
    monkeypatch.setattr(regression, "ratios", lambda *_: next(runs))
    assert check({}, {}, {"a": 1.0}) == []
