"""Sees each request and its answer from outside, once, and tells the sinks.

Log, metrics and traces are told at the end of the request. The ledger is told before the reply leaves: its
start is held back until it is counted, and where it cannot be, the client gets the answer of that error. A
request that gets no reply, because its client is gone, is not counted.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.context import RequestContext, RequestSummary, context_of
from bonaface.api.errors import ErrorRenderer
from bonaface.api.sinks.reply_counting import ReplyCounting
from bonaface.errors import StorageError

End = Callable[[RequestSummary], None]


class Sink(Protocol):
    """Is told of every request, twice. It must not raise."""

    def begin(self, scope: Scope) -> End:
        """The request begins; what is returned is called with its summary when it has ended."""
        ...


class Observe:
    """Tells `sinks` of every request, those that come first the last, and `counting` of every reply."""

    def __init__(
        self, app: ASGIApp, sinks: Sequence[Sink], counting: ReplyCounting, renderer: ErrorRenderer
    ) -> None:
        self._app = app
        self._sinks = sinks
        self._counting = counting
        self._renderer = renderer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = context_of(scope)
        ends = [sink.begin(scope) for sink in self._sinks]
        try:
            await self._app(scope, receive, _Reply(self, context, scope, receive, send))
        finally:
            if context.reservation is not None:
                context.reservation.release()
            summary = context.summary(scope)
            for end in reversed(ends):
                end(summary)

    async def count(self, scope: Scope, context: RequestContext) -> None:
        """Return once the reply that is about to leave is counted, if it is to be. Raises StorageError."""
        if self._counting.is_counted(scope):
            await self._counting.record(context)

    def refusal(self, scope: Scope, error: StorageError) -> ASGIApp:
        """The answer in place of a reply that could not be counted."""
        return self._renderer.render(scope, error)


class _Reply:
    """Passes the messages of one answer on, once it is counted, and notes how it began and when."""

    __slots__ = ("_context", "_is_refused", "_observe", "_receive", "_scope", "_send")

    def __init__(
        self, observe: Observe, context: RequestContext, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._observe = observe
        self._context = context
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_refused = False

    async def __call__(self, message: Message) -> None:
        if self._is_refused:  # the rest of the reply that was not counted
            return
        if message["type"] == "http.response.start":
            try:
                await self._observe.count(self._scope, self._context)
            except StorageError as error:
                self._is_refused = True
                await self._observe.refusal(self._scope, error)(self._scope, self._receive, self._pass)
                return
        await self._pass(message)

    async def _pass(self, message: Message) -> None:
        context = self._context
        if message["type"] == "http.response.start":
            context.status = message["status"]
        await self._send(message)
        if context.seconds is None and message["type"] == "http.response.body":
            context.seconds = context.elapsed
