"""What nobody expected: logged with its traceback under the request's id, told to the client in one word.

Two things are expected and told as "try again": no memory is left, and a stopping server waits no longer.
"""

import asyncio

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.context import context_of
from bonaface.api.errors import ErrorRenderer
from bonaface.api.refusals import refusal_of
from bonaface.errors import Overload, OverloadedError
from bonaface.memory_errors import is_memory_error
from bonaface.serving.dispatcher import STOPPING

NO_MEMORY = "The server is short of memory; try again after the seconds that Retry-After names."

log = structlog.get_logger(__name__)


class UnhandledErrors:
    """Answers any exception that reaches it. A client that went away is no error and gets no answer."""

    def __init__(self, app: ASGIApp, renderer: ErrorRenderer) -> None:
        self._app = app
        self._renderer = renderer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        responder = _Responder(send)
        try:
            await self._app(scope, receive, responder)
        except ClientDisconnect:
            return
        except (Exception, asyncio.CancelledError) as error:
            expected = _expected(error)
            if responder.has_started:  # half an answer is on its way: only breaking off tells the client
                context_of(scope).refusal = refusal_of(expected)
                raise
            await self._renderer.render(scope, expected)(scope, receive, send)


def _expected(error: BaseException) -> BaseException:
    """What the client is told in place of `error`, which is logged."""
    if isinstance(error, asyncio.CancelledError):  # by `server.shutdown`, when the grace is over
        log.warning("request.cut")
        return OverloadedError(STOPPING, overload=Overload.STOPPING)
    if is_memory_error(error):
        log.error("request.out_of_memory")
        return OverloadedError(NO_MEMORY, overload=Overload.MEMORY)
    log.exception("request.failed")
    return error


class _Responder:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        self.has_started = True
        await self._send(message)
