from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bonaface.accounts.audit import SERVER, Actor, AuditRepository, Entry, Sought, record
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

    assert [entry.id for entry in trail.entries(sought=Sought("a"))] == [3, 1]
    assert [entry.id for entry in trail.entries(before=3, sought=Sought("a"))] == [1]


def test_those_by_one_of_one_action_and_of_a_time_can_be_asked_for(
    database: Database, trail: AuditRepository
) -> None:
    with database.writing() as connection:
        for hour, name, action in (
            (0, "ada", "quota.set"),
            (1, "bob", "quota.set"),
            (2, "ada", "secret.add"),
        ):
            record(connection, Actor(name, "local"), action, "a", {}, NOW + timedelta(hours=hour))

    def ids(**sought: Any) -> list[int]:  # noqa: ANN401 - fields of several types
        return [entry.id for entry in trail.entries(sought=Sought(**sought))]

    assert ids(actor="ada") == [3, 1]
    assert ids(action="quota.set") == [2, 1]
    assert ids(actor="ada", action="quota.set", target="a") == [1]
    assert ids(begin=NOW + timedelta(hours=1)) == [3, 2]
    assert ids(end=NOW + timedelta(hours=1)) == [1]
    assert ids(begin=NOW + timedelta(seconds=1), end=NOW + timedelta(hours=2)) == [2]


@pytest.mark.parametrize("target", ["", "x", "%", "a\x00", "\ud800", "a" * 130])
def test_nobody_has_changed_what_is_not_there(
    database: Database, trail: AuditRepository, target: str
) -> None:
    _add(database, "a")

    for sought in (Sought(target=target), Sought(actor=target), Sought(action=target)):
        assert trail.entries(sought=sought) == []


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


def test_what_is_not_kept_here_can_be_noted(trail: AuditRepository) -> None:
    trail.note(ADA, "presets.load", "presets", {"weak": 0.1})
    trail.note(ADA, "presets.load", "presets", {"weak": 0.1})
    assert [entry.detail for entry in trail.entries()] == [{"weak": 0.1}] * 2


def test_a_state_is_noted_where_it_is_not_what_was_noted_last(trail: AuditRepository) -> None:
    for weak in (0.1, 0.1, 0.2, 0.1):
        trail.note_change(SERVER, "presets.load", "presets", {"weak": weak, "sha256": None})
    trail.note_change(SERVER, "other.load", "presets", {"weak": 0.1, "sha256": None})
    told = [(entry.action, entry.detail["weak"]) for entry in trail.entries()]
    assert told == [("other.load", 0.1), *(("presets.load", weak) for weak in (0.1, 0.2, 0.1))]


def test_several_that_begin_at_once_note_one_state_once(database: Database) -> None:
    def begin(_: int) -> None:
        AuditRepository(database).note_change(SERVER, "presets.load", "presets", {"weak": 0.1})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin, range(8)))
    assert len(AuditRepository(database).entries()) == 1
