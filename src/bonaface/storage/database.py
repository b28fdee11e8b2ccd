"""The database of accounts: how to reach it, read it, write it, and bring its schema up to date."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, make_url, select, text
from sqlalchemy.exc import ArgumentError

from bonaface.clock import Clock, utc_now
from bonaface.errors import ConfigurationError, StorageAwayError, StorageError
from bonaface.settings import StorageSettings
from bonaface.storage import faults, postgresql, sqlite, upgrade
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.database_clock import DatabaseClock
from bonaface.storage.tables import database_identity

FILE_NAME = "bonaface.db"
SOON = 1.5
"""`within` of what a request waits for: a database that takes longer is told as one that does not answer."""

Lasting = Callable[[float | None], AbstractContextManager[None]]


class Database:
    """One database, shared by all threads of a process. Making one touches nothing; `prepare` comes first.

    A SQLite file, or PostgreSQL where `settings.url` names one, over at most `connections`. `breaker` is told
    whether it answers, `clock` what time PostgreSQL says it is.
    Raises ConfigurationError for a URL that this version cannot use.
    """

    def __init__(
        self,
        settings: StorageSettings,
        connections: int = postgresql.POOL_SIZE,
        breaker: CircuitBreaker | None = None,
        clock: DatabaseClock | None = None,
    ) -> None:
        url = _url(settings)
        self._settings = settings
        self._breaker = CircuitBreaker() if breaker is None else breaker
        self._time = DatabaseClock() if clock is None else clock
        self._file: Path | None = None
        if url.drivername in postgresql.DRIVERS:
            self._engine, deadline = postgresql.open_engine(url, connections, pooled=settings.pooled)
            self._lasting: Lasting = deadline.lasting
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

    @property
    def breaker(self) -> CircuitBreaker:
        """Whether the database is known to be away; it is for those who ask it whether they heed that."""
        return self._breaker

    @property
    def clock(self) -> Clock:
        """The time: PostgreSQL's own, so that all replicas agree on it; of SQLite this machine's."""
        return utc_now if self._file is not None else self._time

    def beside(self, connections: int) -> "Database":
        """The same database over `connections` that nothing else waits for; to be closed too."""
        return Database(self._settings, connections, self._breaker, self._time)

    def prepare(self) -> None:
        """As `storage.migrate` says: `migrate`, or see that it is not needed.

        Raises StorageError, also where it is needed and `migrate` is not to be called here.
        """
        if self._settings.migrate == "on_start":
            self.migrate()
        else:
            upgrade.require_head(self.version())

    def migrate(self) -> None:
        """Bring an empty or older database up to date, making file and folder where they are missing.

        Any number of processes may do so at once: one works, the others wait and find it done.
        Raises StorageError, also when the database belongs to a newer version.
        """
        with faults.explained(), self._preparing() as connection:
            self._read_clock(connection)
            upgrade.to_head(connection)

    def version(self) -> str | None:
        """Which migration the database is at, `0008` for example; None where it has no table yet.

        Raises StorageError.
        """
        if self._file is not None and not self._file.exists():
            return None
        with self.reading() as connection:
            return upgrade.revision_of(connection)

    @contextmanager
    def reading(self, within: float | None = None) -> Iterator[Connection]:
        """A connection in a transaction that reads. Raises StorageError.

        `within` is how many seconds PostgreSQL may take for all answers together, from here to the end of the
        block; without it each may take half a minute. SQLite has nobody to wait for but a writer (5 seconds).
        """
        with self._watched(within), self._engine.begin() as connection:
            self._read_clock(connection)
            yield connection

    @contextmanager
    def looking_up(self) -> Iterator[Connection]:
        """As `reading`, within `SOON`, for a row or two: if that is in vain, it opens the breaker.

        Unless others were answered meanwhile: then it is this one that takes long, or the cores are taken.
        """
        begun = self._breaker.now
        try:
            with self.reading(SOON) as connection:
                yield connection
        except StorageAwayError as error:
            self._breaker.failed(error, begun)
            raise

    @contextmanager
    def writing(self, within: float | None = None) -> Iterator[Connection]:
        """A connection in a transaction that writes, committed at the end of the block. Raises StorageError.

        `within` is as for `reading`. An error of the commit itself may hide that it was done all the same.

        On SQLite it takes the write lock at once: one that reads first and writes later could be refused
        half-way. On PostgreSQL whoever reads to write locks the rows (`with_for_update`).
        """
        with self._watched(within), self._engine.connect() as connection:
            connection = connection.execution_options(**{sqlite.BEGIN: "IMMEDIATE"})
            with connection.begin():
                self._read_clock(connection)
                yield connection

    def identity(self) -> str:
        """The random id that it got when it was made, 32 hexadecimal digits. Raises StorageError."""
        with self.reading(SOON) as connection:
            return identity_of(connection)

    def is_reachable(self) -> bool:
        """Whether the database answers and was migrated once."""
        try:
            with self.looking_up() as connection:
                return connection.execute(text(f"SELECT 1 FROM {upgrade.VERSION_TABLE}")).first() is not None  # noqa: S608
        except StorageError:
            return False

    def _read_clock(self, connection: Connection) -> None:
        if self._file is None:
            self._time.read(connection)

    @contextmanager
    def _watched(self, within: float | None) -> Iterator[None]:
        """Errors explained, the wait bounded, the breaker told: what took long may have been worth it."""
        try:
            with faults.explained(), self._lasting(within):
                yield
        except StorageAwayError:
            self._breaker.suspect()
            raise
        self._breaker.succeeded()

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
