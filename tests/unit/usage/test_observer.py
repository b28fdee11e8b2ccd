"""Who is told how the ledger's commits go."""

from prometheus_client import CollectorRegistry

from bonaface.observability.metrics import Commits
from bonaface.usage.observer import Meter, NoMeter


def test_both_are_meters() -> None:
    meters: list[Meter] = [NoMeter(), Commits(CollectorRegistry())]
    for meter in meters:
        meter.committed(1, 0.1)
        meter.failed()
