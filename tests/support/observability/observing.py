"""Requests that are observed as in the application, and routes that answer as one would."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.accounts.application import Application, Caller, State
from bonaface.api.context import RequestContext, context_of
from bonaface.api.errors import ErrorRenderer
from bonaface.api.middleware.observe import Observe, Sink
from bonaface.api.middleware.request_context import MakeContext
from bonaface.api.outcome import Outcome
from bonaface.api.sinks.reply_counting import ReplyCounting
from bonaface.timings import Stage
from bonaface.usage.ledger import Done
from bonaface.usage.types import Reply
from support.http.asgi import reply

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
PATH = "/v1.0/appkeys/{appKey}/spoofing"
CALLER = Caller(Application(7, "key", "Shop", "", State.ACTIVE, NOON), 70)


class Answering:
    """The route at PATH: answers with `outcome` in `status`, once `work` is done with the context."""

    def __init__(
        self,
        outcome: Outcome | None = Outcome.FACES,
        status: int = 200,
        caller: Caller | None = CALLER,
        work: Callable[[RequestContext], object] = lambda _: None,
    ) -> None:
        self._outcome = outcome
        self._status = status
        self._caller = caller
        self._work = work

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        scope["route"] = SimpleNamespace(path=PATH, methods={"POST"})
        context = context_of(scope)
        context.caller, context.outcome = self._caller, self._outcome
        self._work(context)
        with context.timings.of(Stage.BODY):
            pass
        await reply(send, b"answer", status=self._status)


class Failing:
    """A route that fails before it answers."""

    async def __call__(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        raise KeyError("x")


class Replies:
    """Where replies are counted: in a list, once `before` was called."""

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        self.counted: list[Reply] = []
        self._before = before

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        self._before()
        self.counted.append(reply)
        if done is not None:
            done(reply)


def observed(app: ASGIApp, *sinks: Sink, replies: Replies | None = None, real: bool = False) -> ASGIApp:
    """`app` inside the middleware that observes it, and the one that makes contexts."""
    counting = ReplyCounting(replies or Replies(), {PATH}, lambda: NOON)
    return MakeContext(Observe(app, sinks, counting, ErrorRenderer(real_status_codes=real)))
