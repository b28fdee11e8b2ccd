"""No reply leaves before the ledger has counted it.

The start of a reply is held back until its count is on disk; when it cannot be counted, the client gets the
answer of that error instead. A request that gets no reply, because its client is gone, is not counted.
"""

import time
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.envelope import result_code_of
from bonaface.api.errors import INTERNAL, OVERLOAD, answer
from bonaface.api.refusals import refusal_of
from bonaface.clock import Clock, utc_now
from bonaface.errors import StorageError
from bonaface.quotas.monthly_quota import Reservation
from bonaface.timings import Stage, Timings
from bonaface.usage.ledger import Ledger
from bonaface.usage.types import UNKNOWN_CALLER, Outcome, Reply


class Usage:
    """Counts the replies of routes whose template is one of `paths`, to the methods that they take.

    It reads what the request's state holds: `caller`, and `verdicts`, `outcome` and `reservation` where the
    route and its permit have set them.
    """

    def __init__(
        self,
        app: ASGIApp,
        ledger: Ledger,
        paths: Collection[str],
        real_status_codes: bool,
        clock: Clock = utc_now,
    ) -> None:
        self._app = app
        self._ledger = ledger
        self._paths = paths
        self._real_status_codes = real_status_codes
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        responder = _Responder(self, scope, receive, send)
        try:
            await self._app(scope, receive, responder)
        finally:
            reservation: Reservation | None = state.get("reservation")
            if reservation is not None:
                reservation.release()

    def is_counted(self, scope: Scope) -> bool:
        """Whether the request was routed to one of `paths`, by a method that it takes."""
        route = scope.get("route")
        methods = getattr(route, "methods", None) or ()
        return getattr(route, "path", None) in self._paths and scope["method"] in methods

    async def record(self, scope: Scope, start: Message, begun: float) -> None:
        """Return once the reply that begins with `start` is counted. Raises StorageError."""
        state = scope["state"]
        reservation: Reservation | None = state.get("reservation")
        milliseconds = round((time.perf_counter() - begun) * 1000)
        reply = _reply(scope, start, milliseconds, self._clock)
        timings: Timings = state["timings"]
        with timings.of(Stage.LEDGER):
            await self._ledger.record(reply, None if reservation is None else reservation.spend)

    async def refuse(self, error: StorageError, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what a client gets whose reply could not be counted."""
        await answer(error, real_status_codes=self._real_status_codes)(scope, receive, send)


class _Responder:
    def __init__(self, usage: Usage, scope: Scope, receive: Receive, send: Send) -> None:
        self._usage = usage
        self._scope = scope
        self._receive = receive
        self._send = send
        self._begun = time.perf_counter()
        self._is_refused = False

    async def __call__(self, message: Message) -> None:
        if self._is_refused:  # the rest of the reply that was not counted
            return
        if message["type"] == "http.response.start" and self._usage.is_counted(self._scope):
            try:
                await self._usage.record(self._scope, message, self._begun)
            except StorageError as error:
                self._is_refused = True
                self._scope["state"]["refusal"] = refusal_of(error)
                await self._usage.refuse(error, self._scope, self._receive, self._send)
                return
        await self._send(message)


def _reply(scope: Scope, start: Message, milliseconds: int, clock: Clock) -> Reply:
    state = scope["state"]
    caller = state.get("caller")
    bona_fide, attacks = state.get("verdicts", (0, 0))
    return Reply(
        application_id=UNKNOWN_CALLER if caller is None else caller.application.id,
        secret_id=None if caller is None else caller.secret_id,
        outcome=_outcome(scope, start, bona_fide + attacks),
        bona_fide=bona_fide,
        attacks=attacks,
        duration_ms=milliseconds,
        at=clock(),
    )


def _outcome(scope: Scope, start: Message, faces: int) -> str:
    refused: Outcome | None = scope["state"].get("outcome")
    if refused is not None:
        return refused
    if start["status"] == OVERLOAD.status:
        return Outcome.REFUSED_OVERLOAD
    code = result_code_of(start)
    if code is None:  # there is none unless a route forgets it
        return str(INTERNAL.code)
    if code != 0:
        return str(code)
    return Outcome.FACES if faces else Outcome.NO_FACE
