"""`bonaface usage`: what was answered, to look at, to take elsewhere, and how old hours leave."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, fields
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from bonaface.cli.accounts import AsJson, opened, print_json, shown_table
from bonaface.cli.output_file import require_parquet, text_output, write_explained
from bonaface.cli.terminal import output
from bonaface.cli.time_arguments import parse_moment, parse_span
from bonaface.errors import InvalidParameterError
from bonaface.settings import load_settings

if TYPE_CHECKING:
    from bonaface.feedback.reported_errors import Decisions, ReportedErrors
    from bonaface.interval import Figure
    from bonaface.storage.database import Database
    from bonaface.usage.queries import UsageLine, UsageRepository, UsageRow

CHUNK = 10_000
"""Rows of a parquet row group."""
NOTHING = "No request was answered in that time."
NO_FEEDBACK = "No answer of that time came back."
ERROR_COLUMNS = (
    "appKey",
    "policy",
    "version",
    "presentations",
    "error",
    "rate",
    "95 %",
    "errors",
    "undecidable",
)
COLUMNS = ("begins (UTC)", "requests", "bona fide", "attacks", "mean ms", "slowest ms", "outcomes")

usage_app = typer.Typer(help="Usage: what was answered, by hour, day or month.", no_args_is_help=True)


class By(StrEnum):
    """What is summed over."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class Format(StrEnum):
    """How rows are written."""

    CSV = "csv"
    PARQUET = "parquet"


ByOption = Annotated[By, typer.Option(help="What is summed over; hours are kept for storage.retention_days.")]
From = Annotated[
    str,
    typer.Option(
        "--from", metavar="TIME", help="First moment: a date, a time (UTC), or 90d for 90 days ago."
    ),
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="TIME", help="First moment that does not count; now if left out."),
]
AppKey = Annotated[str | None, typer.Option(metavar="APPKEY", help="One application instead of all.")]


@usage_app.command("show")
def show(
    by: ByOption = By.DAY,
    begin: From = "30d",
    end: To = None,
    app_key: AppKey = None,
    as_json: AsJson = False,
) -> None:
    """Show the sums of each period, of one application or of all callers together."""
    from bonaface.usage.periods import Period

    begins, ends = _span(begin, end)
    with _usage(app_key) as (usage, application_id):
        rows = usage.usage(Period(by), begins, ends, application_id)
    if as_json:
        print_json([_as_dict(row) for row in rows])
    elif rows:
        output().print(shown_table(COLUMNS, (_as_row(row, by) for row in rows)))
    else:
        typer.echo(NOTHING)


@usage_app.command("export")
def export(
    begin: From,
    end: To = None,
    by: ByOption = By.DAY,
    app_key: AppKey = None,
    format_: Annotated[Format, typer.Option("--format", help="How rows are written.")] = Format.CSV,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; csv goes to standard output if left out.")
    ] = None,
) -> None:
    """Write a row for each period, application and outcome; wrong keys have an empty appKey."""
    from bonaface.usage.periods import Period

    begins, ends = _span(begin, end)
    if format_ is Format.PARQUET:
        require_parquet(out)
    with _usage(app_key) as (usage, application_id):
        lines = usage.lines(Period(by), begins, ends, application_id)
        if format_ is Format.PARQUET and out is not None:
            _write_parquet(out, lines)
        else:
            with text_output(out) as file:
                _write_csv(file, lines)


@usage_app.command("feedback")
def feedback(
    begin: From = "365d",
    end: To = None,
    app_key: AppKey = None,
    as_json: AsJson = False,
) -> None:
    """Show error rates as they were reported, of each application, policy and version."""
    begins, ends = _span(begin, end)
    with opened() as database:
        from bonaface.feedback.reported_errors import error_members, reported_errors
        from bonaface.feedback.repository import FeedbackRepository

        whose = None if app_key is None else _id_of(database, app_key)
        found = reported_errors(FeedbackRepository(database).counts(begins, ends, whose))
    if as_json:
        print_json([error_members(each) for each in found])
    elif found:
        output().print(shown_table(ERROR_COLUMNS, (row for each in found for row in _error_rows(each))))
    else:
        typer.echo(NO_FEEDBACK)


@usage_app.command("compact")
def compact() -> None:
    """Remove what is over its time: hours (storage.retention_days), ended rates and tokens, old feedback.

    Servers do so themselves every hour. Usage by the day and by the month stays.
    """
    days = load_settings().storage.retention_days
    with opened() as database:
        from bonaface.usage.retention import Retention

        retention = Retention(database, days)
        oldest, removed = retention.oldest_hour, retention.compact()
    typer.echo(
        f"{removed.hours:,} rows of hours before {oldest:%Y-%m-%d %H:%M} UTC removed; days and months stay."
    )


@contextmanager
def _usage(app_key: str | None) -> "Iterator[tuple[UsageRepository, int | None]]":
    """The repository, and the application's id if one was named."""
    with opened() as database:
        from bonaface.usage.queries import UsageRepository

        yield UsageRepository(database), None if app_key is None else _id_of(database, app_key)


def _id_of(database: "Database", app_key: str) -> int:
    from bonaface.accounts.repository import ApplicationRepository

    return ApplicationRepository(database).get_application(app_key).id


def _span(begin: str, end: str | None) -> tuple[datetime, datetime]:
    """The two moments. Raises InvalidParameterError unless the first is before the second."""
    now = datetime.now(UTC)
    begins, ends = _moment(begin, now), now if end is None else _moment(end, now)
    if begins >= ends:
        raise InvalidParameterError("Give a --from that is before --to.")
    return begins, ends


def _moment(given: str, now: datetime) -> datetime:
    """A moment as it is typed; a span reaches back from `now`."""
    try:
        return now - parse_span(given)
    except InvalidParameterError:
        return parse_moment(given, now)
    except OverflowError:
        raise InvalidParameterError("Give a time after the year 1.") from None


def _error_rows(found: "ReportedErrors") -> Iterator[tuple[str, ...]]:
    """A row for bona fide presentations, and one for each attack kind."""
    whose = (found.app_key, found.policy, found.version)
    bona_fide = found.bona_fide
    if bona_fide != type(bona_fide)():
        yield (*whose, "bona fide", "BPCER", *_figures(found.bpcer, bona_fide.reject, bona_fide))
    for kind, attacks in found.attacks.items():
        yield (*whose, kind, "APCER", *_figures(found.apcer(kind), attacks.accept, attacks))


def _figures(figure: "Figure", errors: int, decisions: "Decisions") -> tuple[str, ...]:
    """As per cent: the rate, its interval, the errors, and what was not decided."""
    counts = f"{errors:,} of {decisions.decided:,}", f"{decisions.undecidable:,}"
    if not decisions.decided:
        return "", "", *counts
    interval = figure.interval
    return f"{figure.value:.1%}", f"{interval.low:.1%} to {interval.high:.1%}", *counts


def _as_row(row: "UsageRow", by: By) -> Iterable[str]:
    outcomes = ", ".join(f"{outcome} {count:,}" for outcome, count in sorted(row.outcomes.items()))
    shown = {By.HOUR: f"{row.at:%Y-%m-%d %H:%M}", By.DAY: f"{row.at:%Y-%m-%d}", By.MONTH: f"{row.at:%Y-%m}"}[
        by
    ]
    figures = (row.requests, row.bona_fide, row.attacks)
    return (
        shown,
        *(f"{figure:,}" for figure in figures),
        f"{row.duration_ms / row.requests:.1f}",
        f"{row.slowest_ms:,}",
        outcomes,
    )


def _as_dict(row: "UsageRow") -> dict[str, Any]:
    """The row by the names that it has in the admin API."""
    return {
        "at": row.at,
        "requests": row.requests,
        "bonaFide": row.bona_fide,
        "attacks": row.attacks,
        "meanMilliseconds": round(row.duration_ms / row.requests, 1),
        "slowestMilliseconds": row.slowest_ms,
        "outcomes": dict(row.outcomes),
    }


def _write_csv(file: TextIO, lines: "Iterable[UsageLine]") -> None:
    from bonaface.usage.queries import UsageLine

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(field.name for field in fields(UsageLine))
    for line in lines:
        at, *rest = astuple(line)
        writer.writerow((f"{at:%Y-%m-%dT%H:%M:%SZ}", *rest))


def _write_parquet(out: Path, lines: "Iterable[UsageLine]") -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    figures = ("requests", "bona_fide", "attacks", "duration_ms", "slowest_ms")
    texts = ("app_key", "outcome")
    schema = pa.schema(
        [
            ("at", pa.timestamp("s", "UTC")),
            *((name, pa.string()) for name in texts),
            *((name, pa.int64()) for name in figures),
        ]
    )
    with write_explained(out), pq.ParquetWriter(out, schema) as writer:
        rows = map(asdict, lines)
        while chunk := list(islice(rows, CHUNK)):
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))
