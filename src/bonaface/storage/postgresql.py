"""PostgreSQL as bonaface uses it: psycopg 3, UTC, and waits that end.

Settings of each connection, and why:
- `timezone=UTC`: a stored time is cut to hours and days by us, never by the server's zone;
- `tcp_user_timeout`: a connection that the network swallowed is given up, not waited for;
- `lock_timeout`, `statement_timeout`: a request that waits for the database fails, and not after for ever;
- `idle_in_transaction_session_timeout`: whoever stands still does not lock rows for ever;
- `QueryDeadline`: the same when the server stands still and keeps no time (query_deadline.py);
- `pool_pre_ping`: after the server was started again the pool finds its dead connections itself;
- one that finds its server a standby now is dropped with its whole pool: the primary is elsewhere.

Behind a pooler (`pooled`) each transaction may have another connection of the server's, and `options` are
refused at the start: so the first three are set in each transaction, and no statement is prepared.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Dialect, Engine, ExceptionContext, create_engine, event, text

from bonaface.errors import ConfigurationError
from bonaface.storage.faults import READ_ONLY

if TYPE_CHECKING:
    from bonaface.storage.query_deadline import DeadlineConnection, QueryDeadline

DRIVERS = ("postgresql", "postgresql+psycopg")
CONNECT_SECONDS = 5
SILENCE_MILLISECONDS = 10_000
POOL_SIZE = 8
POOL_TIMEOUT = 2.0
LIMITS = {
    "timezone": "UTC",
    "lock_timeout": "5000",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "60000",
}
"""Times in milliseconds."""
OPTIONS = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
IN_TRANSACTION = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in LIMITS.items())
MIGRATION_LOCK = 0x626F6E61  # "bona": any number that no other program takes in this database


NO_PARAMETER = "storage.url has a parameter that PostgreSQL does not know; libpq's documentation lists them."


def url_of(url: URL) -> URL:
    """The URL with the one driver that is used.

    Raises ConfigurationError where that is not installed, and for parameters that it does not know.
    """
    if find_spec("psycopg") is None:
        raise ConfigurationError(
            "storage.url names PostgreSQL; install its driver with `pip install 'bonaface[postgresql]'`."
        )
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    try:
        make_conninfo("", **dict.fromkeys(url.query, ""))
    except ProgrammingError:
        raise ConfigurationError(NO_PARAMETER) from None
    return url.set(drivername="postgresql+psycopg")


def open_engine(
    url: URL, connections: int = POOL_SIZE, *, pooled: bool = False
) -> "tuple[Engine, QueryDeadline]":
    """An engine on the database that `url` names, and how long it waits.

    It connects when first used, and holds as many as `connections`. pooled: by way of a pooler.
    """
    checked = url_of(url)
    from bonaface.storage.query_deadline import QueryDeadline  # not before: it needs the driver

    deadline = QueryDeadline()
    engine = create_engine(
        checked,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": SILENCE_MILLISECONDS,
            "application_name": "bonaface",
            **({"prepare_threshold": None} if pooled else {"options": OPTIONS}),
        },
    )
    if pooled:
        event.listen(engine, "begin", _set_limits)
    event.listen(engine, "do_connect", _Connecting(deadline))
    event.listen(engine, "handle_error", _drop_standby)
    return engine, deadline


def _set_limits(connection: Connection) -> None:
    connection.exec_driver_sql(IN_TRANSACTION)  # several statements, one message


def _drop_standby(context: ExceptionContext) -> None:
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


class _Connecting:
    """Makes the connections of an engine, each with `deadline`."""

    def __init__(self, deadline: "QueryDeadline") -> None:
        self._deadline = deadline

    def __call__(
        self, _dialect: Dialect, _record: object, arguments: list[Any], parameters: dict[str, Any]
    ) -> "DeadlineConnection":
        from bonaface.storage.query_deadline import DeadlineConnection

        return DeadlineConnection.connected(self._deadline, *arguments, **parameters)


@contextmanager
def preparing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that no other process prepares the database beside."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        yield connection
