"""PostgreSQL behind pgbouncer, by transaction: either of them ends with traffic on a server."""

from contextlib import ExitStack
from pathlib import Path

import psycopg

from bonaface.settings import StorageSettings
from conftest import need_service
from support.load.steady import assert_nothing_lost, loaded
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import running, settings_in
from support.storage import pooler, postgres
from support.storage.pooler import pooler_of
from support.waiting import wait_until

WELL = -40000
CONNECTIONS = 4
"""A server process alone holds 21."""


def test_neither_the_end_of_the_pooler_nor_of_its_server_loses_a_reply(tmp_path: Path) -> None:
    need_service(pooler.why_not())
    need_service(postgres.why_not())
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running_postgres())
        with psycopg.connect(server.url, autocommit=True) as connection:  # what is committed outlives a stop
            connection.execute("ALTER ROLE bonaface SET synchronous_commit = on")
        direct = server.create()
        before = stack.enter_context(pooler_of(server, "transaction", CONNECTIONS))
        first = stack.enter_context(ExitStack())
        first.enter_context(before.running())
        settings = settings_in(tmp_path, storage={"url": before.url_of(direct), "pooled": True})
        running_one = stack.enter_context(running(SteadyAnalyzer(), settings))
        load = stack.enter_context(loaded(running_one.address, running_one.app_key, running_one.secret))
        ledger = running_one.services.ledger
        load.wait_for(WELL)

        first.close()
        wait_until(lambda: ledger.backlog > 0)
        stack.enter_context(before.running())
        wait_until(lambda: ledger.backlog == 0)

        server.stop()
        wait_until(lambda: ledger.backlog > 0)
        server.start()
        wait_until(lambda: ledger.backlog == 0)
        load.wait_for(WELL)
        load.stop()
        wait_until(lambda: ledger.backlog == 0)
        assert_nothing_lost(StorageSettings(url=direct), load)
