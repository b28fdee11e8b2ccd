"""What is known of one request, in one place: filled in by whoever finds it out, told to all sinks alike."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from starlette.types import Scope

from bonaface.accounts.application import Caller
from bonaface.api.outcome import Outcome
from bonaface.quotas.monthly_quota import Reservation
from bonaface.timings import Timing, Timings
from bonaface.types import Face

GONE = 499
"""Stands as the status of a request whose client went away before its answer (nginx's number)."""
NO_ROUTE = "(none)"
"""Stands as the route of a path that has none."""
KEY = "bonaface.context"
"""Where the scope of a request holds its context."""


@dataclass(frozen=True, slots=True)
class FaceCounts:
    """Faces that were told as bona fide, and as attacks."""

    bona_fide: int = 0
    attacks: int = 0

    @classmethod
    def of(cls, faces: Sequence[Face]) -> Self:
        """Of faces with a verdict."""
        attacks = sum(face.spoofing for face in faces)
        return cls(len(faces) - attacks, attacks)


@dataclass(slots=True)
class RequestContext:
    """One request from its head to its end.

    `begun` is of `time.perf_counter`. `caller` is set once the keys were found right, `outcome` by what
    writes an answer in the envelope, `refusal` where the request was refused (`bonaface.api.refusals`).
    `status` is that of the answer that has begun to leave; `seconds` end with the first part of its body.
    """

    id: str
    begun: float = field(default_factory=time.perf_counter)
    timings: Timings = field(default_factory=Timings)
    caller: Caller | None = None
    reservation: Reservation | None = None
    faces: FaceCounts = FaceCounts()
    outcome: Outcome | None = None
    refusal: str | None = None
    status: int = GONE
    seconds: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self.begun

    def summary(self, scope: Scope) -> "RequestSummary":
        """What is known of it by now, for the sinks. The route's template stands for the path."""
        client = scope.get("client")
        return RequestSummary(
            request_id=self.id,
            client=client[0] if client else None,
            method=scope["method"],
            route=getattr(scope.get("route"), "path", NO_ROUTE),
            status=self.status,
            outcome=None if self.status == GONE else self.outcome,
            seconds=self.elapsed if self.seconds is None else self.seconds,
            app_key=None if self.caller is None else self.caller.application.app_key,
            refusal=self.refusal,
            timings=self.timings.entries,
        )


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """What one request and its answer were, as far as they went.

    An appKey is told once it was found right, and never a path, which holds that of whoever asks. `client` is
    the address that it came from: of a trusted proxy's caller (`bonaface.api.middleware.forwarded_client`).
    """

    request_id: str
    client: str | None
    method: str
    route: str
    status: int
    outcome: Outcome | None
    seconds: float
    app_key: str | None
    refusal: str | None
    timings: tuple[Timing, ...]

    @property
    def is_success(self) -> bool:
        """Whether the client got what it asked for."""
        return self.status < 400 and (self.outcome is None or self.outcome.is_success)

    @property
    def is_fault(self) -> bool:
        """Whether the server failed, not the request: an internal error or an overload."""
        return self.status >= 500 or (self.outcome is not None and self.outcome.is_fault)


def context_of(scope: Scope) -> RequestContext:
    """The context of the request of `scope`, which `bonaface.api.middleware.request_context` made."""
    context: RequestContext = scope[KEY]
    return context
