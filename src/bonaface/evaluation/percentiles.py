"""The range that holds 95 % of a figure's replicates."""

import numpy as np

from bonaface.evaluation.metrics import Floats
from bonaface.interval import LEVEL, UNTOLD, Interval


def percentiles(values: Floats) -> Interval:
    """Of one figure's replicates; those that are NaN (a resample without one of the classes) are left out."""
    known = values[~np.isnan(values)]
    if not len(known):
        return UNTOLD
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))
