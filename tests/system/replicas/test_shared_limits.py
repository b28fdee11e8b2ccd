"""What one replica counts or changes, the others know: month quotas, rates, keys."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from bonaface.accounts.application import Quota
from bonaface.accounts.credential_cache import TIME_TO_LIVE
from support.http.wire import exchange
from support.load.steady import Load, shape_request
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.storage.postgres import PostgresServer

WELL, UNAUTHORIZED, TOO_MANY = -40000, -41005, -40070
MONTH = 600
CONNECTIONS, PAUSE = 2, 0.02
MOST_A_SECOND = CONNECTIONS / PAUSE


@pytest.fixture(scope="module")
def pair(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningServer, RunningServer]]:
    storage, limits = {"url": postgres_server.create()}, {"store": "database"}
    first, second = (
        settings_in(tmp_path_factory.mktemp("replica"), storage=storage, limits=limits) for _ in range(2)
    )
    with running(SteadyAnalyzer(), first) as one, running(SteadyAnalyzer(), second) as other:
        yield one, other


def test_a_month_is_held_over_all_but_for_what_the_others_serve_in_a_second(
    pair: tuple[RunningServer, RunningServer],
) -> None:
    """As many requests a second as come, until both refuse: none before the quota is used."""
    applications = pair[0].services.applications
    shop, _, secret = applications.create_application("month", quota=Quota(monthly=MONTH), actor=ACTOR)
    loads = [Load(each.address, shop.app_key, secret, CONNECTIONS, PAUSE) for each in pair]
    for load in loads:
        load.start()
    for load in loads:
        load.wait_for(TOO_MANY, 5)
        load.stop()
    served = sum(load.received[WELL] for load in loads)
    assert MONTH <= served <= MONTH + len(pair) * MOST_A_SECOND
    assert pair[1].services.usage.used_this_month(shop.id) == served


def test_a_rate_is_one_for_all(pair: tuple[RunningServer, RunningServer]) -> None:
    quota = Quota(rate=1, burst=30)
    shop, _, secret = pair[0].services.applications.create_application("rate", quota=quota, actor=ACTOR)
    codes = Counter(code_of(pair[turn % 2], shop.app_key, secret) for turn in range(34))
    assert codes == {WELL: 30, TOO_MANY: 4}


def test_a_key_is_disabled_everywhere_within_five_seconds(pair: tuple[RunningServer, RunningServer]) -> None:
    """Both have it in memory; nothing is said between them."""
    applications = pair[0].services.applications
    shop, _, secret = applications.create_application("disabled", actor=ACTOR)
    assert [code_of(each, shop.app_key, secret) for each in pair] == [WELL, WELL]
    applications.disable_application(shop.app_key, actor=ACTOR)
    threading.Event().wait(TIME_TO_LIVE)
    assert [code_of(each, shop.app_key, secret) for each in pair] == [UNAUTHORIZED, UNAUTHORIZED]


def code_of(server: RunningServer, app_key: str, secret: str) -> int:
    return exchange(server.address, shape_request(app_key, secret)).code
