"""How replies are added to the tables of usage: summed first, then one row at a time, always in one order.

Every writer of every process takes the rows in that order, so that no two of them wait for each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Insert, Table, case

from bonaface.storage.dialect import insert_into
from bonaface.storage.tables import usage_days, usage_hours, usage_totals
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.types import EVERYONE, Reply

ADDED = ("requests", "bona_fide", "attacks", "duration_ms")


@dataclass(slots=True)
class Sums:
    """What is summed of replies; durations in milliseconds."""

    requests: int = 0
    bona_fide: int = 0
    attacks: int = 0
    duration_ms: int = 0
    slowest_ms: int = 0

    def add(self, reply: Reply) -> None:
        """Count one more reply."""
        self.requests += 1
        self.bona_fide += reply.bona_fide
        self.attacks += reply.attacks
        self.duration_ms += reply.duration_ms
        self.slowest_ms = max(self.slowest_ms, reply.duration_ms)


class UsageWriter:
    """The statements that add to usage, for one dialect (`Database.dialect`). Holds nothing else."""

    def __init__(self, dialect: str) -> None:
        self._hours = _upsert(dialect, usage_hours)
        self._days = _upsert(dialect, usage_days)
        self._totals = _upsert(dialect, usage_totals)

    def write(self, connection: Connection, replies: Iterable[Reply]) -> None:
        """Add `replies` by hour and by day, of each application and of all, in the given transaction."""
        hours, days, totals = _by_hour(replies := list(replies)), _by_day(replies), _of_all(replies)
        connection.execute(self._hours, _rows(hours, ("application_id", "hour", "outcome")))
        connection.execute(self._days, _rows(days, ("application_id", "day", "outcome")))
        connection.execute(self._totals, _rows(totals, ("hour", "outcome")))


def _upsert(dialect: str, table: Table) -> Insert:
    new = insert_into(table, dialect)
    slowest = case(
        (new.excluded.slowest_ms > table.c.slowest_ms, new.excluded.slowest_ms), else_=table.c.slowest_ms
    )
    sums: dict[str, Any] = {name: table.c[name] + new.excluded[name] for name in ADDED}
    return new.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={**sums, "slowest_ms": slowest}
    )


def _by_hour(replies: Iterable[Reply]) -> dict[tuple[Any, ...], Sums]:
    sums: dict[tuple[Any, ...], Sums] = {}
    for reply in replies:
        key = (reply.application_id, begin_of(Period.HOUR, reply.at), reply.outcome)
        sums.setdefault(key, Sums()).add(reply)
    return sums


def _by_day(replies: Iterable[Reply]) -> dict[tuple[Any, ...], Sums]:
    sums: dict[tuple[Any, ...], Sums] = {}
    for reply in replies:
        day = begin_of(Period.DAY, reply.at)
        for whose in (EVERYONE, reply.application_id):
            sums.setdefault((whose, day, reply.outcome), Sums()).add(reply)
    return sums


def _of_all(replies: Iterable[Reply]) -> dict[tuple[Any, ...], Sums]:
    sums: dict[tuple[Any, ...], Sums] = {}
    for reply in replies:
        sums.setdefault((begin_of(Period.HOUR, reply.at), reply.outcome), Sums()).add(reply)
    return sums


def _rows(sums: Mapping[tuple[Any, ...], Sums], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        dict(zip(names, key, strict=True)) | {name: getattr(summed, name) for name in (*ADDED, "slowest_ms")}
        for key, summed in sorted(sums.items(), key=lambda item: item[0])
    ]
