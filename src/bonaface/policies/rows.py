"""Policies as rows: what is asked of the database, and what is made of its answers.

Every function works in the transaction of its `connection`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, select, update

from bonaface.policies.decision_policy import (
    UNKNOWN,
    DecisionPolicy,
    PoliciesInForce,
    PolicyVersion,
    UnknownPolicyError,
    may_be_name,
)
from bonaface.storage.dialect import insert_into
from bonaface.storage.tables import applications, policies, policy_assignments, policy_versions

COLUMNS = (
    policies.c.name,
    policies.c.retired_at,
    policy_versions.c.version,
    policy_versions.c.reject_below,
    policy_versions.c.accept_from,
    policy_versions.c.note,
    policy_versions.c.created_at,
)


def lock_or_add(connection: Connection, name: str, now: datetime) -> int:
    """The id of the policy, added where it is new; no other transaction changes it before this one ends."""
    new = insert_into(policies, connection.dialect.name).values(name=name, created_at=now)
    connection.execute(new.on_conflict_do_nothing())
    return lock(connection, name)


def lock(connection: Connection, name: str) -> int:
    """The same of a policy that is there, retired or not. Raises UnknownPolicyError."""
    if may_be_name(name):
        query = select(policies.c.id).where(policies.c.name == name).with_for_update()
        found: int | None = connection.execute(query).scalar()
        if found is not None:
            return found
    raise UnknownPolicyError(UNKNOWN)


def add_version(connection: Connection, policy_id: int, made: PolicyVersion) -> None:
    """Keep a new version; its policy is in force (again)."""
    policy = made.policy
    connection.execute(
        insert(policy_versions).values(
            policy_id=policy_id,
            version=policy.version,
            reject_below=policy.reject_below,
            accept_from=policy.accept_from,
            note=made.note,
            created_at=made.created_at,
        )
    )
    set_retired(connection, policy_id, None)


def set_retired(connection: Connection, policy_id: int, at: datetime | None) -> None:
    """Since when it is retired; None is that it is in force."""
    connection.execute(update(policies).where(policies.c.id == policy_id).values(retired_at=at))


def newest(connection: Connection, name: str) -> PolicyVersion | None:
    """The version that counts, if there is any."""
    row = connection.execute(_newest().where(policies.c.name == name)).first()
    return None if row is None else version_of(row)


def every_newest(connection: Connection, *, retired: bool) -> list[PolicyVersion]:
    """That of each policy in force, or of retired ones too, by name."""
    query = _newest().order_by(policies.c.name)
    if not retired:
        query = query.where(policies.c.retired_at.is_(None))
    return [version_of(row) for row in connection.execute(query)]


def one_version(connection: Connection, name: str, version: int) -> PolicyVersion | None:
    """That version of a policy, if there is one."""
    query = _every().where(policies.c.name == name, policy_versions.c.version == version)
    row = connection.execute(query).first()
    return None if row is None else version_of(row)


def versions(
    connection: Connection, name: str, before: int | None = None, limit: int | None = None
) -> list[PolicyVersion]:
    """Those of one policy, newest first, below version `before`."""
    query = _every().where(policies.c.name == name).order_by(policy_versions.c.version.desc())
    if before is not None:
        query = query.where(policy_versions.c.version < before)
    return [version_of(row) for row in connection.execute(query.limit(limit))]


def assign(connection: Connection, application_id: int, policy_id: int | None) -> None:
    """Have the policy decide for the application; None is no policy of its own."""
    if policy_id is None:
        gone = policy_assignments.c.application_id == application_id
        connection.execute(delete(policy_assignments).where(gone))
        return
    row = {"application_id": application_id, "policy_id": policy_id}
    new = insert_into(policy_assignments, connection.dialect.name).values(row)
    connection.execute(
        new.on_conflict_do_update(index_elements=["application_id"], set_={"policy_id": policy_id})
    )


def assigned_to(connection: Connection, application_id: int) -> str | None:
    """The name of the policy that the application has of its own."""
    query = select(policies.c.name).join(policy_assignments, policy_assignments.c.policy_id == policies.c.id)
    found: str | None = connection.execute(
        query.where(policy_assignments.c.application_id == application_id)
    ).scalar()
    return found


def app_keys_of(connection: Connection, name: str) -> list[str | None]:
    """Of the applications that have the policy, oldest first; None, first, is that it is the default."""
    query = (
        select(applications.c.app_key)
        .select_from(policy_assignments)
        .join(policies, policies.c.id == policy_assignments.c.policy_id)
        .outerjoin(applications, applications.c.id == policy_assignments.c.application_id)
        .where(policies.c.name == name)
        .order_by(policy_assignments.c.application_id)
    )
    return list(connection.execute(query).scalars())


def in_force(connection: Connection) -> PoliciesInForce:
    """All that decides now."""
    found = {each.policy.name: each.policy for each in every_newest(connection, retired=False)}
    pairs = connection.execute(
        select(policy_assignments.c.application_id, policies.c.name).join(
            policies, policies.c.id == policy_assignments.c.policy_id
        )
    )
    return PoliciesInForce(found, {row.application_id: row.name for row in pairs})


def version_of(row: Row[*tuple[Any, ...]]) -> PolicyVersion:
    """The version of a row that has `COLUMNS`."""
    policy = DecisionPolicy(row.name, row.version, row.reject_below, row.accept_from)
    return PolicyVersion(policy, row.note, row.created_at, row.retired_at)


def _every() -> Select[Any]:
    return select(*COLUMNS).join(policy_versions, policy_versions.c.policy_id == policies.c.id)


def _newest() -> Select[Any]:
    last = (
        select(policy_versions.c.policy_id, func.max(policy_versions.c.version).label("version"))
        .group_by(policy_versions.c.policy_id)
        .subquery("last")
    )
    is_last = and_(
        last.c.policy_id == policy_versions.c.policy_id, last.c.version == policy_versions.c.version
    )
    return _every().join(last, is_last)
