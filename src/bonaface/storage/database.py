"""The database of accounts: how to reach it, read it, write it, and bring its schema up to date."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, make_url, select, text
from sqlalchemy.exc import ArgumentError

from bonaface.errors import ConfigurationError, StorageError
from bonaface.settings import StorageSettings
from bonaface.storage import faults, postgresql, sqlite, upgrade
from bonaface.storage.tables import database_identity

FILE_NAME = "bonaface.db"
SOON = 4.0
"""`within` of what a request waits for: a database that takes longer is told as one that does not answer."""


Lasting = Callable[[float | None], AbstractContextManager[None]]


class Database:
    """One database, shared by all threads of a process. Making one touches nothing; `migrate` comes first.

    A SQLite file, or PostgreSQL where `settings.url` names one. Raises ConfigurationError when it is a URL
    that this version cannot use.
    """

    def __init__(self, settings: StorageSettings) -> None:
        url = _url(settings)
        self._file: Path | None = None
        if url.drivername in postgresql.DRIVERS:
            self._engine, patience = postgresql.open_engine(url)
            self._lasting: Lasting = patience.lasting
            self._preparing = partial(postgresql.preparing, self._engine)
        else:
            self._file = sqlite.file_of(url)
            self._engine = sqlite.open_engine(self._file)
            self._lasting = _without_limit
            self._preparing = partial(sqlite.preparing, self._engine, self._file)

    @property
    def dialect(self) -> str:
        """Name of the engine: `sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def file(self) -> Path | None:
        """The SQLite file; None where the database is PostgreSQL."""
        return self._file

    def migrate(self) -> None:
        """Bring an empty or older database up to date, making file and folder where they are missing.

        Any number of processes may do so at once: one works, the others wait and find it done.
        Raises StorageError, also when the database belongs to a newer version.
        """
        with faults.explained(), self._preparing() as connection:
            upgrade.to_head(connection)

    @contextmanager
    def reading(self, within: float | None = None) -> Iterator[Connection]:
        """A connection in a transaction that reads. Raises StorageError.

        `within` is how many seconds PostgreSQL may take for all answers together, from here to the end of the
        block; without it each may take half a minute. SQLite has nobody to wait for but a writer (5 seconds).
        """
        with faults.explained(), self._lasting(within), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, within: float | None = None) -> Iterator[Connection]:
        """A connection in a transaction that writes, committed at the end of the block. Raises StorageError.

        `within` is as for `reading`. An error of the commit itself may hide that it was done all the same.

        On SQLite it takes the write lock at once: one that reads first and writes later could be refused
        half-way. On PostgreSQL whoever reads to write locks the rows (`with_for_update`).
        """
        with faults.explained(), self._lasting(within), self._engine.connect() as connection:
            connection = connection.execution_options(**{sqlite.BEGIN: "IMMEDIATE"})
            with connection.begin():
                yield connection

    def identity(self) -> str:
        """The random id that it got when it was made, 32 hexadecimal digits. Raises StorageError."""
        with self.reading(SOON) as connection:
            return identity_of(connection)

    def is_reachable(self) -> bool:
        """Whether the database answers and `migrate` has been here."""
        try:
            with self.reading(SOON) as connection:
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


def identity_of(connection: Connection) -> str:
    """The id of the database at the other end; a copy of a database has that of its original."""
    found: str = connection.execute(select(database_identity.c.database_id)).scalar_one()
    return found


def _without_limit(_seconds: float | None) -> AbstractContextManager[None]:
    return nullcontext()


def _url(settings: StorageSettings) -> URL:
    if settings.url is None:
        return URL.create("sqlite", database=str(settings.directory.expanduser() / FILE_NAME))
    try:
        return make_url(settings.url)
    except (ArgumentError, ValueError):  # not the cause: its text holds the URL, which may hold a password
        raise ConfigurationError(
            "storage.url is not a database URL; write it as in sqlite:////var/lib/bonaface/bonaface.db "
            "or postgresql://user:password@host/bonaface."
        ) from None
