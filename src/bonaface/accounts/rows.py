"""Applications as rows: what is asked of the database, and what is made of its answers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, or_, select, update

from bonaface.accounts import keys
from bonaface.accounts.application import Application, Quota, State, UnknownApplicationError
from bonaface.storage.tables import applications

COLUMNS = (
    applications.c.id,
    applications.c.app_key,
    applications.c.name,
    applications.c.note,
    applications.c.state,
    applications.c.created_at,
    applications.c.rate,
    applications.c.burst,
    applications.c.monthly_quota,
    applications.c.removed_at,
)


@dataclass(frozen=True, slots=True)
class SoughtApplications:
    """Which are wanted: a part of name, note or appKey; a state; those that are removed, or the others."""

    search: str = ""
    state: State | None = None
    removed: bool = False


def application_of(row: Row[*tuple[Any, ...]]) -> Application:
    """The application of a row that has `COLUMNS`."""
    quota = Quota(row.rate, row.burst, row.monthly_quota)
    state = State(row.state)
    return Application(row.id, row.app_key, row.name, row.note, state, row.created_at, quota, row.removed_at)


def insert_application(connection: Connection, application: Application) -> int:
    """Add it; its `id` is the one that is returned."""
    new = insert(applications).values(
        app_key=application.app_key, created_at=application.created_at, **_changeable(application)
    )
    made: int = connection.execute(new.returning(applications.c.id)).scalar_one()
    return made


def update_application(connection: Connection, application: Application) -> None:
    """Write what may change of it."""
    changed = update(applications).where(applications.c.id == application.id)
    connection.execute(changed.values(**_changeable(application)))


def find_applications(
    connection: Connection, sought: SoughtApplications, after: int, limit: int
) -> list[Application]:
    """See `ApplicationRepository.find`."""
    search, state = sought.search, sought.state
    query = select(*COLUMNS).where(applications.c.id > after).order_by(applications.c.id).limit(limit)
    query = query.where(
        applications.c.removed_at.is_not(None) if sought.removed else applications.c.removed_at.is_(None)
    )
    if state is not None:
        query = query.where(applications.c.state == state.value)
    if search:
        query = query.where(_holds(search))
    return [application_of(row) for row in connection.execute(query)]


def get_application(connection: Connection, app_key: str) -> Application:
    """The application of `app_key`, which may be any string. Raises UnknownApplicationError."""
    return _get(connection, app_key, select(*COLUMNS))


def lock_application(connection: Connection, app_key: str) -> Application:
    """The same, and no other transaction changes it before this one ends.

    PostgreSQL locks the row; on SQLite a transaction that writes is alone from its beginning.
    """
    return _get(connection, app_key, select(*COLUMNS).with_for_update())


def _get(connection: Connection, app_key: str, query: Select[Any]) -> Application:
    if keys.may_be_app_key(app_key):
        row = connection.execute(query.where(applications.c.app_key == app_key)).first()
        if row is not None:
            return application_of(row)
    raise UnknownApplicationError("No application has this appKey; list the appKeys to find it.")


def _holds(search: str) -> Any:  # noqa: ANN401 - an SQL expression
    searched = (applications.c.name, applications.c.note, applications.c.app_key)
    return or_(*(column.icontains(search, autoescape=True) for column in searched))


def _changeable(application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "note": application.note,
        "state": application.state.value,
        "rate": application.quota.rate,
        "burst": application.quota.burst,
        "monthly_quota": application.quota.monthly,
        "removed_at": application.removed_at,
    }
