"""Alembic, configured in code: the revisions lie in `migrations/versions` and travel inside the package.

It is imported only where the database is not up to date already: with its templates it takes a tenth of the
time that a server takes to start.
"""

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bonaface.errors import StorageError

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = "bonaface.storage:migrations"
VERSION_TABLE = "alembic_version"
NEWER = "The database was written by a newer version of bonaface; install that version or a later one."
NOT_THERE = "The database is {found} and this version of bonaface needs {head}: run `bonaface migrate`."
EMPTY = "empty"


def configuration(connection: Connection) -> "Config":
    """What alembic's commands need; `migrations/env.py` runs them on `connection`, in its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes["connection"] = connection
    return config


def to_head(connection: Connection) -> None:
    """Run the revisions that the database lacks. Raises StorageError when it is newer than this package."""
    if revision_of(connection) == head():
        return
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise StorageError(NEWER) from error


def require_head(found: str | None) -> None:
    """Raises StorageError, which says what to run, unless `found`, as of `revision_of`, is `head`."""
    if found == head():
        return
    if found is not None and found > head():
        raise StorageError(NEWER)
    raise StorageError(NOT_THERE.format(found=EMPTY if found is None else f"at {found}", head=head()))


def head() -> str:
    """The last revision of this package: they are numbered, and their files named as `0001_accounts.py`."""
    names = (file.name for file in files("bonaface.storage").joinpath("migrations", "versions").iterdir())
    return max(name.partition("_")[0] for name in names if name.endswith(".py"))


def revision_of(connection: Connection) -> str | None:
    """The revision that the database is at; None where it has none yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return found
