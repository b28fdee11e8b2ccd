"""Who is told how the ledger's commits go."""

from prometheus_client import CollectorRegistry

from bonaface.observability.metrics import Commits
from bonaface.usage.observer import LedgerObserver


def test_the_metrics_of_commits_are_one() -> None:
    registry = CollectorRegistry()
    observer: LedgerObserver = Commits(registry)
    observer.committed(3, 0.1)
    observer.failed()
    assert registry.get_sample_value("bonaface_ledger_batch_replies_sum") == 3
