"""Everything a request needs; `bonaface.server.wiring` makes it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from anyio import to_thread
from fastapi import Request

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.accounts.audit import AuditRepository
from bonaface.accounts.capture_token_checks import CaptureTokenChecks
from bonaface.accounts.key_checks import KeyChecks
from bonaface.accounts.repository import ApplicationRepository
from bonaface.evidence.signer import Signer
from bonaface.feedback.repository import FeedbackRepository
from bonaface.fetch.client import ImageFetcher
from bonaface.observability.metrics import Metrics
from bonaface.policies.policy_cache import PolicyCache
from bonaface.policies.repository import PolicyRepository
from bonaface.quotas.permits import Permits
from bonaface.serving.admission import Admission
from bonaface.serving.backend import Backend
from bonaface.serving.dispatcher import Dispatcher
from bonaface.serving.drain import Drain
from bonaface.serving.presets_in_force import PresetsInForce
from bonaface.serving.shares import Shares
from bonaface.settings import Settings
from bonaface.storage.bulkhead import Bulkhead
from bonaface.storage.database import Database
from bonaface.usage.ledger import Ledger
from bonaface.usage.queries import UsageRepository
from bonaface.usage.retention import Housekeeping

if TYPE_CHECKING:
    from bonaface.observability.spans import Spans


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes work with.

    `requests` bounds the requests in progress, bodies being read included; `shares` those of one application
    whose images are on their way (`Application.id` owns them). `lookups` is `database` over connections of
    its own, for what is asked before anybody is known: by `key_checks` and in the bulkheads `asking_...`.
    `all_ready` tells whether the models of all server processes are warm, where there are several.
    """

    settings: Settings
    backend: Backend
    dispatcher: Dispatcher
    applications: ApplicationRepository
    key_checks: KeyChecks
    capture_tokens: CaptureTokenChecks
    admin_tokens: AdminTokens
    asking_tokens: Bulkhead
    asking_ready: Bulkhead
    audit: AuditRepository
    presets: PresetsInForce
    policies: PolicyRepository
    policies_in_force: PolicyCache
    feedback: FeedbackRepository
    asking_feedback: Bulkhead
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
    signer: Signer
    drain: Drain
    all_ready: Callable[[], bool]

    def wait(self) -> None:
        """Return when the models are loaded: workers may still be at it. Raises ModelError.

        Then the services are closed. Before an event loop runs.
        """
        try:
            self.backend.start()
        except BaseException:
            asyncio.run(self.close())
            raise

    async def close(self) -> None:
        """Finish admitted work, count what waits to be, then let go of connections and files."""
        await self.dispatcher.close()
        await to_thread.run_sync(self.backend.close)
        await self.fetcher.aclose()
        await to_thread.run_sync(self.housekeeping.stop)
        await to_thread.run_sync(self.ledger.close)
        for asking in (
            self.key_checks,
            self.capture_tokens,
            self.permits,
            self.asking_tokens,
            self.asking_ready,
            self.asking_feedback,
            self.policies_in_force,
        ):
            asking.close()
        self.lookups.close()
        self.database.close()
        if self.tracing is not None:
            await to_thread.run_sync(self.tracing.close)


def services_of(request: Request) -> Services:
    """The services of the application that serves `request`."""
    return cast(Services, request.app.state.services)
