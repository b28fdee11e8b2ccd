"""Alembic, configured in code: the revisions lie in `migrations/versions` and travel inside the package."""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from bonaface.errors import StorageError

SCRIPTS = "bonaface.storage:migrations"
VERSION_TABLE = "alembic_version"


def configuration(connection: Connection) -> Config:
    """What alembic's commands need; `migrations/env.py` runs them on `connection`, in its transaction."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes["connection"] = connection
    return config


def to_head(connection: Connection) -> None:
    """Run the revisions that the database lacks. Raises StorageError when it is newer than this package."""
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise StorageError(
            "The database was written by a newer version of bonaface; install that version or a later one."
        ) from error
