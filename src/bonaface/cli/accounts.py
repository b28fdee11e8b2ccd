"""What the commands that work on accounts share: the database, who administers, and how results are shown."""

import getpass
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.table import Column, Table
from rich.text import Text

from bonaface.cli.time_arguments import parse_moment
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings

if TYPE_CHECKING:
    from bonaface.accounts.audit import Actor
    from bonaface.storage.database import Database

ORIGIN = "local"
NEVER = "never"

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="TIME", help="When it stops: a date, a time (UTC), or a span as 90d."),
]


@contextmanager
def opened() -> "Iterator[Database]":
    """The configured database, migrated as `storage.migrate` says.

    What else needs the extra `server` is imported inside. Raises ConfigurationError where it is missing.
    """
    require_extra("server")
    # Imported here: the other commands need not wait for the database libraries.
    from bonaface.storage.database import Database

    with Database(load_settings().storage) as database:
        database.prepare()
        yield database


def whoever() -> "Actor":
    """Who runs the command, by the name of the system's user."""
    from bonaface.accounts.audit import Actor

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        user = str(os.getuid())
    return Actor(f"cli:{user}", ORIGIN)


def expiry(text: str | None) -> datetime | None:
    """The moment that an option `--expires` names. Raises InvalidParameterError."""
    from bonaface.clock import utc_now

    return None if text is None else parse_moment(text, utc_now())


def shown_time(moment: datetime | None) -> str:
    """A moment in UTC to the minute."""
    return NEVER if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def shown_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A table whose first column is never broken, and whose cells are text, not markup."""
    table = Table(*(Column(name, overflow="fold") for name in columns))
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def print_json(value: object) -> None:
    """JSON on standard output; times are RFC 3339 in UTC."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
    typer.echo(orjson.dumps(value, option=options).decode())
