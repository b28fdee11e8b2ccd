"""The metrics of several processes that are one server together, as those of one.

What is counted is summed up, that of processes that have ended too, so that no counter goes back. Of what is
so now the sum is told, but where it makes no sense: `TOGETHER`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from prometheus_client import Metric
from prometheus_client.samples import Sample

MODELS_READY = "bonaface_models_ready"

Together = Callable[[Iterable[float]], float]

TOGETHER: Mapping[str, Together] = MappingProxyType(
    {
        MODELS_READY: min,
        "bonaface_database_away": max,
        "bonaface_build_info": max,
        "bonaface_model_info": max,
        "bonaface_score_bin_expected_share": max,
        "process_start_time_seconds": min,
    }
)
"""Gauges that are not summed up."""
COUNTED = frozenset({"counter", "histogram"})

Families = Sequence[Metric]
"""What one process tells."""


def aggregated(told: Iterable[Families]) -> list[Metric]:
    """One family of each name, of those that several processes tell."""
    families: dict[str, list[Metric]] = {}
    for each in told:
        for family in each:
            families.setdefault(family.name, []).append(family)
    return [_one_of(some) for some in families.values()]


def counted(told: Iterable[Families]) -> list[Metric]:
    """The same of what only ever grows: it stays true of a process that has ended."""
    return [family for family in aggregated(told) if family.type in COUNTED]


def _one_of(families: Sequence[Metric]) -> Metric:
    first = families[0]
    together = TOGETHER.get(first.name, sum)
    values: dict[tuple[str, tuple[tuple[str, str], ...]], list[float]] = {}
    for family in families:
        for sample in family.samples:
            values.setdefault((sample.name, tuple(sorted(sample.labels.items()))), []).append(sample.value)
    one = Metric(first.name, first.documentation, first.type, first.unit)
    one.samples = [Sample(name, dict(labels), together(some)) for (name, labels), some in values.items()]
    return one
