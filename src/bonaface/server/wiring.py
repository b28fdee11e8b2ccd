"""The composition root: everything a request needs, made once, wired by hand."""

from datetime import timedelta

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.accounts.audit import SERVER, AuditRepository
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.capture_token_checks import PLACES as CAPTURES
from bonaface.accounts.capture_token_checks import CaptureTokenChecks
from bonaface.accounts.capture_tokens import CaptureTokens
from bonaface.accounts.key_checks import PLACES, KeyChecks
from bonaface.accounts.repository import ApplicationRepository
from bonaface.api.admin.presets import presets_entry
from bonaface.api.refusals import REASONS
from bonaface.api.services import Services
from bonaface.errors import Overload
from bonaface.evidence.signer import open_signer
from bonaface.feedback.repository import FeedbackRepository
from bonaface.fetch.client import ImageFetcher
from bonaface.fetch.resolver import SystemResolver
from bonaface.models.loaded_presets import LoadedPresets, load_presets
from bonaface.observability.metrics import Levels, Metrics
from bonaface.observability.tracing import open_tracing
from bonaface.policies.policy_cache import PLACES as POLICIES
from bonaface.policies.policy_cache import PolicyCache
from bonaface.policies.repository import PolicyRepository
from bonaface.quotas.monthly_quota import MonthlyQuota
from bonaface.quotas.permits import Permits
from bonaface.quotas.rate_limiter import RateLimiter
from bonaface.serving.admission import Admission
from bonaface.serving.backend import Backend
from bonaface.serving.dispatcher import Dispatcher
from bonaface.serving.drain import Drain
from bonaface.serving.places import Places
from bonaface.serving.presets_in_force import Listener, PresetsInForce
from bonaface.serving.registry import open_backend
from bonaface.serving.shares import Shares, places_of
from bonaface.settings import FetchSettings, ServingSettings, Settings
from bonaface.storage.bulkhead import Bulkhead
from bonaface.storage.database import Database
from bonaface.usage.journal import FOLDER, Journal
from bonaface.usage.ledger import Ledger
from bonaface.usage.queries import UsageRepository
from bonaface.usage.retention import Housekeeping, Retention

TOKENS, READY = 1, 1
"""Look-ups of administrators' tokens, and of whether the database answers, at once."""
FEEDBACK = 2
"""Reports of what presentations really were that are verified and written at once."""

DOWNLOADS = (
    "The application has as many images downloaded as one may have at once; try again after Retry-After."
)
LOOKUPS = "The application has as many names looked up as one may have at once; try again after Retry-After."


def build_services(
    settings: Settings,
    backend: Backend | None = None,
    presets: LoadedPresets | None = None,
    spread: Listener | None = None,
) -> Services:
    """Services for `settings`, whose models are loaded, or by `Services.wait`; `Dispatcher.start` warms them.

    `backend` is that of `settings` if it was opened already; it is closed when this raises. For the rest see
    `services_around`.
    Raises ModelError when a model is not installed or not the right one, ConfigurationError, StorageError.
    """
    backend = open_backend(settings) if backend is None else backend
    try:
        return services_around(backend, settings, presets, spread)
    except BaseException:
        backend.close()
        raise


def services_around(
    backend: Backend,
    settings: Settings,
    presets: LoadedPresets | None = None,
    spread: Listener | None = None,
) -> Services:
    """Services with the real parts around `backend`; the database is migrated as `storage.migrate` says.

    presets: by which `backend` judges, if they were loaded already; spread: see `PresetsInForce`.
    Raises ConfigurationError and StorageError.
    """
    if presets is None:
        presets = load_presets(settings.models.presets, settings.models.pad)
    database = Database(settings.storage)
    lookups = database.beside(PLACES + CAPTURES + TOKENS + READY + POLICIES)
    try:
        return assembled(backend, settings, database, lookups, presets, spread)
    except BaseException:
        lookups.close()
        database.close()
        raise


def assembled(
    backend: Backend,
    settings: Settings,
    database: Database,
    lookups: Database,
    presets: LoadedPresets,
    spread: Listener | None,
) -> Services:
    """The same over a database, which it prepares, and its connections for `lookups`."""
    signer, limiter = open_signer(settings.signing), RateLimiter(settings.limits.store, database)
    storage = settings.storage
    database.prepare()
    in_force = PolicyCache(PolicyRepository(lookups).in_force, database.breaker)
    in_force.refresh()
    audit = AuditRepository(database)
    audit.note_change(SERVER, *presets_entry(presets))
    journal = Journal(storage.directory / FOLDER, storage.journal_bytes, database.identity())
    tracing = open_tracing(settings.tracing)
    metrics = Metrics(settings.models, REASONS, presets.calibration.reference)
    followers: tuple[Listener, ...] = (
        lambda loaded: backend.judge_by(loaded.calibration),
        lambda loaded: metrics.verdicts.hold_against(loaded.calibration.reference),
    )
    ledger = Ledger(database, settings.limits.batch_wait, journal, metrics.commits)
    database.breaker.probe_with(lookups.is_reachable)
    authenticator = Authenticator(ApplicationRepository(lookups), clock=database.clock)
    applications = ApplicationRepository(database, grace=timedelta(days=storage.removal_days))
    dispatcher = Dispatcher(backend, settings.serving)
    watch_levels(metrics.levels, dispatcher, ledger, database, settings.serving)
    return Services(
        settings=settings,
        backend=backend,
        dispatcher=dispatcher,
        applications=applications,
        authenticator=authenticator,
        key_checks=KeyChecks(authenticator, database.breaker),
        capture_tokens=CaptureTokenChecks(CaptureTokens(lookups), database.breaker),
        admin_tokens=AdminTokens(lookups),
        asking_tokens=Bulkhead(TOKENS, database.breaker),
        asking_ready=Bulkhead(READY, database.breaker),
        audit=audit,
        presets=PresetsInForce(presets, followers, spread),
        policies=PolicyRepository(database),
        policies_in_force=in_force,
        feedback=FeedbackRepository(database),
        asking_feedback=Bulkhead(FEEDBACK, database.breaker),
        ledger=ledger,
        permits=Permits(limiter, MonthlyQuota(database, ledger), database.breaker),
        usage=UsageRepository(database),
        housekeeping=Housekeeping(
            Retention(database, storage.retention_days), also=applications.erase_removed
        ),
        fetcher=fetcher_of(settings.fetch, settings.images.max_bytes),
        database=database,
        lookups=lookups,
        requests=Admission(settings.server.max_requests, Overload.REQUESTS),
        shares=Shares(places_of(settings.server.max_requests, settings.server.application_share)),
        metrics=metrics,
        tracing=tracing,
        signer=signer,
        drain=Drain(),
        all_ready=lambda: True,
    )


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
