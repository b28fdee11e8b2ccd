"""What replicas agree on whose clocks are minutes apart: a month's quota, a rate, a key that is disabled."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.scale.rig import Rig
from bonaface.accounts.application import Quota
from bonaface.accounts.repository import ApplicationRepository
from bonaface.clock import utc_now
from bonaface.storage.database import Database
from bonaface.usage.queries import UsageRepository
from support.http.wire import exchange
from support.load.steady import Load, shape_request
from support.replicas.fleet import why_no_clock
from support.storage.accounts import ACTOR
from support.waiting import wait_until

AHEAD = tuple(timedelta(minutes=minutes) for minutes in (-5, 7, 12))
"""Of the clocks of all replicas but the first."""
WELL, UNAUTHORIZED, TOO_MANY = -40000, -41005, -40070
PER_SECOND = 100
CONNECTIONS = 20
"""At each replica."""
BURST = 120


@dataclass(frozen=True, slots=True)
class Limits:
    """What held, over all replicas. Seconds are from the change to its effect in the last of them."""

    replicas: int
    minutes_apart: float
    quota: int
    per_second: float
    served: int
    counted: int
    rate_admitted: int
    rate_burst: int
    disabled_after: float
    expired_together: bool

    @property
    def quota_error(self) -> float:
        """By how much of the quota more, or less, was served."""
        return (self.served - self.quota) / self.quota


def held(rig: Rig, quota: int) -> Limits:
    """Begin the other replicas, with clocks of their own where there can be any, and try each limit."""
    apart = AHEAD if why_no_clock() is None else (timedelta(0),) * len(AHEAD)
    for ahead in apart:
        rig.start(ahead)
    with Database(rig.fleet.storage) as database:
        applications = ApplicationRepository(database)
        served, counted, per_second = _month(rig, applications, quota)
        return Limits(
            replicas=len(rig.fleet.replicas),
            minutes_apart=(max(apart) - min(*apart, timedelta(0))) / timedelta(minutes=1),
            quota=quota,
            per_second=per_second,
            served=served,
            counted=counted,
            rate_admitted=_rate(rig, applications),
            rate_burst=BURST,
            disabled_after=_disabled(rig, applications),
            expired_together=_expired(rig, applications),
        )


def _month(rig: Rig, applications: ApplicationRepository, quota: int) -> tuple[int, int, float]:
    """How many were served, how many counted, and requests a second, until all replicas refuse."""
    shop, _, secret = applications.create_application("month", quota=Quota(monthly=quota), actor=ACTOR)
    replicas = rig.fleet.replicas
    pause = CONNECTIONS * len(replicas) / PER_SECOND
    loads = [Load(each.address, shop.app_key, secret, CONNECTIONS, pause, paced=True) for each in replicas]
    begun = time.monotonic()
    for load in loads:
        load.start()
    while not all(load.received[TOO_MANY] for load in loads):
        time.sleep(0.1)
    lasted = time.monotonic() - begun
    for load in loads:
        load.stop()
    received: Counter[int] = sum((load.received for load in loads), Counter[int]())
    with Database(rig.fleet.storage) as database:
        used = UsageRepository(database).used_this_month(shop.id)
    return received[WELL], used, received[WELL] / lasted


def _rate(rig: Rig, applications: ApplicationRepository) -> int:
    """How many are admitted of a burst of one window, from all replicas in turn."""
    quota = Quota(rate=1, burst=BURST)
    shop, _, secret = applications.create_application("rate", quota=quota, actor=ACTOR)
    turns = [each for each in rig.fleet.replicas for _ in range(BURST // 2)]
    codes = [_code(each.address, shop.app_key, secret) for each in turns]
    return codes.count(WELL)


def _disabled(rig: Rig, applications: ApplicationRepository) -> float:
    """Seconds until every replica refuses a key that all of them know."""
    shop, _, secret = applications.create_application("disabled", actor=ACTOR)
    waiting = [replica.address for replica in rig.fleet.replicas]
    assert {_code(address, shop.app_key, secret) for address in waiting} == {WELL}
    applications.disable_application(shop.app_key, actor=ACTOR)
    begun = time.monotonic()

    def all_refuse() -> bool:
        return {_code(address, shop.app_key, secret) for address in waiting} == {UNAUTHORIZED}

    wait_until(all_refuse, 0.02)
    return time.monotonic() - begun


def _expired(rig: Rig, applications: ApplicationRepository) -> bool:
    """Whether a secret lives everywhere that ends in two minutes, and nowhere one that has just ended."""
    soon = utc_now() + timedelta(minutes=2)
    lives, _, secret = applications.create_application("lives", secret_expires_at=soon, actor=ACTOR)
    ended, _, old = applications.create_application("ended", actor=ACTOR)
    applications.add_secret(ended.app_key, overlap=timedelta(0), actor=ACTOR)
    addresses = [replica.address for replica in rig.fleet.replicas]
    living = {_code(address, lives.app_key, secret) for address in addresses}
    gone = {_code(address, ended.app_key, old) for address in addresses}
    return (living, gone) == ({WELL}, {UNAUTHORIZED})


def _code(address: tuple[str, int], app_key: str, secret: str) -> int:
    return exchange(address, shape_request(app_key, secret)).code
