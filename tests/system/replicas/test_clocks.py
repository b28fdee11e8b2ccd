"""Replicas whose clocks are minutes apart agree on what has ended, and on what is within a rate."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bonaface.accounts.application import Quota
from bonaface.accounts.repository import ApplicationRepository
from bonaface.clock import utc_now
from bonaface.storage.database import Database
from conftest import need_service
from support.http.wire import RawAnswer, exchange
from support.load.steady import shape_request
from support.replicas.fleet import Fleet, why_no_clock
from support.servers.served import Served
from support.storage.accounts import ACTOR
from support.waiting import wait_until

APART = timedelta(minutes=7)
WELL, UNAUTHORIZED, TOO_FAST = -40000, -41005, -40070


@pytest.fixture(scope="module")
def pair(shared_fleet: Fleet) -> Iterator[tuple[Served, Served]]:
    """One that is right, and one that is seven minutes ahead; the latter goes again."""
    need_service(why_no_clock())
    right = shared_fleet.replicas[0] if shared_fleet.replicas else shared_fleet.start()
    ahead = shared_fleet.start(APART)
    yield right, ahead
    shared_fleet.kill(ahead)


def test_the_clock_is_really_apart(pair: tuple[Served, Served], small: bytes) -> None:
    """What stands in its log is that clock's."""
    _, ahead = pair
    ahead.ask(small)
    wait_until(lambda: bool(ahead.events("request")))  # a thread writes them
    line = ahead.events("request")[-1]
    assert line["timestamp"] > (utc_now() + APART / 2).isoformat()


def test_a_token_that_one_gives_is_taken_by_the_others(pair: tuple[Served, Served], small: bytes) -> None:
    for giver, taker in (pair, pair[::-1]):
        keys = {"X-App-Key": giver.keys.app_key, "Authorization": f"Bearer {giver.keys.secret}"}
        with giver.client() as server, taker.client() as page:
            token = server.post("/v2/tokens", headers=keys, json={"uses": 1, "lifetime": 60}).json()["token"]
            bearer = {"Authorization": f"Bearer {token}"}
            answer = page.post("/v2/liveness", headers=bearer, files={"imageFile": ("a.png", small)})
        assert answer.status_code == 200, answer.text


def test_a_secret_ends_everywhere_at_once(pair: tuple[Served, Served], shared_fleet: Fleet) -> None:
    with Database(shared_fleet.storage) as database:
        applications = ApplicationRepository(database)
        soon = utc_now() + APART / 2  # over by the clock of the one that is ahead
        lives, _, secret = applications.create_application("lives", secret_expires_at=soon, actor=ACTOR)
        ended, _, old = applications.create_application("ended", actor=ACTOR)
        applications.add_secret(ended.app_key, overlap=timedelta(0), actor=ACTOR)
    for replica in pair:
        assert asked(replica, lives.app_key, secret).code == WELL
        assert asked(replica, ended.app_key, old).code == UNAUTHORIZED


def test_a_rate_holds_over_all(pair: tuple[Served, Served], shared_fleet: Fleet) -> None:
    """A window of two minutes: less than they are apart."""
    with Database(shared_fleet.storage) as database:
        quota = Quota(rate=1, burst=120)
        shop, _, secret = ApplicationRepository(database).create_application("rate", quota=quota, actor=ACTOR)
    codes = [asked(pair[turn % 2], shop.app_key, secret).code for turn in range(124)]
    assert codes[:120] == [WELL] * 120
    assert codes[120:] == [TOO_FAST] * 4


def asked(replica: Served, app_key: str, secret: str) -> RawAnswer:
    return exchange(replica.address, shape_request(app_key, secret))
