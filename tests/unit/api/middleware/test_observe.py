"""What is seen of a request and its answer, and that nothing leaves before it is counted."""

import asyncio
from collections.abc import Callable

import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send

from bonaface.api.context import GONE, NO_ROUTE, RequestSummary, context_of
from bonaface.api.outcome import Outcome
from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.timings import Stage
from bonaface.usage.types import Reply
from support.http.asgi import Exchange, Recorder, Refuser, http_scope, reply
from support.observability.observing import PATH, Answering, Failing, Replies, observed


class Keeping:
    """A sink that keeps what it is told, and when."""

    def __init__(self, name: str = "", calls: list[str] | None = None) -> None:
        self.summaries: list[RequestSummary] = []
        self._name = name
        self._calls = [] if calls is None else calls

    def begin(self, _scope: Scope) -> Callable[[RequestSummary], None]:
        self._calls.append(f"begin {self._name}")
        return self._end

    def _end(self, summary: RequestSummary) -> None:
        self._calls.append(f"end {self._name}")
        self.summaries.append(summary)

    @property
    def summary(self) -> RequestSummary:
        (summary,) = self.summaries
        return summary


class Lingering:
    """Answers, and goes on long after that."""

    at_answer = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await reply(send, b"")
        self.at_answer = context_of(scope).elapsed
        await asyncio.sleep(0.05)


class Held:
    """A reservation that tells what became of it."""

    def __init__(self) -> None:
        self.fate: list[str] = []

    def spend(self, _reply: Reply) -> None:
        self.fate.append("spent")

    def release(self) -> None:
        self.fate.append("released")


def refuse(error: StorageError) -> Replies:
    """Replies that cannot be counted."""

    def fail() -> None:
        raise error

    return Replies(before=fail)


def test_a_request_is_told_as_it_ended() -> None:
    sink = Keeping()
    scope = http_scope(("X-Request-Id", "a-name"), path="/a/secret")
    Exchange().run(observed(Answering(Outcome.RATE, 429), sink), scope)
    told = sink.summary
    assert (told.request_id, told.method, told.route, told.status) == ("a-name", "POST", PATH, 429)
    assert (told.outcome, told.app_key, told.refusal) == (Outcome.RATE, "key", None)
    assert [timing.stage for timing in told.timings] == [Stage.BODY, Stage.LEDGER]
    assert told.seconds >= sum(timing.seconds for timing in told.timings)


def test_what_nobody_answered_has_no_outcome_no_route_and_a_status_of_its_own() -> None:
    sink = Keeping()
    Exchange().run(observed(Recorder(), sink), http_scope())
    told = sink.summary
    assert (told.status, told.outcome, told.route) == (GONE, None, NO_ROUTE)
    assert (told.app_key, told.refusal, told.timings) == (None, None, ())
    assert told.seconds >= 0


def test_an_outcome_that_nobody_was_sent_is_none() -> None:
    async def know(scope: Scope, _receive: Receive, _send: Send) -> None:
        context_of(scope).outcome = Outcome.FACES

    sink = Keeping()
    Exchange().run(observed(know, sink), http_scope())
    assert sink.summary.outcome is None


def test_the_time_ends_with_the_answer() -> None:
    sink, app = Keeping(), Lingering()
    Exchange().run(observed(app, sink), http_scope())
    assert 0 < sink.summary.seconds <= app.at_answer


def test_the_first_sink_is_told_last_also_when_the_request_fails() -> None:
    calls: list[str] = []
    with pytest.raises(KeyError):
        Exchange().run(observed(Failing(), Keeping("a", calls), Keeping("b", calls)), http_scope())
    assert calls == ["begin a", "begin b", "end b", "end a"]


def test_nothing_is_sent_before_it_is_counted() -> None:
    exchange = Exchange()
    sent_before: list[Message] = []
    replies = Replies(lambda: sent_before.extend(exchange.sent))
    exchange.run(observed(Answering(), replies=replies), http_scope())
    assert (sent_before, len(replies.counted), len(exchange.sent)) == ([], 1, 2)


@pytest.mark.parametrize(("real", "status"), [(False, 200), (True, 500)])
def test_what_cannot_be_counted_is_not_sent(real: bool, status: int) -> None:
    replies, sink = refuse(StorageError("the disk is full")), Keeping()
    exchange = Exchange().run(observed(Answering(), sink, replies=replies, real=real), http_scope())
    assert exchange.sent[0]["status"] == sink.summary.status == status
    assert orjson.loads(exchange.body) == {
        "header": {"isSuccessful": False, "resultCode": -50000, "resultMessage": "InternalServerError"}
    }
    assert "x-error-detail" not in exchange.headers
    assert [message["type"] for message in exchange.sent] == ["http.response.start", "http.response.body"]
    assert sink.summary.outcome is Outcome.INTERNAL


@pytest.mark.parametrize("real", [False, True])
def test_what_no_storage_counts_now_is_to_be_sent_again(real: bool) -> None:
    replies, sink = refuse(StorageUnavailableError("not in time")), Keeping()
    exchange = Exchange().run(observed(Answering(), sink, replies=replies, real=real), http_scope())
    assert exchange.sent[0]["status"] == 503
    assert exchange.headers["retry-after"] == "1"
    assert (sink.summary.refusal, sink.summary.outcome) == ("storage", Outcome.STORAGE)


def holding(held: Held) -> Answering:
    return Answering(work=lambda context: setattr(context, "reservation", held))


def test_a_reservation_is_spent_with_the_count_and_then_released() -> None:
    held = Held()
    Exchange().run(observed(holding(held)), http_scope())
    assert held.fate == ["spent", "released"]


def test_a_reservation_is_released_whatever_happens() -> None:
    held = Held()
    with pytest.raises(asyncio.CancelledError):
        Exchange().run(observed(holding(held), replies=Replies(cancel)), http_scope())
    assert held.fate == ["released"]


def cancel() -> None:
    raise asyncio.CancelledError


def test_answers_pass() -> None:
    assert Exchange().run(observed(Refuser()), http_scope()).body == b"no"


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    Exchange().run(observed(recorder, Keeping()), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
