"""Strangers send wrong keys while PostgreSQL takes connections and does not answer: who waits, how long.

Before, look-ups of wrong keys held every thread of the server for 4 seconds each: callers with right keys
waited for them, and so did /readyz.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from structlog.testing import capture_logs

from bonaface.accounts.application import Quota
from bonaface.settings import StorageSettings
from support.http.wire import RawAnswer, exchange, head
from support.load.steady import INTERNAL, Load, assert_nothing_lost, loaded
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.storage.postgres import PostgresServer
from support.waiting import wait_until

WELL, WRONG = -40000, -41005
UNKNOWN = "unknownUnknown16"
STRANGERS = 30
PAUSE = 0.05
REPLIES = 100
"""To each kind of caller in the outage: many more than come in time where each look-up waits its turn."""


@contextmanager
def strangers(server: RunningServer) -> Iterator[tuple[Load, Load]]:
    """Wrong secrets of a known appKey and unknown appKeys, over and over."""
    known = Load(server.address, server.app_key, "wrong", STRANGERS, PAUSE)
    unknown = Load(server.address, UNKNOWN, server.secret, STRANGERS, PAUSE)
    with ExitStack() as stack:
        for load in (known, unknown):
            stack.callback(load.stop)
            load.start()
        wait_until(lambda: min(known.received[WRONG], unknown.received[WRONG]) > STRANGERS)
        yield known, unknown


def get(server: RunningServer, path: str, *headers: str) -> RawAnswer:
    return exchange(server.address, head(path, *headers, method="GET"))


def known_away(server: RunningServer) -> None:
    """Return when the server has found out that its database does not answer: by asking for /readyz."""
    assert get(server, "/readyz").status == 503
    wait_until(lambda: server.services.database.breaker.is_open)


def test_right_keys_do_not_wait_for_wrong_ones(
    own_server: PostgresServer, server: RunningServer, own_storage: StorageSettings
) -> None:
    with (
        capture_logs() as logs,
        loaded(server.address, server.app_key, server.secret) as load,
        strangers(server) as (known, unknown),
    ):
        with own_server.frozen():
            load.wait_for(WELL, 4)
            wait_until(lambda: server.services.database.breaker.is_open)
            for each in (load, known, unknown):
                each.wait_for(INTERNAL, REPLIES)
            readiness = get(server, "/readyz")
            assert readiness.status == 503
            assert readiness.json["database"] == "unreachable"
            assert get(server, "/healthz").status == 200
        load.wait_for(WELL)
        wait_until(lambda: get(server, "/readyz").status == 200)
        for each in (known, unknown):
            each.wait_for(WRONG)  # no lock-out: neither of them is told anything else than before
    wait_until(lambda: server.services.ledger.backlog == 0)
    assert_nothing_lost(own_storage, load, known, unknown)
    assert [log["event"] for log in logs].count("storage.back") >= 1


def test_nobody_waits_for_a_database_that_is_known_to_be_away(
    own_server: PostgresServer, server: RunningServer
) -> None:
    """The answer to keys that nobody knows by heart is the same whoever they are."""
    shop, _, secret = server.services.applications.create_application("shop", actor=ACTOR)
    with own_server.frozen():
        known_away(server)
        before = threading.active_count()
        keys = ((shop.app_key, secret), (shop.app_key, "wrong"), (UNKNOWN, secret))
        told = [post(server, *given) for given in keys for _ in range(5)]
        assert threading.active_count() <= before + 1  # of the probe: no look-up was begun
        assert len({(answer.status, answer.body, answer.headers["x-error-detail"]) for answer in told}) == 1
        assert {(answer.status, answer.headers["retry-after"]) for answer in told} == {(503, "1")}
    wait_until(lambda: post(server, shop.app_key, secret).code == WELL)


def post(server: RunningServer, app_key: str, secret: str) -> RawAnswer:
    lines = (f"Authorization: {secret}", "Content-Type: application/json", "Content-Length: 2")
    return exchange(server.address, head(f"/v1.0/appkeys/{app_key}/spoofing", *lines) + b"{}")


def test_administrators_and_the_console_are_told_to_come_again(
    own_server: PostgresServer, server: RunningServer
) -> None:
    _, text = server.services.admin_tokens.create("ops", actor=ACTOR)
    bearer = f"Authorization: Bearer {text}"
    pages = ("applications", "usage", "audit")
    assert {get(server, f"/admin/v1/{page}", bearer).status for page in pages} == {200}
    preview = head(
        "/console/preview",
        f"X-App-Key: {server.app_key}",
        f"Authorization: {server.secret}",
        "Content-Type: application/json",
        "Content-Length: 2",
    )
    with own_server.frozen():
        known_away(server)
        for given in (bearer, "Authorization: Bearer wrong"):
            for page in pages:
                answer = get(server, f"/admin/v1/{page}", given)
                assert (answer.status, answer.json["status"]) == (503, 503)
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["retry-after"] == "1"
        answer = exchange(server.address, preview + b"{}")
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, INTERNAL, "1")
        assert get(server, "/console").status == 200
    wait_until(lambda: get(server, "/admin/v1/usage", bearer).status == 200)


def test_shared_rates_pass_and_months_are_refused(
    own_server: PostgresServer, own_storage: StorageSettings, tmp_path: Path
) -> None:
    """Neither keeps callers without a quota, whose rates and months need not be asked for."""
    settings = settings_in(tmp_path, storage=own_storage.model_dump(), limits={"store": "database"})
    with running(SteadyAnalyzer(), settings) as server:
        create = server.services.applications.create_application
        rated, _, rate_secret = create("rated", quota=Quota(rate=100), actor=ACTOR)
        monthly, _, month_secret = create("monthly", quota=Quota(monthly=10_000), actor=ACTOR)
        with (
            loaded(server.address, server.app_key, server.secret) as load,
            loaded(server.address, rated.app_key, rate_secret) as rates,
            loaded(server.address, monthly.app_key, month_secret) as months,
        ):
            with own_server.frozen():
                for each in (load, rates):
                    each.wait_for(WELL, 4)
                months.wait_for(INTERNAL, REPLIES)
            for each in (load, rates, months):
                each.wait_for(WELL)
