"""`bonaface migrate`: the database brought up to date by a command, where servers only check."""

import typer

from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings


def migrate() -> None:
    """Bring the database up to date. With storage.migrate = "check" servers wait for this and never do it."""
    require_extra("server")
    # Imported here: the other commands need not wait for the database libraries.
    from bonaface.storage.database import Database

    with Database(load_settings().storage) as database:
        before = database.version()
        database.migrate()
        after = database.version()
    typer.echo(f"The database is at {after}{'' if before == after else f'; it was {_told(before)}'}.")


def _told(version: str | None) -> str:
    return "empty" if version is None else f"at {version}"
