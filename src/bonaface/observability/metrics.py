"""Everything that is measured, by name: docs/metrics.md tells what each is for.

The registry is a server's own, made with its services: two servers in one process share nothing.
"""

from collections.abc import Iterable
from importlib.metadata import version
from platform import python_version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from bonaface.models.score_reference import ScoreReference
from bonaface.observability.models import ModelInfo
from bonaface.observability.traffic import Traffic
from bonaface.observability.verdict_metrics import VerdictMetrics
from bonaface.settings import ModelSettings

COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
BATCH_REPLIES = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)


class KeyCache:
    """Whether keys were known without asking the database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        lookups = Counter(
            "bonaface_key_cache_lookups", "Keys looked up in the cache.", ("result",), registry=registry
        )
        self._hits, self._misses = lookups.labels("hit"), lookups.labels("miss")

    def add(self, *, is_hit: bool) -> None:
        """Count one lookup."""
        (self._hits if is_hit else self._misses).inc()


class Commits:
    """How replies are written to the ledger: a `bonaface.usage.observer.LedgerObserver`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._replies = Histogram(
            "bonaface_ledger_batch_replies",
            "Replies that were committed together.",
            buckets=BATCH_REPLIES,
            registry=registry,
        )
        self._seconds = Histogram(
            "bonaface_ledger_commit_seconds",
            "Seconds that a commit of the ledger took.",
            buckets=COMMIT_SECONDS,
            registry=registry,
        )
        self._failures = Counter(
            "bonaface_ledger_failures", "Commits of the ledger that failed.", registry=registry
        )

    def committed(self, replies: int, seconds: float) -> None:
        """A batch of `replies` is on disk after `seconds`."""
        self._replies.observe(replies)
        self._seconds.observe(seconds)

    def failed(self) -> None:
        """A batch could not be written."""
        self._failures.inc()


class Levels:
    """What is so now; the gauges are read from the parts themselves when somebody asks (`set_function`)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.models_ready = Gauge(
            "bonaface_models_ready", "1 once every model has run, else 0.", registry=registry
        )
        self.running = Gauge("bonaface_analyses_running", "Analyses that run.", registry=registry)
        self.workers = Gauge("bonaface_analysis_workers", "Analyses that may run at once.", registry=registry)
        self.waiting = Gauge(
            "bonaface_analyses_waiting", "Analyses that wait for a worker.", registry=registry
        )
        self.stuck = Gauge("bonaface_analyses_stuck", "Analyses that hang.", registry=registry)
        self.queue = Gauge("bonaface_analysis_queue_limit", "Analyses that may wait.", registry=registry)
        self.ledger_waiting = Gauge(
            "bonaface_ledger_waiting_replies", "Replies that wait to be committed.", registry=registry
        )
        self.database_away = Gauge(
            "bonaface_database_away",
            "1 while the database is known to be away, else 0.",
            registry=registry,
        )
        self.ledger_backlog = Gauge(
            "bonaface_ledger_backlog_replies",
            "Counted replies that are not in the database yet.",
            registry=registry,
        )


class Metrics:
    """The metrics of one server that runs `models`, in `registry`."""

    def __init__(
        self, models: ModelSettings, reasons: Iterable[str], reference: ScoreReference | None = None
    ) -> None:
        """reasons: those of refusals; reference: what scores are held against."""
        # `..._created` doubles the number of series and says little
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.traffic = Traffic(self.registry, reasons)
        self.verdicts = VerdictMetrics(self.registry, models.pad, reference)
        self.key_cache = KeyCache(self.registry)
        self.commits = Commits(self.registry)
        self.levels = Levels(self.registry)
        self.registry.register(ModelInfo(models))
        ProcessCollector(registry=self.registry)
        build = Gauge(
            "bonaface_build_info", "What runs; always 1.", ("version", "python"), registry=self.registry
        )
        build.labels(version("bonaface"), python_version()).set(1)
