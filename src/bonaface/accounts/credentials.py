"""What a key is checked against, read from the database: the same work whatever is asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select, union_all

from bonaface.accounts import keys
from bonaface.accounts.application import Application
from bonaface.accounts.rows import COLUMNS, application_of
from bonaface.storage.tables import applications, secrets

NO_APP_KEY = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the two places for a secret: what is in it, live or expired, or nothing (`secret_id` 0)."""

    secret_id: int = 0
    digest: bytes = keys.NO_DIGEST
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """An application, None if there is none, and its two slots."""

    application: Application | None
    slots: tuple[Slot, Slot]


NOBODY = Credentials(None, (Slot(), Slot()))


def read_credentials(connection: Connection, app_key: str) -> Credentials:
    """The credentials of `app_key`, which may be any string.

    One statement and one row for every key. Where no application has the key, the row of the oldest one is
    read in its place, and dropped: reading none would be quicker, and would tell which appKeys exist.
    """
    asked = app_key if keys.may_be_app_key(app_key) else NO_APP_KEY
    row = connection.execute(QUERY, {"app_key": asked}).first()
    if row is None:  # a database without any application
        return NOBODY
    found = Credentials(application_of(row), (_slot(row, 1), _slot(row, 2)))
    return found if row.app_key == app_key else NOBODY


def _query() -> Select[Any]:
    """The application of the parameter `app_key`, or else the oldest one, with both slots beside it.

    `max` takes the one asked for, as no id is under the oldest one's; unlike `coalesce` it has both looked up
    every time.
    """
    first, second = secrets.alias("first"), secrets.alias("second")
    ids = union_all(
        select(applications.c.id).where(applications.c.app_key == bindparam("app_key")),
        select(func.min(applications.c.id)),
    ).subquery("ids")
    tables = applications.outerjoin(first, _is_in(first, 1)).outerjoin(second, _is_in(second, 2))
    return (
        select(*COLUMNS, *_columns(first, 1), *_columns(second, 2))
        .select_from(tables)
        .where(applications.c.id == select(func.max(ids.c.id)).scalar_subquery())
    )


def _columns(slot: Any, number: int) -> list[Any]:  # noqa: ANN401 - an alias of a table
    return [slot.c[name].label(f"{name}_{number}") for name in ("id", "digest", "expires_at")]


def _is_in(slot: Any, number: int) -> Any:  # noqa: ANN401
    return and_(
        slot.c.application_id == applications.c.id, slot.c.slot == number, slot.c.revoked_at.is_(None)
    )


def _slot(row: Row[*tuple[Any, ...]], number: int) -> Slot:
    found = row._mapping  # the documented way to columns by name
    if found[f"id_{number}"] is None:
        return Slot()
    return Slot(found[f"id_{number}"], found[f"digest_{number}"], found[f"expires_at_{number}"])


QUERY = _query()
"""Built once: building it takes longer than asking it."""
