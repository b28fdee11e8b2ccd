"""Decision policies on both databases: versions that stay, whose they are, and who changed them."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bonaface.accounts.application import UnknownApplicationError
from bonaface.accounts.audit import AuditRepository
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import ConflictError, InvalidParameterError
from bonaface.policies import repository as repository_module
from bonaface.policies.decision_policy import (
    DecisionPolicy,
    PoliciesInForce,
    PolicyVersion,
    UnknownPolicyError,
)
from bonaface.policies.repository import DEFAULT_TARGET, PolicyRepository
from bonaface.storage.database import Database
from support.storage.accounts import ACTOR, statements

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
UNKNOWN = ["nobody", "", "a\x00", "\ud800", "x" * 100_000, "' OR 1=1 --"]
Trail = Callable[[], list[tuple[str, str, dict[str, object]]]]


@pytest.fixture
def repository(database: Database) -> PolicyRepository:
    """At a time of its own."""
    return PolicyRepository(database, clock=lambda: NOW)


@pytest.fixture
def trail(database: Database) -> Trail:
    """Action, target and detail of every entry about policies, oldest first."""
    found = AuditRepository(database)
    return lambda: [
        (entry.action, entry.target, entry.detail)
        for entry in reversed(found.entries())
        if entry.action.startswith("policy")
    ]


@pytest.fixture
def app_key(database: Database) -> str:
    """Of an application."""
    return ApplicationRepository(database).create_application("shop", actor=ACTOR)[0].app_key


def put(repository: PolicyRepository, name: str, reject: float = 0.2, accept: float = 0.8) -> PolicyVersion:
    return repository.put(name, reject, accept, actor=ACTOR)


def test_each_change_is_a_version_and_old_ones_stay(repository: PolicyRepository, trail: Trail) -> None:
    first = repository.put(" staff ", 0.2, 0.8, " of May ", actor=ACTOR)
    second = put(repository, "staff", 0.1, 0.9)
    assert first == PolicyVersion(DecisionPolicy("staff", 1, 0.2, 0.8), "of May", NOW)
    assert second.policy == DecisionPolicy("staff", 2, 0.1, 0.9)
    assert put(repository, "staff", 0.1, 0.9) == second  # nothing changed
    assert repository.get("staff") == second
    assert [repository.get("staff", version) for version in (1, 2)] == [first, second]
    assert repository.versions("staff") == [second, first]
    assert repository.versions("staff", before=2, limit=1) == [first]
    assert repository.list_policies() == [second]
    assert repository.in_force() == PoliciesInForce({"staff": second.policy}, {})
    assert trail() == [
        (
            "policy.put",
            "policy:staff",
            {"version": 1, "rejectBelow": 0.2, "acceptFrom": 0.8, "note": "of May"},
        ),
        ("policy.put", "policy:staff", {"version": 2, "rejectBelow": 0.1, "acceptFrom": 0.9, "note": ""}),
    ]


def test_thresholds_come_back_as_they_went_in(repository: PolicyRepository) -> None:
    given = 0.1 + 0.2, 1 - 2**-53
    found = repository.get(put(repository, "staff", *given).policy.name).policy
    assert (found.reject_below, found.accept_from) == given


def test_what_decides_nothing_is_refused_and_leaves_nothing(
    repository: PolicyRepository, trail: Trail
) -> None:
    for name, reject, accept in (("strict", 0.1, 0.2), ("a/b", 0.1, 0.2), ("a", 0.3, 0.2), ("a", 0, 2)):
        with pytest.raises(InvalidParameterError):
            put(repository, name, reject, accept)
    with pytest.raises(InvalidParameterError):
        repository.put("a", 0, 1, "two\nlines", actor=ACTOR)
    assert (repository.list_policies(retired=True), trail()) == ([], [])


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_policy_that_nobody_made(repository: PolicyRepository, name: str) -> None:
    asks: tuple[Callable[[], object], ...] = (
        lambda: repository.get(name),
        lambda: repository.get(name, 1),
        lambda: repository.versions(name),
        lambda: repository.retire(name, actor=ACTOR),
        lambda: repository.assign(name, actor=ACTOR),
    )
    for ask in asks:
        with pytest.raises(UnknownPolicyError):
            ask()


@pytest.mark.parametrize("version", [-1, 0, 2, 2**31, 10**30])
def test_a_version_that_nobody_made(repository: PolicyRepository, version: int) -> None:
    put(repository, "staff")
    with pytest.raises(UnknownPolicyError):
        repository.get("staff", version)


def test_a_retired_policy_decides_nothing_but_is_told(repository: PolicyRepository, trail: Trail) -> None:
    made = put(repository, "staff")
    for _ in range(2):  # one that is retired stays so
        repository.retire("staff", actor=ACTOR)
    assert repository.in_force() == PoliciesInForce({}, {})
    assert repository.list_policies() == []
    (kept,) = repository.list_policies(retired=True)
    assert (kept.policy, kept.retired_at) == (made.policy, NOW)
    assert repository.get("staff", 1).policy == made.policy
    with pytest.raises(UnknownPolicyError):
        repository.assign("staff", actor=ACTOR)
    again = put(repository, "staff")
    assert (again.policy.version, again.retired_at) == (2, None)
    assert repository.in_force().policies == {"staff": again.policy}
    assert [action for action, *_ in trail()] == ["policy.put", "policy.retire", "policy.put"]


def test_an_application_has_its_own_policy_or_the_default(
    repository: PolicyRepository, database: Database, app_key: str, trail: Trail
) -> None:
    staff, pay = put(repository, "staff").policy, put(repository, "pay").policy
    ours = ApplicationRepository(database).get_application(app_key).id
    assert (repository.assigned_to(app_key), repository.assigned_to()) == (None, None)
    for _ in range(2):  # nothing changes the second time
        repository.assign("staff", actor=ACTOR)
        repository.assign("pay", app_key, actor=ACTOR)
    assert (repository.assigned_to(app_key), repository.assigned_to()) == ("pay", "staff")
    found = repository.in_force()
    assert (found.chosen(ours, None), found.chosen(ours + 1, None)) == (pay, staff)
    assert (repository.app_keys_of("staff"), repository.app_keys_of("pay")) == ([None], [app_key])
    repository.assign("staff", app_key, actor=ACTOR)
    assert repository.app_keys_of("staff") == [None, app_key]
    repository.assign(None, app_key, actor=ACTOR)
    repository.assign(None, actor=ACTOR)
    assert repository.in_force().assigned == {}
    assert [entry for entry in trail() if entry[0] == "policy.assign"] == [
        ("policy.assign", DEFAULT_TARGET, {"policy": "staff"}),
        ("policy.assign", app_key, {"policy": "pay"}),
        ("policy.assign", app_key, {"policy": "staff"}),
        ("policy.assign", app_key, {"policy": None}),
        ("policy.assign", DEFAULT_TARGET, {"policy": None}),
    ]


def test_a_policy_that_somebody_has_is_not_retired(repository: PolicyRepository, app_key: str) -> None:
    put(repository, "staff")
    for whose in (app_key, None):
        repository.assign("staff", whose, actor=ACTOR)
        with pytest.raises(ConflictError):
            repository.retire("staff", actor=ACTOR)
        repository.assign(None, whose, actor=ACTOR)
    repository.retire("staff", actor=ACTOR)


def test_an_application_that_nobody_made_has_none(repository: PolicyRepository) -> None:
    put(repository, "staff")
    for app_key in ("unknownUnknown16", "", "a\x00"):
        with pytest.raises(UnknownApplicationError):
            repository.assign("staff", app_key, actor=ACTOR)
        with pytest.raises(UnknownApplicationError):
            repository.assigned_to(app_key)


def test_there_are_only_so_many_at_once(
    repository: PolicyRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository_module, "MAX_POLICIES", 2)
    for name in ("a", "b"):
        put(repository, name)
    with pytest.raises(ConflictError, match="retire"):
        put(repository, "c")
    put(repository, "a", 0.1)
    repository.retire("b", actor=ACTOR)
    put(repository, "c")
    with pytest.raises(ConflictError, match="retire"):
        put(repository, "b")


def test_those_who_change_one_at_once_make_a_version_each(repository: PolicyRepository) -> None:
    threads = [
        threading.Thread(target=put, args=(repository, "staff", 0.1, 0.5 + number / 10))
        for number in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = repository.versions("staff")
    assert [each.policy.version for each in found] == [5, 4, 3, 2, 1]
    assert len({each.policy.accept_from for each in found}) == 5


def test_servers_ask_two_questions_for_all_that_decides(repository: PolicyRepository, app_key: str) -> None:
    put(repository, "staff")
    repository.assign("staff", app_key, actor=ACTOR)
    with statements() as seen:
        repository.in_force()
    assert len(seen) == 2
