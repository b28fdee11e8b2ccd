"""Refuses what the dispatcher has no place for, without the framework and the route.

In an overload most answers are refusals, and what they cost is taken from those who could get a verdict. This
is for what needs no second look: keys that were right a moment ago, of an application without a quota. All
else goes on to the route, which tells the same.
"""

from starlette.routing import BaseRoute, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.accounts.application import NO_QUOTA, Caller
from bonaface.accounts.key_checks import KeyChecks
from bonaface.api.context import context_of
from bonaface.api.errors import ErrorRenderer, outcome_of
from bonaface.api.refusals import refusal_of
from bonaface.observability.metrics import KeyCache
from bonaface.serving.dispatcher import Dispatcher
from bonaface.timings import Stage

SECRET = b"authorization"
METHOD = "POST"


class OverloadShedding:
    """Answers posts to `route`, whose template is `path`, while `dispatcher` is full; inside `Observe`.

    `path` must have the parameter `appKey`. Whoever gives the secret twice goes on to the route.
    """

    def __init__(
        self,
        app: ASGIApp,
        route: BaseRoute,
        path: str,
        dispatcher: Dispatcher,
        key_checks: KeyChecks,
        key_cache: KeyCache,
        renderer: ErrorRenderer,
    ) -> None:
        self._app = app
        self._route = route
        self._path = compile_path(path)[0]
        self._dispatcher = dispatcher
        self._key_checks = key_checks
        self._key_cache = key_cache
        refusal = dispatcher.admission.refusal
        self._reason = refusal_of(refusal)
        self._outcome = outcome_of(refusal)
        self._response = renderer.answer(refusal)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = self._caller(scope) if self._dispatcher.is_full and scope["type"] == "http" else None
        if caller is None:
            await self._app(scope, receive, send)
            return
        self._key_cache.add(is_hit=True)
        scope["route"] = self._route
        context = context_of(scope)
        context.caller, context.refusal, context.outcome = caller, self._reason, self._outcome
        await self._response(scope, receive, send)

    def _caller(self, scope: Scope) -> Caller | None:
        """Who is to be refused; None for whom the route must look at."""
        path = self._path.match(scope["path"])
        if path is None or scope["method"] != METHOD:
            return None
        secrets = [value for name, value in scope["headers"] if name == SECRET]
        if len(secrets) != 1:
            return None
        with context_of(scope).timings.of(Stage.AUTHENTICATE):
            caller = self._key_checks.recall(path["appKey"], secrets[0].decode("latin-1"))
        return caller if caller is not None and caller.application.quota == NO_QUOTA else None
