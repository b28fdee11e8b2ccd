"""Too much, too late, too early: refused with real status codes, and nothing runs in vain."""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx2
import orjson
import pytest
from structlog.testing import capture_logs

from bonaface.serving.dispatcher import Warmth
from bonaface.usage.periods import Period
from support.http.wire import connected, head
from support.models.analyses import BrokenAnalyzer, GatedAnalyzer
from support.servers.thread import RunningServer, running, settings_in, wait_for_warmth
from support.storage.accounts import ACTOR
from support.waiting import wait_until

LATER = 60


def body_of(image: bytes) -> dict[str, object]:
    return {"image": {"bytes": base64.b64encode(image).decode()}}


@contextmanager
def gated(
    folder: Path, *, cold: bool = False, **sections: object
) -> Iterator[tuple[RunningServer, GatedAnalyzer]]:
    analyzer = GatedAnalyzer(cold=cold)
    with running(analyzer, settings_in(folder, **sections), warm=not cold) as server:
        try:
            yield server, analyzer
        finally:
            analyzer.open()


def _taken(server: RunningServer, count: int) -> bool:
    return server.services.dispatcher.admission.taken == count


def ask(server: RunningServer, image: bytes) -> httpx2.Response:
    with server.client() as client:
        return client.post(server.path, json=body_of(image))


def assert_overloaded(answer: httpx2.Response) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json() == {
        "header": {"isSuccessful": False, "resultCode": -50000, "resultMessage": "ServiceUnavailable"}
    }


def test_more_than_workers_and_queue_is_refused_at_once(tmp_path: Path) -> None:
    limits = {"workers": 1, "queue": 1, "deadline": LATER}
    with gated(tmp_path, serving=limits) as (server, analyzer), ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, server, b"first")
        assert analyzer.began.acquire(timeout=LATER)
        second = pool.submit(ask, server, b"second")
        wait_until(lambda: server.services.dispatcher.admission.taken == 2)
        assert_overloaded(ask(server, b"third"))
        analyzer.open()
        assert [first.result().json()["header"]["resultCode"], second.result().status_code] == [0, 200]
    assert analyzer.images == [b"first", b"second"]


def test_more_requests_than_may_be_in_progress_are_refused_unread(tmp_path: Path) -> None:
    with gated(tmp_path, server={"max_requests": 1}) as (server, analyzer), ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, server, b"first")
        assert analyzer.began.acquire(timeout=LATER)
        with connected(server.address) as wire:
            wire.send(
                head(
                    server.path,
                    f"Authorization: {server.secret}",
                    "Content-Length: 9",
                    "Expect: 100-continue",
                )
            )
            assert wire.read().status == 503
        analyzer.open()
        assert first.result().status_code == 200
        assert ask(server, b"next").json()["header"]["resultCode"] == 0


def test_an_application_that_has_its_share_is_refused_unread_and_others_are_not(tmp_path: Path) -> None:
    with gated(tmp_path, server={"max_requests": 4}) as (server, analyzer):
        analyzer.open()
        other, _, secret = server.services.applications.create_application("other", actor=ACTOR)
        with connected(server.address) as slow, connected(server.address) as second:
            slow.send(request_head(server, 9))
            wait_until(lambda: server.services.requests.taken == 1)
            second.send(request_head(server, 9, "Expect: 100-continue"))
            refused = second.read()
            assert (refused.status, refused.code) == (503, -50000)
            assert refused.json["header"]["resultMessage"] == "ServiceUnavailable"
            assert refused.headers["retry-after"] == "1"
            with server.client() as client:
                path = server.path.replace(server.app_key, other.app_key)
                answer = client.post(path, json=body_of(b"image"), headers={"Authorization": secret})
            assert answer.json()["header"]["resultCode"] == 0
        now = datetime.now(UTC)
        mine = server.services.applications.get_application(server.app_key)
        (month,) = server.services.usage.usage(Period.MONTH, now, now + timedelta(seconds=1), mine.id)
        assert month.outcomes == {"refused_overload": 1}


def test_an_application_alone_may_use_all_workers_and_the_queue(tmp_path: Path) -> None:
    """Its places are for images on their way: what waits for a worker holds none."""
    limits = {"workers": 1, "queue": 2, "deadline": LATER}
    with (
        gated(tmp_path, serving=limits, server={"max_requests": 4}) as (server, analyzer),
        ThreadPoolExecutor(3) as pool,
    ):
        asked = []
        for number in range(3):
            asked.append(pool.submit(ask, server, b"image"))
            wait_until(partial(_taken, server, number + 1))
        assert server.services.shares.owners == 0
        analyzer.open()
        assert [future.result().json()["header"]["resultCode"] for future in asked] == [0] * 3


@contextmanager
def full(folder: Path) -> Iterator[tuple[RunningServer, GatedAnalyzer]]:
    """A server whose only place `first` has until the analyzer is opened, at the end if not before."""
    limits = {"workers": 1, "queue": 0, "deadline": LATER}
    with gated(folder, serving=limits) as (server, analyzer), ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, server, b"first")
        assert analyzer.began.acquire(timeout=LATER)
        yield server, analyzer
        analyzer.open()
        assert first.result().status_code == 200


def test_what_finds_no_place_is_refused_unread(tmp_path: Path) -> None:
    with full(tmp_path) as (server, analyzer):
        with connected(server.address) as wire:
            wire.send(request_head(server, 9, "Expect: 100-continue"))
            answer = wire.read()
            assert (answer.status, answer.code, answer.headers["connection"]) == (503, -50000, "close")
        with connected(server.address) as wire:  # keys are checked first
            wire.send(head(server.path, "Authorization: wrong", "Content-Length: 9", "Expect: 100-continue"))
            assert wire.read().code == -41005
    assert analyzer.images == [b"first"]


def test_a_refusal_of_a_short_request_keeps_its_connection(tmp_path: Path) -> None:
    with full(tmp_path) as (server, analyzer), connected(server.address) as wire:
        for _ in range(3):
            wire.send(request_of(server, b"again"))
            answer = wire.read()
            assert (answer.status, "connection" in answer.headers) == (503, False)
        analyzer.open()
        wait_until(lambda: server.services.dispatcher.admission.taken == 0)
        wire.send(request_of(server, b"again"))
        assert wire.read().code == 0
    assert analyzer.images == [b"first", b"again"]


def test_whoever_sends_slowly_holds_no_place_meanwhile(tmp_path: Path) -> None:
    limits = {"workers": 1, "queue": 0, "deadline": LATER}
    with gated(tmp_path, serving=limits) as (server, analyzer), connected(server.address) as wire:
        analyzer.open()
        request = request_of(server, b"slow")
        wire.send(request[:-5])
        wait_until(lambda: server.services.requests.taken == 1)
        assert server.services.dispatcher.admission.taken == 0
        assert ask(server, b"quick").json()["header"]["resultCode"] == 0
        wire.send(request[-5:])
        assert wire.read().code == 0
    assert analyzer.images == [b"quick", b"slow"]


def test_an_answer_that_would_come_too_late_is_an_overload(tmp_path: Path) -> None:
    limits = {"workers": 1, "queue": 4, "deadline": 0.1}
    with gated(tmp_path, serving=limits) as (server, analyzer):
        assert_overloaded(ask(server, b"running"))
        assert_overloaded(ask(server, b"waiting"))
    assert analyzer.images == [b"running"]


def test_work_of_a_client_that_went_away_is_not_run(tmp_path: Path) -> None:
    limits = {"workers": 1, "queue": 4, "deadline": LATER}
    with (
        gated(tmp_path, serving=limits) as (server, analyzer),
        ThreadPoolExecutor(1) as pool,
        capture_logs() as logs,
    ):
        first = pool.submit(ask, server, b"first")
        assert analyzer.began.acquire(timeout=LATER)
        leave_while_waiting(server, b"gone")
        wait_until(lambda: server.services.requests.taken == 1)
        analyzer.open()
        assert first.result().status_code == 200
        assert ask(server, b"last").status_code == 200
    assert analyzer.images == [b"first", b"last"]
    assert 499 in [log.get("status") for log in logs]
    assert not [log for log in logs if log["log_level"] == "error"]


def request_head(server: RunningServer, length: int, *lines: str) -> bytes:
    own = (f"Authorization: {server.secret}", "Content-Type: application/json", f"Content-Length: {length}")
    return head(server.path, *own, *lines)


def request_of(server: RunningServer, image: bytes) -> bytes:
    body = orjson.dumps(body_of(image))
    return request_head(server, len(body)) + body


def leave_while_waiting(server: RunningServer, image: bytes) -> None:
    with connected(server.address) as wire:
        wire.send(request_of(server, image))
        wait_until(lambda: server.services.dispatcher.admission.taken == 2)


def test_a_server_that_is_warming_up_says_so(tmp_path: Path) -> None:
    with gated(tmp_path, cold=True) as (server, analyzer), server.client() as client:
        wait_until(lambda: server.services.dispatcher.warmth is Warmth.WARMING)
        ready = client.get("/readyz")
        presets = {"source": "model", "sha256": None, "version": server.services.presets.current.version}
        others = {"engine": "working", "database": "reachable", "stopping": False, "presets": presets}
        assert ready.status_code == 503
        assert ready.json() == {"ready": False, "models": "warming", **others}
        assert client.get("/healthz").json() == {"status": "alive", "engine": "working"}
        assert_overloaded(ask(server, b"early"))
        analyzer.open()
        wait_for_warmth(server.services, Warmth.WARM)
        assert client.get("/readyz").json() == {"ready": True, "models": "warm", **others}


def test_models_that_do_not_warm_up_leave_it_unready(tmp_path: Path) -> None:
    analyzer = BrokenAnalyzer(RuntimeError("no such layer"), in_warm_up=True)
    with capture_logs() as logs, running(analyzer, settings_in(tmp_path), warm=False) as server:
        wait_for_warmth(server.services, Warmth.FAILED)
        with server.client() as client:
            assert client.get("/readyz").json()["models"] == "failed"
    assert "models.failed" in [log["event"] for log in logs]


@pytest.mark.parametrize(("real", "status"), [(False, 200), (True, 500)])
def test_what_nobody_expected_is_50000_without_a_trace(tmp_path: Path, real: bool, status: int) -> None:
    analyzer = BrokenAnalyzer(ZeroDivisionError("/srv/models at 10.1.2.3"))
    settings = settings_in(tmp_path, server={"real_status_codes": real})
    with capture_logs() as logs, running(analyzer, settings) as server:
        answer = ask(server, b"image")
    assert answer.status_code == status
    assert answer.json() == {
        "header": {"isSuccessful": False, "resultCode": -50000, "resultMessage": "InternalServerError"}
    }
    assert "x-error-detail" not in answer.headers
    assert "10.1.2.3" not in answer.text
    assert "request.failed" in [log["event"] for log in logs]


def test_stopping_waits_for_the_answers_in_flight(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with gated(tmp_path, server={"shutdown_grace": LATER}) as (server, analyzer):
            asked = pool.submit(ask, server, b"image")
            assert analyzer.began.acquire(timeout=LATER)
        assert asked.result().json()["header"]["resultCode"] == 0
