"""One log line a request: what was asked for, how it ended, how long each stage took.

Of successes a share may be left out (`log.sample`); what failed or was slow is always told.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from starlette.types import Scope

from bonaface.api.context import RequestSummary
from bonaface.settings import LogSettings
from bonaface.timings import Timing

log = structlog.get_logger(__name__)


class AccessLog:
    """Logs `request` at the end of each one."""

    def __init__(self, settings: LogSettings) -> None:
        self._sample = settings.sample
        self._slow = settings.slow
        self._has_address = settings.caller_address

    def begin(self, _scope: Scope) -> Callable[[RequestSummary], None]:
        """Nothing is logged before the end."""
        return self._end

    def _end(self, summary: RequestSummary) -> None:
        is_sampled = summary.is_success and summary.seconds < self._slow
        share = self._sample if is_sampled else 1.0
        if is_kept(summary.request_id, share):
            write = log.warning if summary.is_fault else log.info
            write("request", **_line(summary, has_address=self._has_address), sample=share)


def is_kept(request_id: str, share: float) -> bool:
    """Whether the line of a request is among the `share` (0..1) that is written.

    The id alone decides, so that every replica that a request with this id comes by decides alike.
    """
    if share >= 1.0:
        return True
    digest = hashlib.blake2b(request_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def _line(summary: RequestSummary, *, has_address: bool) -> dict[str, Any]:
    line: dict[str, Any] = {"method": summary.method, "route": summary.route, "status": summary.status}
    if has_address and summary.client is not None:
        line["client"] = summary.client
    if summary.outcome is not None:
        line["result_code"] = summary.outcome.code
    if summary.refusal is not None:
        line["refusal"] = summary.refusal
    line["duration_ms"] = _milliseconds(summary.seconds)
    if summary.app_key is not None:
        line["app_key"] = summary.app_key
    line["stages"] = _stages(summary.timings)
    return line


def _stages(timings: Iterable[Timing]) -> dict[str, float]:
    """Milliseconds of each stage, in the order in which they first ended; one may have several parts."""
    seconds: dict[str, float] = {}
    for timing in timings:
        seconds[timing.stage.value] = seconds.get(timing.stage.value, 0.0) + timing.seconds
    return {stage: _milliseconds(taken) for stage, taken in seconds.items()}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
