"""Ten thousand applications and five years of usage: how long keys and the pages of usage take.

    make accounts
    python -m benchmarks.accounts --database sqlite --database postgresql

What is made, beside an empty database (`sqlite`, `postgresql` for a server of its own, or a URL):
- 10,000 applications with a secret each;
- 10 busy ones: a row for every hour of five years and each of six outcomes, as if no hour was ever removed,
  and a row for every day of them;
- every other application: one outcome a week for five years;
- the sums of all callers by hour and by day for five years, six outcomes each.

Pages are asked over a socket from a real server with the admin API, as the console asks them; figures are
medians of `RUNS` calls, and the slowest one. SQLite writes to disk as a server does; PostgreSQL runs beside.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx2
import typer
from sqlalchemy import Connection, func, insert, select, text

from bonaface.accounts import keys
from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.repository import ApplicationRepository
from bonaface.settings import Settings, StorageSettings
from bonaface.storage.database import Database
from bonaface.storage.tables import applications, secrets, usage_days, usage_hours, usage_totals
from bonaface.usage.periods import Period, begin_of
from bonaface.usage.types import EVERYONE
from support.models.analyses import SteadyAnalyzer
from support.observability.logs import discard_logs
from support.servers.thread import running
from support.storage.accounts import ACTOR
from support.storage.databases import database_named

APPLICATIONS = 10_000
BUSY = 10
YEARS = 5
RUNS = 15
CHECKED = 2_000
"""Keys that are checked, each once against the database and once from the cache."""
OUTCOMES = ("faces", "no_face", "-40000", "-45030", "refused_rate", "refused_overload")
ENGINES = ["sqlite", "postgresql"]
TABLES = (applications, usage_hours, usage_days, usage_totals)

NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"
    " SELECT i FROM n)",
    "postgresql": "(SELECT generate_series(0, CAST(:count AS integer) - 1) AS i)",
}
TIMES = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', :begin, '+' || (s.i * {hours}) || ' hours')",
    "postgresql": "CAST(:begin AS timestamptz) + s.i * interval '{hours} hours'",
}
"""The moment of number `s.i`, counted from `:begin`."""
FIGURES = "10 + s.i % 7, 8, 2, 900, 250"

Databases = Annotated[list[str], typer.Option(help="sqlite, postgresql or a URL")]


@dataclass(frozen=True)
class Timed:
    """Seconds of one call: median and slowest."""

    name: str
    median: float
    slowest: float


def main(database: Databases = ENGINES) -> None:
    """Fill each database and print a table."""
    discard_logs()
    for name in database:
        with database_named(name) as storage:
            typer.echo(f"\n{name if '://' not in name else 'the given database'}")
            _measure(storage)


def _measure(storage: StorageSettings) -> None:
    with Database(storage) as database:
        database.migrate()
        begun = time.monotonic()
        pairs = fill(database)
        sizes = ", ".join(f"{name} {count:,}" for name, count in _sizes(database).items())
        typer.echo(f"made in {time.monotonic() - begun:.0f} s: {sizes}")
        for timed in key_checks(database, pairs):
            typer.echo(f"{timed.name:<58} {timed.median * 1e6:9.1f} us {timed.slowest * 1e6:9.1f} us")
        _, token = AdminTokens(database).create("benchmark", actor=ACTOR)
    for timed in pages(storage, token, pairs):
        typer.echo(f"{timed.name:<58} {timed.median * 1e3:9.1f} ms {timed.slowest * 1e3:9.1f} ms")


def fill(database: Database) -> list[tuple[str, str]]:
    """Make everything; the appKey and the secret of each application, the busy ones first."""
    pairs = [(keys.make_app_key(), keys.make_secret()) for _ in range(APPLICATIONS)]
    with database.writing() as connection:
        _make_applications(connection, pairs)
        _make_usage(connection, database.dialect)
    if database.dialect == "postgresql":  # what its own housekeeping does within minutes
        with database.writing() as connection:
            connection.execute(text("ANALYZE"))
    return pairs


def _make_applications(connection: Connection, pairs: list[tuple[str, str]]) -> None:
    made = datetime.now(UTC) - timedelta(days=366 * YEARS)
    rows = [
        {"app_key": key, "name": f"application {number}", "note": "", "state": "active", "created_at": made}
        for number, (key, _) in enumerate(pairs)
    ]
    connection.execute(insert(applications), rows)
    found = connection.execute(select(applications.c.app_key, applications.c.id))
    ids = {row.app_key: row.id for row in found}
    hashed = [
        {"application_id": ids[key], "slot": 1, "digest": keys.digest_of(secret), "created_at": made}
        for key, secret in pairs
    ]
    connection.execute(insert(secrets), hashed)


def _make_usage(connection: Connection, dialect: str) -> None:
    begin = begin_of(Period.DAY, datetime.now(UTC)) - timedelta(days=365 * YEARS)
    days = (datetime.now(UTC) - begin).days + 1

    def rows(table: str, hours: int, count: int, who: str, where: str) -> None:
        at = TIMES[dialect].format(hours=hours)
        outcomes = " UNION ALL ".join(f"SELECT '{outcome}' AS outcome" for outcome in OUTCOMES)
        columns = f"{who + ', ' if who else ''}{at}, o.outcome, {FIGURES}"
        source = f"{NUMBERS[dialect]} AS s CROSS JOIN ({outcomes}) AS o"
        if who == "a.id":  # first, so that SQLite writes in the order of the key
            source = f"applications AS a CROSS JOIN {source}"
        statement = f"INSERT INTO {table} SELECT {columns} FROM {source} WHERE {where}"  # noqa: S608
        start = begin.strftime("%Y-%m-%d %H:%M:%S") if dialect == "sqlite" else begin
        connection.execute(text(statement), {"begin": start, "count": count})

    rows("usage_totals", 1, days * 24, "", "1 = 1")
    rows("usage_days", 24, days, str(EVERYONE), "1 = 1")
    rows("usage_hours", 1, days * 24, "a.id", f"a.id <= {BUSY}")
    rows("usage_days", 24, days, "a.id", f"a.id <= {BUSY}")
    rows("usage_days", 24 * 7, days // 7, "a.id", f"a.id > {BUSY} AND o.outcome = 'faces'")


def _sizes(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for table in TABLES
        }


def key_checks(database: Database, pairs: list[tuple[str, str]]) -> Iterator[Timed]:
    """A right key against the database, and again from the cache, which holds all that were checked."""
    authenticator = Authenticator(ApplicationRepository(database))
    checked = pairs[:: APPLICATIONS // CHECKED]
    authenticator.authenticate(*pairs[1])  # the first one opens a connection
    yield _timed(
        "key check, from the database", [_call(authenticator.authenticate, pair) for pair in checked]
    )
    recalled = checked[-200:]  # within the five seconds that they are remembered
    for pair in recalled:
        authenticator.authenticate(*pair)
    yield _timed("key check, from the cache", [_call(authenticator.recall, pair) for pair in recalled])


def _call(check: Callable[[str, str], object], pair: tuple[str, str]) -> Callable[[], object]:
    return lambda: check(*pair)


def pages(storage: StorageSettings, token: str, pairs: list[tuple[str, str]]) -> Iterator[Timed]:
    """What the console asks for, over a socket, one at a time."""
    kept = storage.model_copy(update={"retention_days": 366 * YEARS + 1})
    settings = Settings(storage=kept)
    settings = settings.model_copy(update={"server": settings.server.model_copy(update={"port": 0})})
    headers = {"Authorization": f"Bearer {token}"}
    with (
        running(SteadyAnalyzer(), settings) as server,
        httpx2.Client(base_url=f"{server.url}/admin/v1", headers=headers, trust_env=False) as client,
    ):
        for name, path, parameters in _questions(pairs):
            yield _timed(name, [_page(client, path, parameters)] * RUNS)


def _questions(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    now, busy = datetime.now(UTC), pairs[0][0]
    for whose, chosen in (("one application", {"appKey": busy}), ("all applications", {})):
        for by, days in (("hour", 7), ("day", 90), ("day", 365), ("month", 365 * YEARS)):
            span = {"by": by, "from": (now - timedelta(days=days)).isoformat(), "to": now.isoformat()}
            yield f"usage of {whose}, by {by}, {days} days", "/usage", span | chosen
    yield "applications, first page", "/applications", {}
    yield "applications, search that finds 111", "/applications", {"search": "cation 99"}
    yield "applications, search that finds none", "/applications", {"search": "nothing like it"}
    yield "one application with its use of the month", f"/applications/{busy}", {}


def _page(client: httpx2.Client, path: str, parameters: dict[str, Any]) -> Callable[[], object]:
    def ask() -> object:
        answer = client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer

    return ask


def _timed(name: str, calls: list[Callable[[], object]]) -> Timed:
    times = []
    for call in calls:
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return Timed(name, statistics.median(times), max(times))


if __name__ == "__main__":
    typer.run(main)
