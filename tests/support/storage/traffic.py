"""Usage as weeks of traffic would leave it: written by the ledger's own statements, the same each time."""

import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bonaface.accounts.application import Application
from bonaface.storage.database import Database
from bonaface.usage.types import UNKNOWN_CALLER, Reply, ReplyLabel
from bonaface.usage.upserts import UsageWriter

BUSIEST_HOUR = 14
WEEKEND = 0.35
ATTACKS = 0.06
MEDIAN_MS, SPREAD = 74, 0.35
BAD = ("-45030", "-45040", "-45050", "-40000")


def write_traffic(database: Database, applications: Sequence[Application], days: int, now: datetime) -> None:
    """Fill `days` up to `now` with replies to `applications`, the first of them most."""
    with database.writing() as connection:
        UsageWriter(database.dialect).write(connection, list(_replies(applications, days, now)))


def _replies(applications: Sequence[Application], days: int, now: datetime) -> Iterator[Reply]:
    chance = random.Random(7)
    for hours in range(days * 24):
        at = now.astimezone(UTC) - timedelta(hours=hours)
        for _ in range(_busy(chance, at, hours / 24 / days)):
            yield _reply(chance, applications, at)


def _busy(chance: random.Random, at: datetime, age: float) -> int:
    """Replies of one hour: most in the afternoon of a working day, and more than there were before."""
    daily = 4 + 9 * math.exp(-(((at.hour - BUSIEST_HOUR) / 5) ** 2))
    weekly = WEEKEND if at.weekday() >= 5 else 1
    return int(daily * weekly * (1.3 - age * 0.5) * (1 + 0.3 * chance.random()))


def _reply(chance: random.Random, applications: Sequence[Application], at: datetime) -> Reply:
    weights = [1 / (index + 1) for index in range(len(applications))]
    application = chance.choices(applications, weights)[0].id
    took = int(chance.lognormvariate(math.log(MEDIAN_MS), SPREAD))
    kind = chance.random()
    if kind < 0.012:
        return Reply(UNKNOWN_CALLER, None, ReplyLabel.WRONG_KEYS, 0, 0, 2, at)
    if kind < 0.03:
        return Reply(application, None, chance.choice(BAD), 0, 0, took // 3, at)
    if kind < 0.045:
        return Reply(application, None, ReplyLabel.REFUSED_RATE, 0, 0, 1, at)
    if kind < 0.046:
        return Reply(application, None, "-50000", 0, 0, took, at)
    if kind < 0.08:
        return Reply(application, None, ReplyLabel.NO_FACE, 0, 0, took, at)
    is_attack = chance.random() < ATTACKS
    return Reply(application, None, ReplyLabel.FACES, int(not is_attack), int(is_attack), took, at)
