"""The primary of PostgreSQL is lost with traffic on it, and its standby promoted: no counted reply is lost.

Two real servers, the second of which follows the first and has each commit before it is told as done. Two
replicas are on whichever takes writes: one with a journal, one without.
"""

from contextlib import ExitStack
from pathlib import Path

from bonaface.settings import Settings, StorageSettings
from conftest import need_service
from support.load.steady import INTERNAL, assert_nothing_lost, loaded
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import running, settings_in
from support.storage.postgres import running_postgres, why_not
from support.waiting import wait_until

WELL = -40000


def settings_of(folder: Path, url: str, journal_bytes: int) -> Settings:
    return settings_in(folder, storage={"url": url, "journal_bytes": journal_bytes})


def test_replicas_go_over_to_the_standby_and_lose_nothing(tmp_path: Path) -> None:
    need_service(why_not())
    with ExitStack() as stack:
        primary = stack.enter_context(running_postgres())
        name = primary.create().rpartition("/")[2]
        standby = stack.enter_context(primary.standby())
        url = primary.url_with(standby, name)
        keeping, refusing = (
            stack.enter_context(running(SteadyAnalyzer(), settings_of(tmp_path / each, url, size)))
            for each, size in (("keeping", 1_000_000), ("refusing", 0))
        )
        loads = [
            stack.enter_context(loaded(server.address, server.app_key, server.secret))
            for server in (keeping, refusing)
        ]
        for load in loads:
            load.wait_for(WELL)
        primary.stop()
        for load in loads:
            load.wait_for(INTERNAL, 1)
        assert keeping.services.ledger.backlog > 0
        assert refusing.services.ledger.backlog == 0
        standby.promote()
        for load in loads:
            load.wait_for(WELL)
            load.stop()
        wait_until(lambda: keeping.services.ledger.backlog == 0)
        assert_nothing_lost(StorageSettings(url=url), *loads)
        for server in (keeping, refusing):
            assert server.services.database.is_reachable()
