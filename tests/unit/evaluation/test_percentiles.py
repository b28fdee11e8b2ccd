import numpy as np
import pytest

from bonaface.evaluation.percentiles import percentiles


def test_percentiles_hold_the_middle_95_per_cent() -> None:
    found = percentiles(np.arange(1001, dtype=np.float64))
    assert [found.low, found.high] == pytest.approx([25, 975])


def test_replicates_that_are_nan_are_left_out() -> None:
    found = percentiles(np.array([np.nan, 0.25, np.nan]))
    assert (found.low, found.high) == (0.25, 0.25)


def test_nothing_known_is_nan() -> None:
    assert np.isnan(percentiles(np.array([np.nan])).low)
