from math import isnan

import pytest

from bonaface.interval import share


def test_of_nothing_nothing_is_known() -> None:
    assert isnan(share(0, 0).value)
    assert isnan(share(0, 0).interval.high)


def test_wilson_as_newcombe_prints_it() -> None:
    # Newcombe, Two-sided confidence intervals for the single proportion (1998), table I, method 3.
    for part, count, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ):
        interval = share(part, count).interval
        assert [interval.low, interval.high] == pytest.approx([low, high], abs=5e-5)


def test_none_and_all_keep_a_width() -> None:
    none, every = share(0, 20), share(20, 20)

    assert [none.value, none.interval.low, none.interval.high] == pytest.approx([0, 0, 0.1611], abs=5e-5)
    assert [every.value, every.interval.low, every.interval.high] == pytest.approx([1, 0.8389, 1], abs=5e-5)
