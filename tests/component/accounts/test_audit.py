from datetime import UTC, datetime, timedelta

import pytest

from bonaface.accounts.audit import Actor, AuditRepository, Entry, record
from bonaface.storage.database import Database

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
ADA = Actor("token:ada", "192.0.2.7")


@pytest.fixture
def trail(database: Database) -> AuditRepository:
    return AuditRepository(database)


def _add(database: Database, *targets: str, actor: Actor = ADA) -> None:
    with database.writing() as connection:
        for target in targets:
            record(connection, actor, "test.change", target, {"name": "가게"}, NOW)


def test_an_entry_says_who_what_when_and_from_where(database: Database, trail: AuditRepository) -> None:
    _add(database, "shop")

    assert trail.entries() == [
        Entry(1, NOW, "token:ada", "test.change", "shop", {"name": "가게"}, "192.0.2.7")
    ]


def test_a_time_in_a_detail_is_told_in_utc(database: Database, trail: AuditRepository) -> None:
    with database.writing() as connection:
        record(connection, ADA, "a", "b", {"expiresAt": NOW, "never": None}, NOW)

    assert trail.entries()[0].detail == {"expiresAt": "2026-01-02T03:04:05.000678Z", "never": None}


def test_the_newest_come_first_a_page_at_a_time(database: Database, trail: AuditRepository) -> None:
    _add(database, *"abcde")
    first = trail.entries(limit=2)
    second = trail.entries(before=first[-1].id, limit=2)

    assert [entry.target for entry in [*first, *second]] == ["e", "d", "c", "b"]
    assert [entry.target for entry in trail.entries(before=second[-1].id)] == ["a"]
    assert trail.entries(before=1) == []


def test_those_of_one_target_can_be_asked_for(database: Database, trail: AuditRepository) -> None:
    _add(database, "a", "b", "a", "ab")

    assert [entry.id for entry in trail.entries(target="a")] == [3, 1]
    assert [entry.id for entry in trail.entries(before=3, target="a")] == [1]


@pytest.mark.parametrize("target", ["", "x", "%", "a\x00", "\ud800", "a" * 65])
def test_nobody_has_changed_what_is_not_there(
    database: Database, trail: AuditRepository, target: str
) -> None:
    _add(database, "a")

    assert trail.entries(target=target) == []


@pytest.mark.parametrize(
    ("name", "kept"), [("cli:" + "x" * 200, "cli:" + "x" * 116), ("cli:a\x00\ud800b\n\u202e", "cli:a??b??")]
)
def test_a_name_that_does_not_fit_is_kept_as_it_can_be_read(
    database: Database, trail: AuditRepository, name: str, kept: str
) -> None:
    _add(database, "a", actor=Actor(name, "o" * 100))

    assert (trail.entries()[0].actor, trail.entries()[0].origin) == (kept, "o" * 64)


def test_an_entry_goes_with_the_change_that_it_tells_of(database: Database, trail: AuditRepository) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as connection:  # noqa: PT012
        record(connection, ADA, "a", "b", {}, NOW + timedelta(seconds=1))
        _ = 1 / 0

    assert trail.entries() == []
