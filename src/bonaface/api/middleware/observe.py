"""What one request and its answer were, seen once from outside: for the log, the metrics and the traces.

The route's template stands for the path, which holds the appKey of whoever asks; an appKey is told once it
was found right.
"""

import time
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.envelope import result_code_of
from bonaface.api.errors import INTERNAL
from bonaface.timings import Timing, Timings

GONE = 499
"""Stands as the status of a request whose client went away before its answer (nginx's number)."""
NO_ROUTE = "(none)"


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """A request and its answer, as far as they went.

    `result_code` is that of an answer in the envelope; `seconds` end with the first part of the body;
    `refusal` is set where the request was refused (`bonaface.api.refusals`).
    """

    method: str
    route: str
    status: int
    result_code: int | None
    seconds: float
    app_key: str | None
    refusal: str | None
    timings: tuple[Timing, ...]

    @property
    def is_success(self) -> bool:
        """Whether the client got what it asked for."""
        return self.status < 400 and not self.result_code

    @property
    def is_fault(self) -> bool:
        """Whether the server failed, not the request: an internal error or an overload."""
        return self.status >= 500 or self.result_code == INTERNAL.code


class Observe:
    """Keeps in each request's state a `observed`, which tells of it at its end, and its `timings`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["observed"] = observed = Observed(send)
        state["timings"] = Timings()
        await self._app(scope, receive, observed)


class Observed:
    """Passes the messages of one answer on and remembers how it began and when."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = time.perf_counter()
        self._status = GONE
        self._result_code: int | None = None
        self._seconds: float | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._result_code = result_code_of(message)
        await self._send(message)
        if self._seconds is None and message["type"] == "http.response.body":
            self._seconds = self._elapsed()

    def summary(self, scope: Scope) -> RequestSummary:
        """All that is known of the request of `scope` by now."""
        state = scope["state"]
        timings: Timings = state["timings"]
        return RequestSummary(
            method=scope["method"],
            route=getattr(scope.get("route"), "path", NO_ROUTE),
            status=self._status,
            result_code=self._result_code,
            seconds=self._elapsed() if self._seconds is None else self._seconds,
            app_key=state.get("app_key"),
            refusal=state.get("refusal"),
            timings=timings.entries,
        )

    def _elapsed(self) -> float:
        return time.perf_counter() - self._begun


def summary_of(scope: Scope) -> RequestSummary:
    """What the `Observe` around this request tells of it."""
    observed: Observed = scope["state"]["observed"]
    return observed.summary(scope)
