"""Applications and their secrets in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Insert, Row, Select, and_, func, insert, or_, select, update

from bonaface.accounts import keys
from bonaface.accounts.application import (
    Application,
    State,
    UnknownApplicationError,
    checked_name,
    checked_note,
)
from bonaface.storage.database import Database
from bonaface.storage.tables import applications, secrets

FIRST_SLOT = 1
NO_APP_KEY = ""
COLUMNS = (
    applications.c.app_key,
    applications.c.name,
    applications.c.note,
    applications.c.state,
    applications.c.created_at,
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An application, None if there is none, and the SHA-256 digests of its live secrets: at most two."""

    application: Application | None
    digests: tuple[bytes, ...]


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


class ApplicationRepository:
    """Applications in `database`, which must be migrated. Thread-safe. Every method raises StorageError."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def create_application(self, name: str, note: str = "") -> tuple[Application, str]:
        """A new active application and its secret, which is kept nowhere. Raises InvalidParameterError."""
        application = Application(
            keys.make_app_key(), checked_name(name), checked_note(note), State.ACTIVE, self._clock()
        )
        secret = keys.make_secret()
        with self._database.writing() as connection:
            connection.execute(_insert_application(application))
            connection.execute(_insert_secret(application, keys.digest_of(secret)))
        return application, secret

    def list_applications(self) -> list[Application]:
        """Every application, oldest first."""
        with self._database.reading() as connection:
            return [
                _application(row) for row in connection.execute(select(*COLUMNS).order_by(applications.c.id))
            ]

    def get_application(self, app_key: str) -> Application:
        """The application of `app_key`. Raises UnknownApplicationError."""
        found = self.find_credentials(app_key).application
        if found is None:
            raise UnknownApplicationError("No application has this appKey; list the appKeys to find it.")
        return found

    def disable_application(self, app_key: str) -> Application:
        """Stop the keys of an application; one that is disabled stays so. Raises UnknownApplicationError."""
        if keys.may_be_app_key(app_key):
            with self._database.writing() as connection:
                connection.execute(
                    update(applications)
                    .where(applications.c.app_key == app_key)
                    .values(state=State.DISABLED.value)
                )
        return self.get_application(app_key)

    def find_credentials(self, app_key: str) -> Credentials:
        """What `app_key` is checked against: the same work whatever is asked.

        One statement, and where no application has the key the row of the oldest one is read in its place,
        and dropped: reading no row would be quicker, and would tell which appKeys exist.
        """
        query = _credentials_query(app_key if keys.may_be_app_key(app_key) else NO_APP_KEY, self._clock())
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        application = _application(rows[0]) if rows else None
        digests = tuple(row.digest for row in rows if row.digest is not None)
        if application is None or application.app_key != app_key:
            return Credentials(None, ())
        return Credentials(application, digests)


def _insert_application(application: Application) -> Insert:
    return insert(applications).values(
        app_key=application.app_key,
        name=application.name,
        note=application.note,
        state=application.state.value,
        created_at=application.created_at,
    )


def _insert_secret(application: Application, digest: bytes) -> Insert:
    owner = select(applications.c.id).where(applications.c.app_key == application.app_key)
    return insert(secrets).values(
        application_id=owner.scalar_subquery(),
        slot=FIRST_SLOT,
        digest=digest,
        created_at=application.created_at,
    )


def _credentials_query(app_key: str, now: datetime) -> Select[Any]:
    is_live = and_(
        secrets.c.application_id == applications.c.id,
        secrets.c.revoked_at.is_(None),
        or_(secrets.c.expires_at.is_(None), secrets.c.expires_at > now),
    )
    asked = select(applications.c.id).where(applications.c.app_key == app_key).scalar_subquery()
    oldest = select(func.min(applications.c.id)).scalar_subquery()
    return (
        select(*COLUMNS, secrets.c.digest)
        .select_from(applications.outerjoin(secrets, is_live))
        .where(applications.c.id == func.coalesce(asked, oldest))
    )


def _application(row: Row[*tuple[Any, ...]]) -> Application:
    return Application(row.app_key, row.name, row.note, State(row.state), row.created_at)
