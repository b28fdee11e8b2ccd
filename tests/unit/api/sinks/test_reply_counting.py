"""What the ledger is told of a request."""

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.api.context import FaceCounts, RequestContext
from bonaface.api.outcome import Outcome
from support.http.asgi import Exchange, Recorder, http_scope, reply
from support.observability.observing import NOON, Answering, Replies, observed


def with_faces(bona_fide: int, attacks: int, outcome: Outcome = Outcome.FACES) -> Answering:
    def work(context: RequestContext) -> None:
        context.faces = FaceCounts(bona_fide, attacks)

    return Answering(outcome, work=work)


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (with_faces(2, 1), (7, 70, "faces", 2, 1)),
        (with_faces(0, 1), (7, 70, "faces", 0, 1)),
        (with_faces(0, 0, Outcome.NO_FACE), (7, 70, "no_face", 0, 0)),
        (Answering(Outcome.INVALID, 400), (7, 70, "-40000", 0, 0)),
        (Answering(Outcome.INTERNAL, 500), (7, 70, "-50000", 0, 0)),
        (Answering(Outcome.OVERLOAD, 503), (7, 70, "refused_overload", 0, 0)),
        (Answering(Outcome.STORAGE, 503), (7, 70, "refused_overload", 0, 0)),
        (Answering(Outcome.RATE, 429), (7, 70, "refused_rate", 0, 0)),
        (Answering(Outcome.QUOTA, 429), (7, 70, "refused_quota", 0, 0)),
        (Answering(Outcome.UNAUTHORIZED, caller=None), (0, None, "-41005", 0, 0)),
        (Answering(None, caller=None), (0, None, "-50000", 0, 0)),
    ],
)
def test_a_reply_is_told_to_the_ledger(
    app: Answering, expected: tuple[int, int | None, str, int, int]
) -> None:
    replies = Replies()
    assert Exchange().run(observed(app, replies=replies), http_scope()).body == b"answer"
    (told,) = replies.counted
    assert expected == (
        told.application_id, told.secret_id, told.outcome, told.bona_fide, told.attacks,
    )  # fmt: skip
    assert told.at == NOON
    assert told.duration_ms >= 0


async def leave(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Without an answer."""


async def answer_elsewhere(_scope: Scope, _receive: Receive, send: Send) -> None:
    await reply(send, b"page")


@pytest.mark.parametrize(
    ("app", "method"),
    [
        (leave, "POST"),
        (Recorder(), "POST"),
        (answer_elsewhere, "POST"),
        (Answering(Outcome.INVALID, 405), "GET"),
    ],
)
def test_no_reply_other_paths_and_other_methods_are_not_counted(app: ASGIApp, method: str) -> None:
    replies = Replies()
    Exchange().run(observed(app, replies=replies), http_scope(method=method))
    assert replies.counted == []
