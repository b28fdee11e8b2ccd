"""The ledger's part: what of a request makes a reply that is counted."""

from collections.abc import Collection
from typing import Protocol

from starlette.types import Scope

from bonaface.api.context import RequestContext
from bonaface.api.outcome import Outcome
from bonaface.clock import Clock, utc_now
from bonaface.timings import Stage
from bonaface.usage.ledger import Done
from bonaface.usage.types import UNKNOWN_CALLER, Reply


class Counter(Protocol):
    """The part of `bonaface.usage.ledger.Ledger` that is used here."""

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        """Return once `reply` is counted; `done` is called then. Raises StorageError."""
        ...


class ReplyCounting:
    """Counts the replies of routes whose template is one of `paths`, to the methods that they take."""

    def __init__(self, ledger: Counter, paths: Collection[str], clock: Clock = utc_now) -> None:
        self._ledger = ledger
        self._paths = paths
        self._clock = clock

    def is_counted(self, scope: Scope) -> bool:
        """Whether the request was routed to one of `paths`, by a method that it takes."""
        route = scope.get("route")
        methods = getattr(route, "methods", None) or ()
        return getattr(route, "path", None) in self._paths and scope["method"] in methods

    async def record(self, context: RequestContext) -> None:
        """Return once the reply is counted and its reservation spent. Raises StorageError."""
        reply = self._reply(context)
        reservation = context.reservation
        with context.timings.of(Stage.LEDGER):
            await self._ledger.record(reply, None if reservation is None else reservation.spend)

    def _reply(self, context: RequestContext) -> Reply:
        caller, outcome = context.caller, context.outcome or Outcome.INTERNAL  # unless a route forgets it
        return Reply(
            application_id=UNKNOWN_CALLER if caller is None else caller.application.id,
            secret_id=None if caller is None else caller.secret_id,
            outcome=outcome.label,
            bona_fide=context.faces.bona_fide,
            attacks=context.faces.attacks,
            duration_ms=round(context.elapsed * 1000),
            at=self._clock(),
        )
