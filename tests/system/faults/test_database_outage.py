"""The database goes away under load and comes back: what clients see, and that every reply is counted once.

Clients are answered from the keys that the server remembers (5 seconds), and counted in the journal; then
they get 503 with Retry-After. When the database is back, the journal goes into it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface.accounts.application import Quota
from bonaface.accounts.credential_cache import TIME_TO_LIVE
from bonaface.settings import StorageSettings
from bonaface.storage import sqlite
from support.faults.commit_cutter import cutting
from support.faults.outages import held
from support.http.wire import exchange
from support.load.steady import INTERNAL, assert_nothing_lost, loaded, shape_request
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.storage.postgres import PostgresServer
from support.waiting import wait_until

WELL = -40000
NO_LONGER = 15.0
"""Seconds that no reply takes, whatever the database does."""


def code_of(server: RunningServer, app_key: str | None = None, secret: str | None = None) -> int:
    request = shape_request(app_key or server.app_key, secret or server.secret)
    return exchange(server.address, request).code


def is_told_to_come_again(server: RunningServer, app_key: str, secret: str) -> bool:
    """Whether the answer is the contract's for storage that cannot be reached."""
    answer = exchange(server.address, shape_request(app_key, secret))
    told = (answer.status, answer.code, answer.headers.get("retry-after"))
    return told == (503, INTERNAL, "1") and answer.json["header"]["resultMessage"] == "ServiceUnavailable"


@contextmanager
def stopped(server: PostgresServer, how: str = "immediate") -> Iterator[None]:
    """The server is not there while the block runs."""
    server.stop(how)
    try:
        yield
    finally:
        server.start()


def caught_up(server: RunningServer) -> None:
    wait_until(lambda: server.services.ledger.backlog == 0)


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_postgresql_is_stopped_and_started_again(
    own_server: PostgresServer, server: RunningServer, own_storage: StorageSettings, how: str
) -> None:
    with capture_logs() as logs, loaded(server.address, server.app_key, server.secret) as load:
        before = load.received[WELL]
        with stopped(own_server, how):
            load.wait_for(INTERNAL)  # keys that were right a moment ago go on, and not for long
            assert server.services.ledger.backlog > 0
            assert load.received[WELL] > before
        load.wait_for(WELL)
    caught_up(server)
    assert load.slowest < NO_LONGER
    assert_nothing_lost(own_storage, load)
    events = [log["event"] for log in logs]
    assert "ledger.journal.opened" in events
    assert "ledger.failed" not in events


def test_without_a_journal_whatever_the_database_does_not_take_is_refused(
    own_server: PostgresServer, own_storage: StorageSettings, tmp_path: Path
) -> None:
    storage = own_storage.model_dump() | {"journal_bytes": 0}
    with running(SteadyAnalyzer(), settings_in(tmp_path, storage=storage)) as server:
        with loaded(server.address, server.app_key, server.secret) as load:
            load.wait_for(WELL)
            with stopped(own_server):
                load.wait_for(INTERNAL)  # remembered keys do not help: nobody counts
                before = load.received[WELL]
                load.wait_for(INTERNAL)
                assert load.received[WELL] == before
                assert is_told_to_come_again(server, server.app_key, server.secret)
            load.wait_for(WELL)
        assert server.services.ledger.backlog == 0
    assert not own_storage.directory.exists()  # nothing needs a disk
    assert_nothing_lost(own_storage, load)


def test_postgresql_is_frozen_and_goes_on(
    own_server: PostgresServer, server: RunningServer, own_storage: StorageSettings
) -> None:
    """It takes connections and answers nothing: no limit of the server's own helps."""
    with loaded(server.address, server.app_key, server.secret) as load:
        with own_server.frozen():
            load.wait_for(WELL)
            load.wait_for(INTERNAL, 4)
            assert not server.services.database.is_reachable()
        load.wait_for(WELL)
    caught_up(server)
    assert load.slowest < NO_LONGER
    assert_nothing_lost(own_storage, load)


def test_a_disabled_key_does_not_outlive_its_time_in_an_outage(
    own_server: PostgresServer, server: RunningServer
) -> None:
    """An outage does not make the memory of keys any longer, and a wrong key stays wrong."""
    assert code_of(server) == WELL
    server.services.applications.disable_application(server.app_key, actor=ACTOR)
    with stopped(own_server):
        threading.Event().wait(TIME_TO_LIVE)
        assert is_told_to_come_again(server, server.app_key, server.secret)
        assert is_told_to_come_again(server, server.app_key, "wrong")
        assert is_told_to_come_again(server, "unknownUnknown16", server.secret)
    wait_until(lambda: code_of(server) == -41005)
    caught_up(server)


def test_quotas_and_shared_rates_in_an_outage(
    own_server: PostgresServer, own_storage: StorageSettings
) -> None:
    """A month that cannot be read is refused, not guessed; a rate whose store is away lets pass."""
    settings = settings_in(
        own_storage.directory, storage=own_storage.model_dump(), limits={"store": "database"}
    )
    with running(SteadyAnalyzer(), settings) as server, capture_logs() as logs:
        applications = server.services.applications
        month, _, month_secret = applications.create_application("m", quota=Quota(monthly=99), actor=ACTOR)
        rate, _, rate_secret = applications.create_application("r", quota=Quota(rate=1), actor=ACTOR)
        assert code_of(server, month.app_key, month_secret) == WELL
        assert code_of(server, rate.app_key, rate_secret) == WELL
        with stopped(own_server):
            assert {code_of(server, rate.app_key, rate_secret) for _ in range(3)} == {WELL}
            wait_until(lambda: not server.services.permits._monthly.is_fresh(month.id))
            assert is_told_to_come_again(server, month.app_key, month_secret)
        wait_until(lambda: code_of(server, month.app_key, month_secret) == WELL)
        caught_up(server)
        assert server.services.usage.used_this_month(month.id) == 2  # what was refused takes nothing of it
    assert "rates.unreachable" in {log["event"] for log in logs}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_line_that_breaks_in_the_commit_counts_once(
    own_server: PostgresServer, own_storage: StorageSettings, when: str, tmp_path: Path
) -> None:
    assert own_storage.url is not None
    with cutting(own_server.port) as cutter:
        url = own_storage.url.replace(f":{own_server.port}/", f":{cutter.port}/")
        proxied = {"directory": own_storage.directory, "url": url}
        with (
            running(SteadyAnalyzer(), settings_in(tmp_path, storage=proxied)) as server,
            capture_logs() as logs,
        ):
            assert code_of(server) == WELL
            cutter.arm(when)
            assert code_of(server) == WELL  # whatever became of the commit, it is in the journal
            assert cutter.cuts == 1
            caught_up(server)
            assert code_of(server) == WELL
            caught_up(server)
            mine = server.services.applications.get_application(server.app_key)
            assert server.services.usage.used_this_month(mine.id) == 3
    assert "ledger.journal.opened" in [log["event"] for log in logs]


@pytest.mark.parametrize("milliseconds", [200, 5000])
def test_sqlite_is_held_by_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, milliseconds: int
) -> None:
    """Longer than its busy timeout, or than a reply waits for it: readers go on, so no key is refused."""
    settings = (f"busy_timeout={milliseconds}", *sqlite.CONNECTION_SETTINGS[1:])
    monkeypatch.setattr(sqlite, "CONNECTION_SETTINGS", settings)
    storage = StorageSettings(directory=tmp_path / "data")
    with running(SteadyAnalyzer(), settings_in(tmp_path)) as server:
        with loaded(server.address, server.app_key, server.secret) as load:
            with held(storage.directory / "bonaface.db"):
                load.wait_for(WELL, 50)
                assert server.services.ledger.backlog > 0
            caught_up(server)
            load.wait_for(WELL)
        caught_up(server)
    assert load.received.keys() == {WELL}
    assert load.slowest < NO_LONGER
    assert_nothing_lost(storage, load)


def test_the_journal_is_removed_when_all_is_well(tmp_path: Path) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path)) as server:
        assert code_of(server) == WELL
        assert len(list((tmp_path / "data" / "journal").iterdir())) == 1
    assert list((tmp_path / "data" / "journal").iterdir()) == []
