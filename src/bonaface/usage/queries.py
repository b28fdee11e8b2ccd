"""What was answered, summed by hour, day and month: read from what the ledger wrote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    Table,
    and_,
    func,
    select,
    type_coerce,
)

from bonaface.storage.database import Database
from bonaface.storage.tables import applications, usage_days, usage_hours, usage_totals
from bonaface.usage.periods import Period, begin_of, next_month
from bonaface.usage.types import EVERYONE, NOT_SERVED, UNKNOWN_CALLER

EXPORT_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class UsageRow:
    """The sums of one period that begins `at`. Durations in milliseconds: all together, and the longest."""

    at: datetime
    requests: int
    bona_fide: int
    attacks: int
    duration_ms: int
    slowest_ms: int
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UsageLine:
    """The finest that is kept: one period, one application, one outcome.

    `app_key` is empty for wrong keys.
    """

    at: datetime
    app_key: str
    outcome: str
    requests: int
    bona_fide: int
    attacks: int
    duration_ms: int
    slowest_ms: int


@dataclass(frozen=True, slots=True)
class CallerSums:
    """What one application asked for; appKey and name are None for wrong keys."""

    app_key: str | None
    name: str | None
    requests: int
    bona_fide: int
    attacks: int


class UsageRepository:
    """What the ledger wrote into `database`, which must be migrated. Thread-safe. Raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def usage(
        self, by: Period, begin: datetime, end: datetime, application_id: int | None = None
    ) -> list[UsageRow]:
        """The sums of each period that has any and touches `begin` to `end`, oldest first, periods whole.

        Of one application, or of all callers together. Hours older than `storage.retention_days` are gone
        for one application; days and months, and the hours of all together, stay.
        """
        query = _sums(self._database.dialect, Period(by), begin, end, application_id)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [_summed(at, list(group)) for at, group in groupby(rows, key=lambda row: row.at)]

    def lines(
        self, by: Period, begin: datetime, end: datetime, application_id: int | None = None
    ) -> Iterator[UsageLine]:
        """The same periods a line for each application and outcome, oldest first, read as they are taken."""
        query = _lines(self._database.dialect, Period(by), begin, end, application_id)
        with self._database.reading() as connection:
            streamed = connection.execution_options(yield_per=EXPORT_CHUNK)
            with streamed.execute(query) as rows:
                for row in rows:
                    yield UsageLine(_moment(row.at), row.app_key or "", row.outcome, *map(int, row[3:]))

    def top_callers(self, begin: datetime, end: datetime, limit: int) -> list[CallerSums]:
        """Who asked most often in the days (UTC) that `begin` to `end` touches, most requests first."""
        query = _callers(begin, end).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [CallerSums(row.app_key, row.name, *map(int, row[2:])) for row in rows]

    def used_this_month(self, application_id: int, now: datetime | None = None) -> int:
        """Requests that were served since the month in UTC began: all but refused ones and wrong keys."""
        moment = self._database.clock() if now is None else now
        with self._database.reading() as connection:
            return served_in_month(connection, application_id, moment)


def served_in_month(connection: Connection, application_id: int, moment: datetime) -> int:
    """Requests of an application that were served in the month of `moment`."""
    is_counted = and_(
        usage_days.c.application_id == application_id,
        usage_days.c.day >= begin_of(Period.MONTH, moment),
        usage_days.c.day < next_month(moment),
        usage_days.c.outcome.not_in(sorted(NOT_SERVED)),
    )
    return int(connection.execute(select(func.sum(usage_days.c.requests)).where(is_counted)).scalar() or 0)


def _sums(
    dialect: str, by: Period, begin: datetime, end: datetime, application_id: int | None
) -> Select[Any]:
    table, at, is_whose = _source(by, application_id)
    query = _figures(dialect, table, at, by, (table.c.outcome,))
    return query.where(is_whose, *_within(at, by, begin, end)).order_by("at", table.c.outcome)


def _lines(
    dialect: str, by: Period, begin: datetime, end: datetime, application_id: int | None
) -> Select[Any]:
    table = usage_hours if by is Period.HOUR else usage_days
    at = table.c.hour if by is Period.HOUR else table.c.day
    query = _figures(dialect, table, at, by, (applications.c.app_key, table.c.outcome))
    joined = query.select_from(table.outerjoin(applications, applications.c.id == table.c.application_id))
    is_whose = (
        table.c.application_id >= UNKNOWN_CALLER
        if application_id is None
        else table.c.application_id == application_id
    )
    ordered = joined.where(is_whose, *_within(at, by, begin, end))
    return ordered.order_by("at", applications.c.app_key, table.c.outcome)


def _callers(begin: datetime, end: datetime) -> Select[Any]:
    whose = usage_days.c.application_id
    sums = [func.sum(usage_days.c[name]).label(name) for name in ("requests", "bona_fide", "attacks")]
    query = select(applications.c.app_key, applications.c.name, *sums)
    joined = query.select_from(usage_days.outerjoin(applications, applications.c.id == whose))
    wanted = joined.where(whose >= UNKNOWN_CALLER, *_within(usage_days.c.day, Period.DAY, begin, end))
    return wanted.group_by(whose, applications.c.app_key, applications.c.name).order_by(sums[0].desc(), whose)


def _source(by: Period, application_id: int | None) -> tuple[Table, ColumnElement[Any], ColumnElement[bool]]:
    """The table, its time, and which of its rows are wanted."""
    if by is not Period.HOUR:
        whose = EVERYONE if application_id is None else application_id
        return usage_days, usage_days.c.day, usage_days.c.application_id == whose
    if application_id is None:
        return usage_totals, usage_totals.c.hour, usage_totals.c.outcome.is_not(None)
    return usage_hours, usage_hours.c.hour, usage_hours.c.application_id == application_id


def _figures(
    dialect: str, table: Table, at: ColumnElement[Any], by: Period, keys: tuple[ColumnElement[Any], ...]
) -> Select[Any]:
    """Period, `keys` and the five figures: rows as they are, or months summed by the database."""
    summed = [table.c[name] for name in ("requests", "bona_fide", "attacks", "duration_ms")]
    slowest = table.c.slowest_ms
    if by is not Period.MONTH:
        return select(at.label("at"), *keys, *summed, slowest)
    month = _month(dialect, at)
    totals = [func.sum(column).label(column.name) for column in summed]
    query = select(month.label("at"), *keys, *totals, func.max(slowest).label("slowest_ms"))
    return query.group_by(month, *keys)


def _month(dialect: str, at: ColumnElement[Any]) -> ColumnElement[str]:
    """`2026-11`. PostgreSQL's connections are in UTC; SQLite keeps times as text that begins like this."""
    if dialect == "sqlite":
        return func.substr(type_coerce(at, String), 1, 7)
    return func.to_char(at, "YYYY-MM")


def _within(
    at: ColumnElement[Any], by: Period, begin: datetime, end: datetime
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return at >= begin_of(by, begin), at < end


def _summed(at: datetime | str, rows: list[Row[*tuple[Any, ...]]]) -> UsageRow:
    """One period from its rows, one for each outcome."""
    return UsageRow(
        _moment(at),
        requests=sum(int(row.requests) for row in rows),
        bona_fide=sum(int(row.bona_fide) for row in rows),
        attacks=sum(int(row.attacks) for row in rows),
        duration_ms=sum(int(row.duration_ms) for row in rows),
        slowest_ms=max(int(row.slowest_ms) for row in rows),
        outcomes={row.outcome: int(row.requests) for row in rows},
    )


def _moment(at: datetime | str) -> datetime:
    """A period's first moment: as read, or from `_month`."""
    return at if isinstance(at, datetime) else datetime.strptime(at, "%Y-%m").replace(tzinfo=UTC)
