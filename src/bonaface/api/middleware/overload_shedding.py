"""Refuses what the dispatcher has no place for, without the framework and the route.

In an overload most answers are refusals, and what they cost is taken from those who could get a verdict. This
is for what needs no second look: keys that were right a moment ago, of an application without a quota. All
else goes on to the route, which tells the same.
"""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.accounts.application import NO_QUOTA, Caller
from bonaface.accounts.key_checks import KeyChecks
from bonaface.api.context import context_of
from bonaface.api.errors import ErrorRenderer, outcome_of
from bonaface.api.refusals import refusal_of
from bonaface.api.request_keys import KeyReader
from bonaface.api.v2.problem import is_v2
from bonaface.observability.metrics import KeyCache
from bonaface.serving.dispatcher import Dispatcher
from bonaface.timings import Stage

METHOD = "POST"


class SheddableRoute:
    """A route whose path is by the template `path`, and whose requests carry the keys that `read` finds."""

    def __init__(self, route: BaseRoute, path: str, read: KeyReader) -> None:
        self.route = route
        self.read = read
        self.path = compile_path(path)[0]


class OverloadShedding:
    """Answers posts to `routes` while `dispatcher` is full; inside `Observe`."""

    def __init__(
        self,
        app: ASGIApp,
        routes: Sequence[SheddableRoute],
        dispatcher: Dispatcher,
        key_checks: KeyChecks,
        key_cache: KeyCache,
        renderer: ErrorRenderer,
    ) -> None:
        self._app = app
        self._routes = routes
        self._dispatcher = dispatcher
        self._key_checks = key_checks
        self._key_cache = key_cache
        self._renderer = renderer
        self._refusal = refusal = dispatcher.admission.refusal
        self._reason, self._outcome = refusal_of(refusal), outcome_of(refusal)
        self._envelope = renderer.answer(refusal)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_full = self._dispatcher.is_full and scope["type"] == "http"
        if not (is_full and self._is_refused(scope)):
            await self._app(scope, receive, send)
            return
        self._key_cache.add(is_hit=True)
        await self._response(scope)(scope, receive, send)

    def _response(self, scope: Scope) -> Response:
        """What tells the refusal. In the envelope it names no request, and was made once."""
        if is_v2(scope["path"]):
            return self._renderer.render(scope, self._refusal)
        context = context_of(scope)
        context.refusal, context.outcome = self._reason, self._outcome
        return self._envelope

    def _is_refused(self, scope: Scope) -> bool:
        """Whether the route need not look at it; its context and its route are known then."""
        for one in self._routes if scope["method"] == METHOD else ():
            found = one.path.match(scope["path"])
            if found is not None:
                caller = self._caller(scope, one.read, found.groupdict())
                if caller is None:
                    return False
                context_of(scope).caller, scope["route"] = caller, one.route
                return True
        return False

    def _caller(self, scope: Scope, read: KeyReader, path: dict[str, str]) -> Caller | None:
        """Who is to be refused; None for whom the route must look at."""
        with context_of(scope).timings.of(Stage.AUTHENTICATE):
            caller = self._key_checks.recall(*read(Headers(scope=scope), path))
        return caller if caller is not None and caller.application.quota == NO_QUOTA else None
