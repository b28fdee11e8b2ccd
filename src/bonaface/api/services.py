"""The composition root: everything a request needs, made once, wired by hand."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

from anyio import to_thread
from fastapi import Request

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.accounts.audit import AuditRepository
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.key_checks import PLACES, KeyChecks
from bonaface.accounts.repository import ApplicationRepository
from bonaface.api.refusals import REASONS
from bonaface.errors import Overload
from bonaface.fetch.client import ImageFetcher
from bonaface.fetch.resolver import SystemResolver
from bonaface.observability.metrics import Levels, Metrics
from bonaface.observability.tracing import open_tracing
from bonaface.quotas.monthly_quota import MonthlyQuota
from bonaface.quotas.permits import Permits
from bonaface.quotas.rate_limiter import RateLimiter
from bonaface.serving.admission import Admission
from bonaface.serving.dispatcher import Dispatcher, ImageAnalyzer
from bonaface.serving.drain import Drain
from bonaface.serving.places import Places
from bonaface.serving.processes.pool import WorkerPool
from bonaface.serving.shares import Shares, places_of
from bonaface.settings import FetchSettings, ServingSettings, Settings
from bonaface.storage.bulkhead import Bulkhead
from bonaface.storage.database import Database
from bonaface.usage.journal import FOLDER, Journal
from bonaface.usage.ledger import Ledger
from bonaface.usage.queries import UsageRepository
from bonaface.usage.retention import Housekeeping, Retention

if TYPE_CHECKING:
    from bonaface.observability.spans import Spans

TOKENS, READY = 1, 1
"""Look-ups of administrators' tokens, and of whether the database answers, at once."""

DOWNLOADS = (
    "The application has as many images downloaded as one may have at once; try again after Retry-After."
)
LOOKUPS = "The application has as many names looked up as one may have at once; try again after Retry-After."


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes work with.

    `requests` bounds the requests in progress, bodies being read included; `shares` those of one application
    whose images are on their way (`Application.id` owns them). `lookups` is `database` over connections of
    its own, for what is asked before anybody is known: by `key_checks` and in the bulkheads `asking_...`.
    """

    settings: Settings
    analyzer: ImageAnalyzer
    dispatcher: Dispatcher
    applications: ApplicationRepository
    authenticator: Authenticator
    key_checks: KeyChecks
    admin_tokens: AdminTokens
    asking_tokens: Bulkhead
    asking_ready: Bulkhead
    audit: AuditRepository
    ledger: Ledger
    permits: Permits
    usage: UsageRepository
    housekeeping: Housekeeping
    fetcher: ImageFetcher
    database: Database
    lookups: Database
    requests: Admission
    shares: Shares
    metrics: Metrics
    tracing: "Spans | None"
    drain: Drain

    @classmethod
    def around(cls, analyzer: ImageAnalyzer, settings: Settings) -> Self:
        """Services with the real parts around `analyzer`; the database is brought up to date.

        Raises ConfigurationError and StorageError.
        """
        storage = settings.storage
        database = Database(storage)
        try:
            limiter = RateLimiter(settings.limits.store, database)
            database.migrate()
            journal = Journal(storage.directory / FOLDER, storage.journal_bytes, database.identity())
            tracing = open_tracing(settings.tracing)
        except BaseException:
            database.close()
            raise
        metrics = Metrics(settings.models, REASONS)
        ledger = Ledger(database, settings.limits.group_wait, journal, metrics.commits)
        lookups = database.beside(PLACES + TOKENS + READY)
        database.breaker.probe_with(lookups.is_reachable)
        authenticator = Authenticator(ApplicationRepository(lookups))
        dispatcher = Dispatcher(analyzer, settings.serving)
        watch_levels(metrics.levels, dispatcher, ledger, database, settings.serving)
        return cls(
            settings=settings,
            analyzer=analyzer,
            dispatcher=dispatcher,
            applications=ApplicationRepository(database),
            authenticator=authenticator,
            key_checks=KeyChecks(authenticator, database.breaker),
            admin_tokens=AdminTokens(lookups),
            asking_tokens=Bulkhead(TOKENS, database.breaker),
            asking_ready=Bulkhead(READY, database.breaker),
            audit=AuditRepository(database),
            ledger=ledger,
            permits=Permits(limiter, MonthlyQuota(database, ledger), database.breaker),
            usage=UsageRepository(database),
            housekeeping=Housekeeping(Retention(database, storage.retention_days)),
            fetcher=fetcher_of(settings.fetch, settings.images.max_bytes),
            database=database,
            lookups=lookups,
            requests=Admission(settings.server.max_requests, Overload.REQUESTS),
            shares=Shares(places_of(settings.server.max_requests, settings.server.application_share)),
            metrics=metrics,
            tracing=tracing,
            drain=Drain(),
        )

    @property
    def is_loaded(self) -> bool:
        """Whether there is a worker that has loaded the models: all may be loading them anew."""
        return not isinstance(self.analyzer, WorkerPool) or self.analyzer.is_loaded

    def wait(self) -> None:
        """Return when the models are loaded: processes may still be at it. Raises ModelError.

        Then the services are closed. Before an event loop runs.
        """
        if isinstance(self.analyzer, WorkerPool):
            try:
                self.analyzer.ready()
            except BaseException:
                asyncio.run(self.close())
                raise

    async def close(self) -> None:
        """Finish admitted work, count what waits to be, then let go of connections and files."""
        await self.dispatcher.close()
        if isinstance(self.analyzer, WorkerPool):
            await to_thread.run_sync(self.analyzer.close)
        await self.fetcher.aclose()
        await to_thread.run_sync(self.housekeeping.stop)
        await to_thread.run_sync(self.ledger.close)
        for asking in (self.key_checks, self.permits, self.asking_tokens, self.asking_ready):
            asking.close()
        self.lookups.close()
        self.database.close()
        if self.tracing is not None:
            await to_thread.run_sync(self.tracing.close)


def build_services(settings: Settings, workers: WorkerPool | None = None) -> Services:
    """Services for `settings`, whose models are loaded, or by `Services.wait`; `Dispatcher.start` warms them.

    `workers` are those of `settings` if they have begun already; they are closed when this raises.
    Raises ModelError when a model is not installed or not the right one, ConfigurationError, StorageError.
    """
    if settings.serving.isolation == "threads":
        from bonaface.analyzer import Analyzer  # else this process needs none of the libraries of images

        return Services.around(Analyzer(settings, lanes=settings.serving.workers), settings)
    workers = WorkerPool(settings) if workers is None else workers
    try:
        return Services.around(workers, settings)
    except BaseException:
        workers.close()
        raise


def fetcher_of(settings: FetchSettings, max_bytes: int) -> ImageFetcher:
    """The guarded download with the system's resolver; what is under way at once is shared out."""
    share = settings.application_share
    downloads = Places(settings.max_downloads, share, Overload.DOWNLOADS, DOWNLOADS)
    lookups = Places(settings.max_lookups, share, Overload.LOOKUPS, LOOKUPS)
    return ImageFetcher(settings, max_bytes, downloads, SystemResolver(settings.max_lookups, lookups))


def watch_levels(
    levels: Levels, dispatcher: Dispatcher, ledger: Ledger, database: Database, settings: ServingSettings
) -> None:
    """Have the gauges read from the parts themselves, whenever somebody asks for the metrics."""
    levels.workers.set(settings.workers)
    levels.queue.set(settings.queue)
    levels.models_ready.set_function(lambda: dispatcher.is_ready)
    levels.running.set_function(lambda: dispatcher.running)
    levels.stuck.set_function(lambda: dispatcher.stuck)
    levels.waiting.set_function(lambda: dispatcher.waiting)
    levels.ledger_waiting.set_function(lambda: ledger.waiting)
    levels.ledger_backlog.set_function(lambda: ledger.backlog)
    levels.database_away.set_function(lambda: database.breaker.is_open)


def services_of(request: Request) -> Services:
    """The services of the application that serves `request`."""
    return cast(Services, request.app.state.services)
