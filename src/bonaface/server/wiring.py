"""The composition root: everything a request needs, made once, wired by hand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.accounts.audit import SERVER, AuditRepository
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.capture_token_checks import PLACES as CAPTURES
from bonaface.accounts.capture_token_checks import CaptureTokenChecks
from bonaface.accounts.capture_tokens import CaptureTokens
from bonaface.accounts.key_checks import PLACES as KEYS
from bonaface.accounts.key_checks import KeyChecks
from bonaface.accounts.repository import ApplicationRepository
from bonaface.api.admin.presets import presets_entry
from bonaface.api.refusals import REASONS
from bonaface.api.services import Services
from bonaface.errors import Overload
from bonaface.evidence.signer import Signer, open_signer
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

if TYPE_CHECKING:
    from bonaface.observability.spans import Spans

TOKENS, READY = 1, 1
"""Look-ups of administrators' tokens, and of whether the database answers, at once."""
LOOKUP_CONNECTIONS = KEYS + CAPTURES + POLICIES + TOKENS + READY
"""What the look-ups need that are asked before anybody is known."""
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
    lookups = database.beside(LOOKUP_CONNECTIONS)
    try:
        return assembled(open_parts(settings, presets, database, lookups), backend, spread)
    except BaseException:
        lookups.close()
        database.close()
        raise


@dataclass(frozen=True, slots=True)
class Parts:
    """What has to be opened, in an order of its own and perhaps in vain; the rest is made of it."""

    settings: Settings
    presets: LoadedPresets
    database: Database
    lookups: Database
    signer: Signer
    rates: RateLimiter
    policies: PolicyCache
    audit: AuditRepository
    tracing: "Spans | None"
    metrics: Metrics
    ledger: Ledger


def open_parts(settings: Settings, presets: LoadedPresets, database: Database, lookups: Database) -> Parts:
    """The parts over a database, which this prepares, and its connections for `lookups`.

    Raises ConfigurationError and StorageError.
    """
    signer, rates = open_signer(settings.signing), RateLimiter(settings.limits.store, database)
    storage = settings.storage
    database.prepare()
    policies = PolicyCache(PolicyRepository(lookups).in_force, database.breaker)
    policies.refresh()
    audit = AuditRepository(database)
    audit.note_change(SERVER, *presets_entry(presets))
    journal = Journal(storage.directory / FOLDER, storage.journal_bytes, database.identity())
    tracing = open_tracing(settings.tracing)
    metrics = Metrics(settings.models, REASONS, presets.calibration.reference)
    ledger = Ledger(database, settings.limits.batch_wait, journal, metrics.commits)
    database.breaker.probe_with(lookups.is_reachable)
    return Parts(
        settings, presets, database, lookups, signer, rates, policies, audit, tracing, metrics, ledger
    )


def assembled(parts: Parts, backend: Backend, spread: Listener | None) -> Services:
    """The services, of parts that are open. Opens nothing."""
    settings, database, breaker = parts.settings, parts.database, parts.database.breaker
    applications = ApplicationRepository(database, grace=timedelta(days=settings.storage.removal_days))
    return Services(
        settings=settings,
        backend=backend,
        dispatcher=dispatcher_of(parts, backend),
        applications=applications,
        key_checks=key_checks_of(parts),
        capture_tokens=CaptureTokenChecks(CaptureTokens(parts.lookups), breaker),
        admin_tokens=AdminTokens(parts.lookups),
        asking_tokens=Bulkhead(TOKENS, breaker),
        asking_ready=Bulkhead(READY, breaker),
        audit=parts.audit,
        presets=PresetsInForce(parts.presets, judged_by(parts.metrics, backend), spread),
        policies=PolicyRepository(database),
        policies_in_force=parts.policies,
        feedback=FeedbackRepository(database),
        asking_feedback=Bulkhead(FEEDBACK, breaker),
        ledger=parts.ledger,
        permits=Permits(parts.rates, MonthlyQuota(database, parts.ledger), breaker),
        usage=UsageRepository(database),
        housekeeping=housekeeping_of(parts, applications),
        fetcher=fetcher_of(settings.fetch, settings.images.max_bytes),
        database=database,
        lookups=parts.lookups,
        requests=Admission(settings.server.max_requests, Overload.REQUESTS),
        shares=Shares(places_of(settings.server.max_requests, settings.server.application_share)),
        metrics=parts.metrics,
        tracing=parts.tracing,
        signer=parts.signer,
        drain=Drain(),
        all_ready=lambda: True,
    )


def key_checks_of(parts: Parts) -> KeyChecks:
    """What finds out whose keys a request carries."""
    authenticator = Authenticator(ApplicationRepository(parts.lookups), clock=parts.database.clock)
    return KeyChecks(authenticator, parts.database.breaker)


def dispatcher_of(parts: Parts, backend: Backend) -> Dispatcher:
    """What gives analyses to `backend`, with its gauges."""
    dispatcher = Dispatcher(backend, parts.settings.serving)
    watch_levels(parts.metrics.levels, dispatcher, parts.ledger, parts.database, parts.settings.serving)
    return dispatcher


def judged_by(metrics: Metrics, backend: Backend) -> tuple[Listener, ...]:
    """What follows the presets in force."""
    return (
        lambda loaded: backend.judge_by(loaded.calibration),
        lambda loaded: metrics.verdicts.hold_against(loaded.calibration.reference),
    )


def housekeeping_of(parts: Parts, applications: ApplicationRepository) -> Housekeeping:
    """What removes usage, and applications, that are not kept any longer."""
    retention = Retention(parts.database, parts.settings.storage.retention_days)
    return Housekeeping(retention, also=applications.erase_removed)


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
