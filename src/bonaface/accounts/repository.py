"""Applications and their secrets in the database.

Whatever changes one says who does it, and is written to the audit trail in the same transaction. A change
that changes nothing leaves no entry.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bonaface.accounts import audit, keys, rows, secrets
from bonaface.accounts.application import (
    MAX_NOTE,
    NO_QUOTA,
    Application,
    Quota,
    Secret,
    State,
    checked_name,
    checked_note,
    is_one_line,
)
from bonaface.accounts.audit import SERVER, Actor
from bonaface.accounts.credentials import Credentials, read_credentials
from bonaface.accounts.expiry import checked_expiry
from bonaface.accounts.quota import checked_quota, quota_members
from bonaface.clock import Clock
from bonaface.errors import ConflictError
from bonaface.storage.database import Database

PAGE = 500
GRACE = timedelta(days=30)
STATE_ACTIONS = {State.ACTIVE: "application.enable", State.DISABLED: "application.disable"}


class ApplicationRepository:
    """Applications in `database`, which must be migrated. Thread-safe. Every method raises StorageError."""

    def __init__(self, database: Database, clock: Clock | None = None, grace: timedelta = GRACE) -> None:
        """grace: how long an application that was removed can be restored."""
        self._database = database
        self._clock = clock or database.clock
        self._grace = grace

    def create_application(
        self,
        name: str,
        note: str = "",
        quota: Quota = NO_QUOTA,
        secret_expires_at: datetime | None = None,
        *,
        actor: Actor,
    ) -> tuple[Application, Secret, str]:
        """A new active application, its secret, and the text of that, which is kept nowhere.

        Raises InvalidParameterError.
        """
        now = self._clock()
        expires_at = checked_expiry(secret_expires_at, now)
        made = Application(
            0,
            keys.make_app_key(),
            checked_name(name),
            checked_note(note),
            State.ACTIVE,
            now,
            checked_quota(quota),
        )
        with self._database.writing() as connection:
            made = replace(made, id=rows.insert_application(connection, made))
            secret, text = secrets.add_secret(connection, made.id, expires_at, None, now)
            detail = _described(made) | {"secretId": secret.id, "secretExpiresAt": expires_at}
            audit.record(connection, actor, "application.create", made.app_key, detail, now)
        return made, secret, text

    def find(
        self,
        search: str = "",
        state: State | None = None,
        after: int = 0,
        limit: int = 50,
        *,
        removed: bool = False,
    ) -> list[Application]:
        """At most `limit` applications, oldest first, whose `id` is over `after`.

        `search` is a part of the name, the note or the appKey; case does not matter (of A to Z for certain,
        of other letters where the database knows it). Those that are removed, or else the others.
        """
        wanted = search.strip()
        if not is_one_line(wanted, MAX_NOTE):  # nothing holds it, and no database can be asked
            return []
        with self._database.reading() as connection:
            sought = rows.SoughtApplications(wanted, state, removed)
            return rows.find_applications(connection, sought, after, limit)

    def list_applications(
        self, search: str = "", state: State | None = None, *, removed: bool = False
    ) -> Iterator[Application]:
        """Every one that `find` finds, read a page at a time."""
        after = 0
        while page := self.find(search, state, after, PAGE, removed=removed):
            yield from page
            after = page[-1].id

    def get_application(self, app_key: str) -> Application:
        """The application of `app_key`. Raises UnknownApplicationError."""
        with self._database.reading() as connection:
            return rows.get_application(connection, app_key)

    def secrets_of(self, app_key: str) -> list[Secret]:
        """The live secrets of an application, oldest first. Raises UnknownApplicationError."""
        with self._database.reading() as connection:
            return secrets.live_secrets(
                connection, rows.get_application(connection, app_key).id, self._clock()
            )

    def edit_application(
        self,
        app_key: str,
        name: str | None = None,
        note: str | None = None,
        state: State | None = None,
        *,
        actor: Actor,
    ) -> Application:
        """Change what is given. Raises UnknownApplicationError, InvalidParameterError."""
        new_name = None if name is None else checked_name(name)
        new_note = None if note is None else checked_note(note)
        with self._database.writing() as connection:
            before = _kept(connection, app_key)
            after = replace(
                before,
                name=new_name or before.name,
                note=before.note if new_note is None else new_note,
                state=state or before.state,
            )
            self._change(connection, before, after, actor)
        return after

    def enable_application(self, app_key: str, *, actor: Actor) -> Application:
        """Let the keys of an application work again. Raises UnknownApplicationError."""
        return self.edit_application(app_key, state=State.ACTIVE, actor=actor)

    def disable_application(self, app_key: str, *, actor: Actor) -> Application:
        """Stop the keys of an application; one that is disabled stays so. Raises UnknownApplicationError."""
        return self.edit_application(app_key, state=State.DISABLED, actor=actor)

    def set_quota(self, app_key: str, quota: Quota, *, actor: Actor) -> Application:
        """Replace the quota. Raises UnknownApplicationError, InvalidParameterError."""
        checked = checked_quota(quota)
        with self._database.writing() as connection:
            before = _kept(connection, app_key)
            after = replace(before, quota=checked)
            self._change(connection, before, after, actor)
        return after

    def remove_application(self, app_key: str, *, actor: Actor) -> Application:
        """Stop it with all its keys, and have it listed no more; its usage stays.

        Raises UnknownApplicationError, and ConflictError where it is removed already.
        """
        now = self._clock()
        with self._database.writing() as connection:
            after = replace(_kept(connection, app_key), removed_at=now)
            rows.update_application(connection, after)
            audit.record(connection, actor, "application.remove", app_key, {"name": after.name}, now)
        return after

    def restore_application(self, app_key: str, *, actor: Actor) -> Application:
        """Let one that was removed be as it was.

        Raises UnknownApplicationError, ConflictError where it is not removed or the time of grace is over.
        """
        now = self._clock()
        with self._database.writing() as connection:
            before = rows.lock_application(connection, app_key)
            if before.removed_at is None:
                raise ConflictError("The application is not removed.")
            if before.removed_at + self._grace <= now:
                raise ConflictError("The secrets of the application are erased; make another application.")
            after = replace(before, removed_at=None)
            rows.update_application(connection, after)
            audit.record(connection, actor, "application.restore", app_key, {"name": after.name}, now)
        return after

    def erase_removed(self) -> int:
        """Remove the secrets of applications whose time of grace is over; of how many it did."""
        now = self._clock()
        with self._database.writing() as connection:
            erased = secrets.erase_secrets(connection, now - self._grace)
            for app_key in erased:
                audit.record(connection, SERVER, "application.erase", app_key, {}, now)
        return len(erased)

    def add_secret(
        self,
        app_key: str,
        expires_at: datetime | None = None,
        overlap: timedelta | None = None,
        *,
        actor: Actor,
    ) -> tuple[Secret, str]:
        """A new secret and its text, which is kept nowhere.

        With `overlap` (0 to 366 days) the other live secret works for that much longer, and no more.
        Raises ConflictError when two are live, UnknownApplicationError, InvalidParameterError.
        """
        secrets.checked_overlap(overlap)
        now = self._clock()
        expiry = checked_expiry(expires_at, now)
        with self._database.writing() as connection:
            owner = _kept(connection, app_key)
            secret, text = secrets.add_secret(connection, owner.id, expiry, overlap, now)
            seconds = None if overlap is None else int(overlap.total_seconds())
            detail = {"secretId": secret.id, "secretExpiresAt": expiry, "overlapSeconds": seconds}
            audit.record(connection, actor, "secret.add", app_key, detail, now)
        return secret, text

    def revoke_secret(self, app_key: str, secret_id: int, *, actor: Actor) -> None:
        """Stop a live secret, the last one too. Raises UnknownApplicationError, UnknownSecretError."""
        now = self._clock()
        with self._database.writing() as connection:
            owner = _kept(connection, app_key)
            secrets.revoke_secret(connection, owner.id, secret_id, now)
            audit.record(connection, actor, "secret.revoke", app_key, {"secretId": secret_id}, now)

    def find_credentials(self, app_key: str) -> Credentials:
        """What `app_key` is checked against: the same work whatever is asked."""
        with self._database.looking_up() as connection:
            return read_credentials(connection, app_key)

    def _change(self, connection: Connection, before: Application, after: Application, actor: Actor) -> None:
        if before == after:
            return
        rows.update_application(connection, after)
        for action, detail in _changes(before, after):
            audit.record(connection, actor, action, after.app_key, detail, self._clock())


def _kept(connection: Connection, app_key: str) -> Application:
    """The application, locked. Raises UnknownApplicationError, and ConflictError where it is removed."""
    found = rows.lock_application(connection, app_key)
    if found.removed_at is not None:
        raise ConflictError("The application is removed; restore it first.")
    return found


def _changes(before: Application, after: Application) -> Iterator[tuple[str, dict[str, object]]]:
    """What to write to the trail: an action and the new values for each kind of change."""
    texts = {name: getattr(after, name) for name in ("name", "note")}
    changed = {name: text for name, text in texts.items() if text != getattr(before, name)}
    if changed:
        yield "application.edit", changed
    if after.state is not before.state:
        yield STATE_ACTIONS[after.state], {}
    if after.quota != before.quota:
        yield "quota.set", quota_members(after.quota)


def _described(application: Application) -> dict[str, object]:
    return {"name": application.name, "note": application.note} | quota_members(application.quota)
