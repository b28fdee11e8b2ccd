"""The database of accounts: how to reach it, read it, write it, and bring its schema up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import ArgumentError

from bonaface.errors import ConfigurationError, StorageError
from bonaface.settings import StorageSettings
from bonaface.storage import faults, sqlite, upgrade

FILE_NAME = "bonaface.db"


class Database:
    """One database, shared by all threads of a process. Making one touches nothing; `migrate` comes first.

    Raises ConfigurationError when `settings.url` is not one that this version can use.
    """

    def __init__(self, settings: StorageSettings) -> None:
        self._file = sqlite.file_of(_url(settings))
        self._engine = sqlite.open_engine(self._file)

    def migrate(self) -> None:
        """Bring an empty or older database up to date, making file and folder where they are missing.

        Any number of processes may do so at once: one works, the others wait and find it done.
        Raises StorageError, also when the database belongs to a newer version.
        """
        with faults.explained(), sqlite.preparing(self._engine, self._file) as connection:
            upgrade.to_head(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that reads. Raises StorageError."""
        with faults.explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that writes, committed at the end of the block. Raises StorageError.

        It takes the write lock at once: one that reads first and writes later could be refused half-way.
        """
        with faults.explained(), self._engine.connect() as connection:
            connection = connection.execution_options(**{sqlite.BEGIN: "IMMEDIATE"})
            with connection.begin():
                yield connection

    def is_reachable(self) -> bool:
        """Whether the database answers and `migrate` has been here."""
        try:
            with self.reading() as connection:
                return connection.execute(text(f"SELECT 1 FROM {upgrade.VERSION_TABLE}")).first() is not None  # noqa: S608
        except StorageError:
            return False

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _url(settings: StorageSettings) -> URL:
    if settings.url is None:
        return URL.create("sqlite", database=str(settings.directory.expanduser() / FILE_NAME))
    try:
        return make_url(settings.url)
    except (ArgumentError, ValueError):  # not the cause: its text holds the URL, which may hold a password
        raise ConfigurationError(
            "storage.url is not a database URL; write it as in sqlite:////var/lib/bonaface/bonaface.db."
        ) from None
