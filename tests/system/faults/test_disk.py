"""Disks that are full, fail, or may only be read: what clients see, and that nothing counted is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface.errors import StorageError
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from conftest import need_service
from support.faults.outages import Disk, mounted, why_no_mount
from support.http.wire import exchange
from support.load.steady import INTERNAL, assert_nothing_lost, loaded, shape_request
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import RunningServer, running, settings_in
from support.waiting import wait_until

WELL = -40000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    need_service(why_no_mount())
    with mounted(tmp_path) as disk:
        yield disk


def storage_on(disk: Disk, journal: Path) -> StorageSettings:
    """The database on the disk, and the journal's folder where it is told."""
    return StorageSettings(url=f"sqlite:///{disk.folder}/store/bonaface.db", directory=journal)


def code_of(server: RunningServer) -> int:
    return exchange(server.address, shape_request(server.app_key, server.secret)).code


def test_the_databases_disk_is_full_and_the_journals_is_not(disk: Disk, tmp_path: Path) -> None:
    """Clients see nothing of it."""
    storage = storage_on(disk, tmp_path / "data")
    settings = settings_in(tmp_path, storage=storage.model_dump())
    with running(SteadyAnalyzer(), settings) as server, capture_logs() as logs:
        with loaded(server.address, server.app_key, server.secret) as load:
            disk.fill()
            wait_until(lambda: server.services.ledger.backlog > 20)
            disk.free()
            wait_until(lambda: server.services.ledger.backlog == 0)
            load.wait_for(WELL)
        wait_until(lambda: server.services.ledger.backlog == 0)
        assert load.received.keys() == {WELL}
        assert_nothing_lost(storage, load)
    assert "The disk of the database is full" in next(
        log["error"] for log in logs if log["event"] == "ledger.journal.opened"
    )


def test_the_disk_of_both_is_full(disk: Disk, tmp_path: Path) -> None:
    """Nothing that is not counted leaves: -50000 until there is room."""
    storage = storage_on(disk, disk.folder / "data")
    settings = settings_in(tmp_path, storage=storage.model_dump())
    with running(SteadyAnalyzer(), settings) as server, capture_logs() as logs:
        with loaded(server.address, server.app_key, server.secret) as load:
            disk.fill()
            load.wait_for(INTERNAL)
            disk.free()
            load.wait_for(WELL)
        wait_until(lambda: server.services.ledger.backlog == 0)
        assert_nothing_lost(storage, load)
    assert "ledger.failed" in {log["event"] for log in logs}


def test_a_full_disk_at_the_start_is_a_sentence(disk: Disk, tmp_path: Path) -> None:
    disk.fill()
    settings = settings_in(tmp_path, storage=storage_on(disk, tmp_path / "data").model_dump())
    with pytest.raises(StorageError, match=r"free space|full"):
        services_around(ThreadBackend(SteadyAnalyzer()), settings)


def test_a_disk_that_begins_to_fail_refuses_and_keeps_what_was_counted(disk: Disk, tmp_path: Path) -> None:
    """The kernel makes a disk that gives errors read-only while files are open on it.

    Here and below it fails between two commits: of one that it meets half-way the kernel may tell that it is
    on the disk (fsync) when it is not, and no program can know.
    """
    storage = storage_on(disk, disk.folder / "data")
    settings = settings_in(tmp_path, storage=storage.model_dump())
    with (
        capture_logs(),
        running(SteadyAnalyzer(), settings) as server,
        loaded(server.address, server.app_key, server.secret) as load,
    ):
        load.wait_for(WELL)
        with server.services.ledger.between_commits():
            disk.fail()
        load.wait_for(INTERNAL)
    disk.replace()
    assert load.received.keys() == {WELL, INTERNAL}
    assert_nothing_lost(storage, load)


def test_a_database_whose_disk_fails_has_all_once_it_has_another(disk: Disk, tmp_path: Path) -> None:
    storage = storage_on(disk, tmp_path / "data")
    settings = settings_in(tmp_path, storage=storage.model_dump())
    with (
        capture_logs(),
        running(SteadyAnalyzer(), settings) as server,
        loaded(server.address, server.app_key, server.secret) as load,
    ):
        with server.services.ledger.between_commits():
            disk.fail()
        load.wait_for(WELL, 50)
        assert server.services.ledger.backlog > 0
    disk.replace()
    with running(SteadyAnalyzer(), settings):
        wait_until(lambda: not list((tmp_path / "data" / "journal").glob("*.jsonl"))[1:])
    assert load.received.keys() == {WELL}
    assert_nothing_lost(storage, load)


def test_a_read_only_disk_at_the_start_is_a_sentence(disk: Disk, tmp_path: Path) -> None:
    storage = storage_on(disk, disk.folder / "data")
    with Database(storage) as database:
        database.migrate()
    disk.make_read_only()
    settings = settings_in(tmp_path, storage=storage.model_dump())
    with pytest.raises(StorageError, match="Read-only file system"):
        services_around(ThreadBackend(SteadyAnalyzer()), settings)
    disk.make_writable()
    with running(SteadyAnalyzer(), settings) as server:
        assert code_of(server) == WELL


def test_a_journal_on_a_read_only_disk_is_told_and_only_missed_in_an_outage(
    disk: Disk, tmp_path: Path
) -> None:
    disk.make_read_only()
    storage = StorageSettings(url=f"sqlite:///{tmp_path}/store/bonaface.db", directory=disk.folder / "data")
    settings = settings_in(tmp_path, storage=storage.model_dump())
    with capture_logs() as logs, running(SteadyAnalyzer(), settings) as server:
        assert code_of(server) == WELL
        with server.services.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE usage_totals RENAME TO away")
        assert code_of(server) == INTERNAL
        with server.services.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO usage_totals")
        assert code_of(server) == WELL
    assert "ledger.journal.unusable" in {log["event"] for log in logs}
