"""The ledger over real sockets: every reply, its outcome, and what happens when it cannot be counted."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.usage.periods import Period
from bonaface.usage.queries import UsageRepository, UsageRow
from support.faults.ledger_proof import Proof
from support.http.wire import RawAnswer, connected, exchange, form, head
from support.models.analyses import GatedAnalyzer, SteadyAnalyzer
from support.pictures import images
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.waiting import wait_until

SECONDS = 60
JSON = ("Content-Type: application/json", "Content-Length: 2")


@pytest.fixture
def settings(storage: StorageSettings) -> dict[str, object]:
    """Sections of a server on both engines."""
    return {"storage": storage.model_dump()}


def usage_of(server: RunningServer, application: int | None = None) -> UsageRow:
    wait_until(lambda: server.services.ledger.backlog == 0)  # a slow commit is in the journal before
    return this_month(server.services.usage, application)


def this_month(usage: UsageRepository, application: int | None = None) -> UsageRow:
    now = datetime.now(UTC)
    (row,) = usage.usage(Period.MONTH, now, now + timedelta(seconds=1), application)
    return row


def ask(server: RunningServer, secret: str | None = None, app_key: str | None = None) -> RawAnswer:
    """A request of the wrong shape: all of the server but the analysis."""
    path = f"/v1.0/appkeys/{app_key or server.app_key}/spoofing"
    return exchange(server.address, head(path, f"Authorization: {secret or server.secret}", *JSON) + b"{}")


def test_each_reply_is_counted_with_its_outcome(
    analyzer: Analyzer, settings: dict[str, object], tmp_path: Path, portrait: bytes
) -> None:
    with running(analyzer, settings_in(tmp_path, **settings)) as server:
        mine = server.services.applications.get_application(server.app_key).id
        with server.client() as client:
            assert client.post(server.path, files={"imageFile": portrait}).json()["data"]["faceDetailCount"]
            client.post(server.path, files={"imageFile": images.png()})
            client.post(server.path, json={})
            client.post(server.path, files={"imageFile": images.gif()})
            client.get(server.path)
            for path in ("/healthz", "/docs", "/openapi.json", "/console", "/nothing"):
                client.get(path)
        ask(server, secret="wrong")
        ask(server, app_key="unknown")
        row = usage_of(server, mine)
        assert row.outcomes == {"faces": 1, "no_face": 1, "-40000": 1, "-45040": 1}
        assert (row.requests, row.bona_fide, row.attacks) == (4, 1, 0)
        assert 0 < row.slowest_ms <= row.duration_ms
        assert usage_of(server, 0).outcomes == {"-41005": 2}
        assert usage_of(server).requests == 6
        (secret,) = server.services.applications.secrets_of(server.app_key)
        assert secret.last_used_at is not None


def test_refusals_are_counted_and_take_nothing_of_the_month(
    settings: dict[str, object], tmp_path: Path
) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path, server={"max_requests": 1}, **settings)) as server:
        applications = server.services.applications
        shop, _, secret = applications.create_application(
            "shop", quota=Quota(rate=1, burst=60, monthly=2), actor=ACTOR
        )
        with server.services.requests.admit():
            assert ask(server, secret, shop.app_key).status == 503
        assert [ask(server, secret, shop.app_key).code for _ in range(2)] == [-40000] * 2
        refused = ask(server, secret, shop.app_key)
        assert (refused.status, refused.code) == (429, -40070)
        applications.set_quota(shop.app_key, Quota(rate=1), actor=ACTOR)
        assert usage_of(server, shop.id).outcomes == {"-40000": 2, "refused_overload": 1, "refused_quota": 1}
        assert server.services.usage.used_this_month(shop.id) == 2


def test_a_month_is_served_to_the_last_request_by_many_connections(
    settings: dict[str, object], tmp_path: Path
) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path, **settings)) as server:
        shop, _, secret = server.services.applications.create_application(
            "shop", quota=Quota(monthly=30), actor=ACTOR
        )
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: ask(server, secret, shop.app_key), range(80)))
        assert sorted(answer.status for answer in answers) == [200] * 30 + [429] * 50
        assert usage_of(server, shop.id).outcomes == {"-40000": 30, "refused_quota": 50}


@contextmanager
def usage_taken_away(server: RunningServer) -> Iterator[None]:
    """Neither database nor journal takes a count while the block runs."""
    journal = server.services.ledger._journal
    limit, journal._limit = journal._limit, 1
    database = server.services.database
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE usage_totals RENAME TO away"))
    try:
        yield
    finally:
        with database.writing() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO usage_totals"))
        journal._limit = limit


@pytest.mark.parametrize(("real", "status"), [(False, 200), (True, 500)])
def test_a_reply_that_cannot_be_counted_is_an_internal_error(
    settings: dict[str, object], tmp_path: Path, real: bool, status: int
) -> None:
    sections = {**settings, "server": {"real_status_codes": real}}
    with running(SteadyAnalyzer(), settings_in(tmp_path, **sections)) as server, capture_logs() as logs:
        with usage_taken_away(server):
            answer = ask(server)
        assert (answer.status, answer.code) == (status, -50000)
        assert answer.json["header"]["resultMessage"] == "InternalServerError"
        assert answer.headers.keys() >= {"x-request-id", "x-content-type-options"}
        assert "x-error-detail" not in answer.headers
        assert ask(server).code == -40000
        assert usage_of(server).outcomes == {"-40000": 1}
    assert "ledger.failed" in [log["event"] for log in logs]


def test_a_connection_survives_what_cannot_be_counted(settings: dict[str, object], tmp_path: Path) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path, **settings)) as server:
        request = head(server.path, f"Authorization: {server.secret}", *JSON) + b"{}"
        with connected(server.address) as wire:
            with usage_taken_away(server):
                wire.send(request)
                assert wire.read().code == -50000
            wire.send(request)
            assert wire.read().code == -40000


def test_a_client_that_left_is_not_counted(settings: dict[str, object], tmp_path: Path) -> None:
    analyzer = GatedAnalyzer()
    content_type, body = form(("imageFile", "a.png", b"image"))
    lines = (f"Content-Type: {content_type}", f"Content-Length: {len(body)}")
    with running(analyzer, settings_in(tmp_path, **settings)) as server:
        try:
            shop, _, secret = server.services.applications.create_application(
                "shop", quota=Quota(monthly=1), actor=ACTOR
            )
            path = f"/v1.0/appkeys/{shop.app_key}/spoofing"
            with connected(server.address) as wire:
                wire.send(head(path, f"Authorization: {secret}", *lines) + body)
                assert analyzer.began.acquire(timeout=SECONDS)
            wait_until(lambda: server.services.requests.taken == 0)
        finally:
            analyzer.open()
        wait_until(lambda: ask(server, secret, shop.app_key).code == -40000)
        assert "faces" not in usage_of(server, shop.id).outcomes


def test_stopping_leaves_no_thread_and_loses_no_count(
    settings: dict[str, object], storage: StorageSettings, tmp_path: Path
) -> None:
    before = set(threading.enumerate())  # servers that other tests share have threads of their own
    with (
        running(SteadyAnalyzer(), settings_in(tmp_path, **settings)) as server,
        ThreadPoolExecutor(8) as pool,
    ):
        answers = list(pool.map(lambda _: ask(server), range(40)))
    assert {answer.code for answer in answers} == {-40000}
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not left & {"ledger-database", "ledger-journal", "recovery", "housekeeping", "server"}
    with Database(storage) as database:
        assert this_month(UsageRepository(database)).requests == 40


def test_a_killed_server_has_counted_every_reply_that_was_received(
    storage: StorageSettings, models_directory: Path
) -> None:
    """Two rounds of `make prove-ledger`."""
    proof = Proof(storage, models_directory, seed=7)
    for done in proof.rounds(2):
        assert done.total("received") > 0
        assert done.holds, done
