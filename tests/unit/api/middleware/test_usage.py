"""Nothing leaves before it is counted."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.accounts.application import Application, Caller, State
from bonaface.api.middleware.usage import Usage
from bonaface.errors import StorageError, StorageUnavailableError
from bonaface.storage.database import Database
from bonaface.timings import Timings
from bonaface.usage.ledger import Done, Ledger
from bonaface.usage.types import Reply
from support.accounts import database_in
from support.asgi import Exchange, Recorder, http_scope, reply

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
PATH = "/v1/{appKey}"
CALLER = Caller(Application(7, "key", "Shop", "", State.ACTIVE, NOON), 70)


class Route:
    """What the router leaves in the scope."""

    path = PATH
    methods = frozenset({"POST"})


class Answering:
    """An application whose route answers `code` in `status`, with `state` set before."""

    def __init__(self, code: str | None = "0", status: int = 200, **state: object) -> None:
        self._headers = [] if code is None else [(b"x-result-code", code.encode())]
        self._status = status
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = Route()
        scope["state"].update(self._state)
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": b"an", "more_body": True})
        await send({"type": "http.response.body", "body": b"swer", "more_body": False})


class RecordingLedger(Ledger):
    """Keeps what it is given; `before` is called while the reply waits."""

    def __init__(self, folder: Path, before: Callable[[], object] = lambda: None) -> None:
        super().__init__(database_in(folder))
        self.replies: list[Reply] = []
        self._before = before

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        self._before()
        self.replies.append(reply)
        if done is not None:
            done(reply)


class RefusingLedger(Ledger):
    """Cannot count."""

    def __init__(self, database: Database, error: StorageError) -> None:
        super().__init__(database)
        self._error = error

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        raise self._error


class Held:
    """A reservation that tells what became of it."""

    def __init__(self) -> None:
        self.fate: list[str] = []

    def spend(self, _reply: Reply) -> None:
        self.fate.append("spent")

    def release(self) -> None:
        self.fate.append("released")


def run(app: ASGIApp, ledger: Ledger, *, method: str = "POST", real: bool = False) -> Exchange:
    usage = Usage(app, ledger, {PATH}, real, lambda: NOON)
    return Exchange().run(usage, {**http_scope(method=method), "state": {"timings": Timings()}})


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (Answering(caller=CALLER, verdicts=(2, 1)), (7, 70, "faces", 2, 1)),
        (Answering(caller=CALLER, verdicts=(0, 1)), (7, 70, "faces", 0, 1)),
        (Answering(caller=CALLER, verdicts=(0, 0)), (7, 70, "no_face", 0, 0)),
        (Answering("-40000", 400, caller=CALLER), (7, 70, "-40000", 0, 0)),
        (Answering("-50000", 500, caller=CALLER), (7, 70, "-50000", 0, 0)),
        (Answering("-50000", 503, caller=CALLER), (7, 70, "refused_overload", 0, 0)),
        (Answering("-40070", 429, caller=CALLER, outcome="refused_rate"), (7, 70, "refused_rate", 0, 0)),
        (Answering("-41005"), (0, None, "-41005", 0, 0)),
        (Answering(None), (0, None, "-50000", 0, 0)),
    ],
)
def test_a_reply_is_told_to_the_ledger(
    tmp_path: Path, app: Answering, expected: tuple[int, int | None, str, int, int]
) -> None:
    ledger = RecordingLedger(tmp_path)
    assert run(app, ledger).body == b"answer"
    (told,) = ledger.replies
    assert expected == (
        told.application_id, told.secret_id, told.outcome, told.bona_fide, told.attacks,
    )  # fmt: skip
    assert told.at == NOON
    assert told.duration_ms >= 0


def test_nothing_is_sent_before_it_is_counted(tmp_path: Path) -> None:
    exchange = Exchange()
    ledger = RecordingLedger(tmp_path, lambda: sent_before.extend(exchange.sent))
    sent_before: list[Message] = []
    exchange.run(Usage(Answering(), ledger, {PATH}, False), {**http_scope(), "state": {"timings": Timings()}})
    assert (sent_before, len(ledger.replies), len(exchange.sent)) == ([], 1, 3)


@pytest.mark.parametrize(("real", "status"), [(False, 200), (True, 500)])
def test_what_cannot_be_counted_is_not_sent(tmp_path: Path, real: bool, status: int) -> None:
    with database_in(tmp_path) as database:
        ledger = RefusingLedger(database, StorageError("the disk is full"))
        exchange = run(Answering(caller=CALLER), ledger, real=real)
    assert exchange.sent[0]["status"] == status
    assert orjson.loads(exchange.body) == {
        "header": {"isSuccessful": False, "resultCode": -50000, "resultMessage": "InternalServerError"}
    }
    assert "x-error-detail" not in exchange.headers
    assert [message["type"] for message in exchange.sent] == ["http.response.start", "http.response.body"]


@pytest.mark.parametrize("real", [False, True])
def test_what_no_storage_counts_now_is_to_be_sent_again(tmp_path: Path, real: bool) -> None:
    state: dict[str, object] = {"timings": Timings()}
    with database_in(tmp_path) as database:
        ledger = RefusingLedger(database, StorageUnavailableError("not in time"))
        usage = Usage(Answering(caller=CALLER), ledger, {PATH}, real, lambda: NOON)
        exchange = Exchange().run(usage, {**http_scope(method="POST"), "state": state})
    assert exchange.sent[0]["status"] == 503
    assert (b"retry-after", b"1") in exchange.sent[0]["headers"]
    assert state["refusal"] == "storage"


def test_a_reservation_is_spent_with_the_count_and_then_released(tmp_path: Path) -> None:
    held = Held()
    run(Answering(caller=CALLER, reservation=held), RecordingLedger(tmp_path))
    assert held.fate == ["spent", "released"]


def test_a_reservation_is_released_whatever_happens(tmp_path: Path) -> None:
    held = Held()

    async def fail(scope: Scope, _receive: Receive, _send: Send) -> None:
        scope["state"]["reservation"] = held
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run(fail, RecordingLedger(tmp_path))
    assert held.fate == ["released"]


async def leave(scope: Scope, _receive: Receive, _send: Send) -> None:
    scope["route"] = Route()


async def answer_elsewhere(_scope: Scope, _receive: Receive, send: Send) -> None:
    await reply(send, b"page")


@pytest.mark.parametrize(
    ("app", "method"), [(leave, "POST"), (answer_elsewhere, "POST"), (Answering("-40000", 405), "GET")]
)
def test_no_reply_other_paths_and_other_methods_are_not_counted(
    tmp_path: Path,
    app: ASGIApp,
    method: str,
) -> None:
    ledger = RecordingLedger(tmp_path)
    run(app, ledger, method=method)
    assert ledger.replies == []


def test_other_scopes_pass(tmp_path: Path) -> None:
    recorder = Recorder()
    Exchange().run(Usage(recorder, RecordingLedger(tmp_path), {PATH}, False), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
