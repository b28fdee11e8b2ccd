"""Decision policies in the database: versions are added and kept, never changed.

Whatever changes one says who does it, and is written to the audit trail in the same transaction. A change
that changes nothing leaves no entry.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection

from bonaface.accounts import audit
from bonaface.accounts import rows as application_rows
from bonaface.accounts.audit import Actor
from bonaface.clock import Clock
from bonaface.errors import ConflictError
from bonaface.policies import rows
from bonaface.policies.decision_policy import (
    UNKNOWN,
    DecisionPolicy,
    PoliciesInForce,
    PolicyVersion,
    UnknownPolicyError,
    check_thresholds,
    checked_name,
    checked_note,
    may_be_name,
)
from bonaface.storage.database import Database

MAX_POLICIES = 200
"""In force at once: every server process holds them all."""
MAX_VERSION = 2**31 - 1
DEFAULT_TARGET = "policies"
"""Target of audit entries about the default policy."""


class PolicyRepository:
    """Policies in `database`, which must be migrated. Thread-safe. Every method raises StorageError."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or database.clock

    def put(
        self, name: str, reject_below: float, accept_from: float, note: str = "", *, actor: Actor
    ) -> PolicyVersion:
        """A new version under `name`, in force from now on; the newest one where that says the same.

        A retired policy is in force again. Raises InvalidParameterError, and ConflictError where too many
        are in force.
        """
        checked, remark = checked_name(name), checked_note(note)
        check_thresholds(reject_below, accept_from)
        with self._database.writing() as connection:
            policy_id = rows.lock_or_add(connection, checked, self._clock())
            last = rows.newest(connection, checked)
            if last is not None and last.retired_at is None:
                same = last.policy.reject_below, last.policy.accept_from, last.note
                if same == (reject_below, accept_from, remark):
                    return last
            elif len(rows.every_newest(connection, retired=False)) >= MAX_POLICIES:
                raise ConflictError(f"{MAX_POLICIES} policies are in force; retire one of them first.")
            version = 1 if last is None else last.policy.version + 1
            policy = DecisionPolicy(checked, version, reject_below, accept_from)
            made = PolicyVersion(policy, remark, self._clock())
            rows.add_version(connection, policy_id, made)
            self._record(connection, actor, "policy.put", _target(checked), _described(made))
        return made

    def list_policies(self, *, retired: bool = False) -> list[PolicyVersion]:
        """The newest version of each policy in force, or of retired ones too, by name."""
        with self._database.reading() as connection:
            return rows.every_newest(connection, retired=retired)

    def get(self, name: str, version: int | None = None) -> PolicyVersion:
        """That version, or the newest, of a policy, retired or not. Raises UnknownPolicyError."""
        with self._known(name) as connection:
            if version is None:
                found = rows.newest(connection, name)
            else:
                found = rows.one_version(connection, name, min(version, MAX_VERSION))
        if found is None:
            raise UnknownPolicyError(UNKNOWN)
        return found

    def versions(self, name: str, before: int | None = None, limit: int | None = None) -> list[PolicyVersion]:
        """Those of one policy, newest first, below version `before`. Raises UnknownPolicyError."""
        with self._known(name) as connection:
            if rows.newest(connection, name) is None:
                raise UnknownPolicyError(UNKNOWN)
            return rows.versions(connection, name, before, limit)

    def retire(self, name: str, *, actor: Actor) -> None:
        """Have nothing decided by it any more; its versions stay.

        Raises UnknownPolicyError, and ConflictError while it is an application's, or the default.
        """
        with self._known(name, writing=True) as connection:
            policy_id = rows.lock(connection, name)
            if rows.app_keys_of(connection, name):
                raise ConflictError(
                    "The policy is the default or an application's; give those another or none first."
                )
            found = rows.newest(connection, name)
            if found is not None and found.retired_at is None:
                rows.set_retired(connection, policy_id, self._clock())
                detail = {"version": found.policy.version}
                self._record(connection, actor, "policy.retire", _target(name), detail)

    def assign(self, name: str | None, app_key: str | None = None, *, actor: Actor) -> None:
        """Have a policy, or none, decide for an application; without appKey for all that have none.

        Raises UnknownPolicyError, also for a retired one, and UnknownApplicationError.
        """
        with self._database.writing() as connection:
            application_id = _application_id(connection, app_key, locked=True)
            policy_id = None if name is None else _lock_in_force(connection, name)
            if rows.assigned_to(connection, application_id) == name:
                return
            rows.assign(connection, application_id, policy_id)
            self._record(connection, actor, "policy.assign", app_key or DEFAULT_TARGET, {"policy": name})

    def assigned_to(self, app_key: str | None = None) -> str | None:
        """The name of the policy that an application has of its own, or of the default.

        Raises UnknownApplicationError.
        """
        with self._database.reading() as connection:
            return rows.assigned_to(connection, _application_id(connection, app_key))

    def app_keys_of(self, name: str) -> list[str | None]:
        """Of the applications that have the policy, oldest first; None, first, is that it is the default."""
        with self._known(name) as connection:
            return rows.app_keys_of(connection, name)

    def in_force(self) -> PoliciesInForce:
        """All that decides now: a small question, as servers ask it."""
        with self._database.looking_up() as connection:
            return rows.in_force(connection)

    @contextmanager
    def _known(self, name: str, *, writing: bool = False) -> Iterator[Connection]:
        """A transaction. Raises UnknownPolicyError for what can be no name: no database is asked for it."""
        if not may_be_name(name):
            raise UnknownPolicyError(UNKNOWN)
        with self._database.writing() if writing else self._database.reading() as connection:
            yield connection

    def _record(
        self, connection: Connection, actor: Actor, action: str, target: str, detail: Mapping[str, object]
    ) -> None:
        audit.record(connection, actor, action, target, detail, self._clock())


def policy_members(found: PolicyVersion) -> dict[str, object]:
    """A version by the names that it has in JSON."""
    return {
        "name": found.policy.name,
        "version": found.policy.version,
        "rejectBelow": found.policy.reject_below,
        "acceptFrom": found.policy.accept_from,
        "note": found.note,
        "createdAt": found.created_at,
        "retiredAt": found.retired_at,
    }


def _described(made: PolicyVersion) -> dict[str, object]:
    told = ("version", "rejectBelow", "acceptFrom", "note")
    return {name: value for name, value in policy_members(made).items() if name in told}


def _target(name: str) -> str:
    return f"policy:{name}"


def _application_id(connection: Connection, app_key: str | None, *, locked: bool = False) -> int:
    if app_key is None:
        return PoliciesInForce.EVERYONE
    find = application_rows.lock_application if locked else application_rows.get_application
    return find(connection, app_key).id


def _lock_in_force(connection: Connection, name: str) -> int:
    policy_id = rows.lock(connection, name)
    found = rows.newest(connection, name)
    if found is None or found.retired_at is not None:
        raise UnknownPolicyError(UNKNOWN)
    return policy_id
