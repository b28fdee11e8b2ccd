"""The secrets of an application: two slots, so that one can be replaced while the other still works.

Every function works in the transaction of its `connection`, which holds the application (`locked` there).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from bonaface.accounts import keys
from bonaface.accounts.application import Secret, UnknownSecretError
from bonaface.accounts.expiry import has_expired
from bonaface.errors import ConflictError, InvalidParameterError
from bonaface.storage.tables import applications, secrets

SLOTS = (1, 2)
MAX_OVERLAP = timedelta(days=366)
COLUMNS = (
    secrets.c.id,
    secrets.c.slot,
    secrets.c.created_at,
    secrets.c.expires_at,
    secrets.c.last_used_at,
)


def live_secrets(connection: Connection, application_id: int, now: datetime) -> list[Secret]:
    """Those that work at `now`, oldest first: none, one or two."""
    rows = connection.execute(_unrevoked(application_id)).all()
    return [_secret(row) for row in rows if not has_expired(row.expires_at, now)]


def add_secret(
    connection: Connection,
    application_id: int,
    expires_at: datetime | None,
    overlap: timedelta | None,
    now: datetime,
) -> tuple[Secret, str]:
    """A new secret in a free slot, and its text, which is kept nowhere.

    An expired secret leaves its slot. With `overlap` a live one that is there ends after that time, or when
    it would have ended before. Raises ConflictError when two are live.
    """
    _revoke(connection, _expired(application_id, now), now)
    rows = connection.execute(_unrevoked(application_id)).all()
    free = set(SLOTS) - {row.slot for row in rows}
    if not free:
        raise ConflictError("The application has two live secrets; revoke one of them first.")
    if overlap is not None:
        _end(connection, application_id, now + overlap)
    return _insert(connection, application_id, min(free), expires_at, now)


def revoke_secret(connection: Connection, application_id: int, secret_id: int, now: datetime) -> None:
    """Stop a live secret. Raises UnknownSecretError where the application has no live one of that id."""
    if secret_id not in {secret.id for secret in live_secrets(connection, application_id, now)}:
        raise UnknownSecretError(
            "The application has no live secret with this id; show the application to see those it has."
        )
    _revoke(connection, secrets.c.id == secret_id, now)


def erase_secrets(connection: Connection, removed_until: datetime) -> list[str]:
    """Remove every secret of the applications that were removed at that moment or before; their appKeys."""
    is_due = applications.c.removed_at <= removed_until
    has_any = exists().where(secrets.c.application_id == applications.c.id)
    due = connection.execute(select(applications.c.id, applications.c.app_key).where(is_due, has_any)).all()
    connection.execute(delete(secrets).where(secrets.c.application_id.in_([row.id for row in due])))
    return [row.app_key for row in due]


def checked_overlap(overlap: timedelta | None) -> timedelta | None:
    """`overlap`. Raises InvalidParameterError unless it is 0 to 366 days."""
    if overlap is not None and not timedelta(0) <= overlap <= MAX_OVERLAP:
        raise InvalidParameterError(f"Give an overlap of 0 seconds to {MAX_OVERLAP.days} days.")
    return overlap


def _unrevoked(application_id: int) -> Select[Any]:
    is_its = and_(secrets.c.application_id == application_id, secrets.c.revoked_at.is_(None))
    return select(*COLUMNS).where(is_its).order_by(secrets.c.id)


def _expired(application_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        secrets.c.application_id == application_id,
        secrets.c.revoked_at.is_(None),
        secrets.c.expires_at <= now,
    )


def _revoke(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    connection.execute(update(secrets).where(which).values(revoked_at=now))


def _end(connection: Connection, application_id: int, end: datetime) -> None:
    lives_longer = or_(secrets.c.expires_at.is_(None), secrets.c.expires_at > end)
    is_its = and_(secrets.c.application_id == application_id, secrets.c.revoked_at.is_(None))
    connection.execute(update(secrets).where(is_its, lives_longer).values(expires_at=end))


def _insert(
    connection: Connection, application_id: int, slot: int, expires_at: datetime | None, now: datetime
) -> tuple[Secret, str]:
    text = keys.make_secret()
    new = insert(secrets).values(
        application_id=application_id,
        slot=slot,
        digest=keys.digest_of(text),
        created_at=now,
        expires_at=expires_at,
    )
    secret_id = connection.execute(new.returning(secrets.c.id)).scalar_one()
    return Secret(secret_id, now, expires_at), text


def _secret(row: Row[*tuple[Any, ...]]) -> Secret:
    return Secret(row.id, row.created_at, row.expires_at, row.last_used_at)
