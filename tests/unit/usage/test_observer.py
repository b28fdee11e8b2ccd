"""Who is told how the ledger's commits go."""

from prometheus_client import CollectorRegistry

from bonaface.observability.metrics import Commits
from bonaface.usage.observer import LedgerObserver, NoObserver


def test_both_are_observers() -> None:
    observers: list[LedgerObserver] = [NoObserver(), Commits(CollectorRegistry())]
    for observer in observers:
        observer.committed(1, 0.1)
        observer.failed()
