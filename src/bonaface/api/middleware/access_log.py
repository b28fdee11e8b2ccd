"""One log line a request: what was asked for, how it ended, how long each stage took.

Of successes a share may be left out (`log.sample`); what failed or was slow is always told.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.api.middleware.watch import Told, told_of
from bonaface.settings import LogSettings
from bonaface.stopwatch import Lap

log = structlog.get_logger(__name__)


class AccessLog:
    """Logs `request` at the end of each one; inside `RequestId` and `Watch`."""

    def __init__(self, app: ASGIApp, settings: LogSettings) -> None:
        self._app = app
        self._sample = settings.sample
        self._slow = settings.slow

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._tell(told_of(scope), scope["state"]["request_id"])

    def _tell(self, told: Told, request_id: str) -> None:
        is_sampled = told.is_success and told.seconds < self._slow
        share = self._sample if is_sampled else 1.0
        if is_kept(request_id, share):
            write = log.warning if told.is_fault else log.info
            write("request", **_line(told), sample=share)


def is_kept(request_id: str, share: float) -> bool:
    """Whether the line of a request is among the `share` (0..1) that is written.

    The id alone decides, so that every replica that a request with this id comes by decides alike.
    """
    if share >= 1.0:
        return True
    digest = hashlib.blake2b(request_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def _line(told: Told) -> dict[str, Any]:
    line: dict[str, Any] = {"method": told.method, "route": told.route, "status": told.status}
    if told.result_code is not None:
        line["result_code"] = told.result_code
    if told.refusal is not None:
        line["refusal"] = told.refusal
    line["duration_ms"] = _milliseconds(told.seconds)
    if told.app_key is not None:
        line["app_key"] = told.app_key
    line["stages"] = _stages(told.laps)
    return line


def _stages(laps: Iterable[Lap]) -> dict[str, float]:
    """Milliseconds of each stage, in the order in which they first ended; one may have several parts."""
    seconds: dict[str, float] = {}
    for lap in laps:
        seconds[lap.stage.value] = seconds.get(lap.stage.value, 0.0) + lap.seconds
    return {stage: _milliseconds(taken) for stage, taken in seconds.items()}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
