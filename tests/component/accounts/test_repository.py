import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bonaface.accounts.application import (
    Application,
    Quota,
    Secret,
    State,
    UnknownApplicationError,
    UnknownSecretError,
)
from bonaface.accounts.audit import AuditRepository
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.repository import PAGE, ApplicationRepository
from bonaface.errors import ConflictError, InvalidParameterError, StorageError, UnauthorizedError
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.storage.tables import secrets
from support.storage.accounts import ACTOR, statements

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
UNKNOWN = ["unknownUnknown16", "", "a\x00", "\ud800", "x" * 1_000_000, "' OR 1=1 --"]


@pytest.fixture
def repository(database: Database) -> ApplicationRepository:
    """At a time of its own."""
    return ApplicationRepository(database, clock=lambda: NOW)


@pytest.fixture
def trail(database: Database) -> Callable[[], list[tuple[str, str, dict[str, object]]]]:
    """Action, target and detail of every entry, oldest first."""
    found = AuditRepository(database)
    return lambda: [(entry.action, entry.target, entry.detail) for entry in reversed(found.entries())]


def _make(repository: ApplicationRepository, name: str = "Shop", note: str = "") -> Application:
    return repository.create_application(name, note, actor=ACTOR)[0]


def test_a_new_application_is_active_and_found_again(repository: ApplicationRepository) -> None:
    made, secret, text = repository.create_application(
        " Shop ", "the note", Quota(5, None, 100), NOW + HOUR, actor=ACTOR
    )

    assert made == Application(1, made.app_key, "Shop", "the note", State.ACTIVE, NOW, Quota(5, 5, 100))
    assert repository.get_application(made.app_key) == made
    assert repository.find() == [made]
    assert secret == Secret(1, NOW, NOW + HOUR)
    assert repository.secrets_of(made.app_key) == [secret]
    assert len(text) == 43


def test_the_secret_is_kept_only_as_its_hash(database: Database, storage: StorageSettings) -> None:
    repository = ApplicationRepository(database)
    made, secret, text = repository.create_application("Shop", actor=ACTOR)
    with database.reading() as connection:
        row = connection.execute(select(secrets)).one()
    assert row.digest == hashlib.sha256(text.encode()).digest()
    assert text not in repr((made, secret, AuditRepository(database).entries()))

    database.close()
    if storage.url is None:
        files = list(storage.directory.iterdir())
        assert all(text.encode() not in path.read_bytes() for path in files)
        assert any(made.app_key.encode() in path.read_bytes() for path in files)


def test_another_process_sees_it(repository: ApplicationRepository, storage: StorageSettings) -> None:
    made = _make(repository)

    with Database(storage) as other:
        assert ApplicationRepository(other).get_application(made.app_key) == made


@pytest.mark.parametrize(
    ("name", "note", "quota", "expires_at"),
    [
        ("", "", Quota(), None),
        ("a\nb", "", Quota(), None),
        ("a", "x" * 1001, Quota(), None),
        ("a", "", Quota(0), None),
        ("a", "", Quota(), NOW),
    ],
)
def test_what_will_not_do_makes_nothing(
    repository: ApplicationRepository, name: str, note: str, quota: Quota, expires_at: datetime | None
) -> None:
    with pytest.raises(InvalidParameterError):
        repository.create_application(name, note, quota, expires_at, actor=ACTOR)
    assert repository.find() == []


def test_applications_are_found_oldest_first_a_page_at_a_time(repository: ApplicationRepository) -> None:
    made = [_make(repository, name) for name in ("c", "a", "b", "a", "d")]
    first = repository.find(limit=2)
    second = repository.find(after=first[-1].id, limit=2)

    assert first + second == made[:4]
    assert repository.find(after=second[-1].id, limit=2) == made[4:]
    assert repository.find(after=made[-1].id) == []
    assert list(repository.list_applications()) == made
    assert len({application.app_key for application in made}) == 5


def test_all_are_listed_however_many_pages_they_take(
    repository: ApplicationRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [_make(repository, str(number)) for number in range(7)]
    monkeypatch.setattr("bonaface.accounts.repository.PAGE", 3)

    assert PAGE > 3
    assert list(repository.list_applications()) == made


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("shop", ["My Shop", "shopping"]),
        ("SHOP", ["My Shop", "shopping"]),
        (" shop ", ["My Shop", "shopping"]),
        ("opping", ["shopping"]),  # too long to stand in a random appKey
        ("가게", ["가게"]),
        ("busan", ["가게"]),
        ("100%", ["100%_\\"]),
        ("%", ["100%_\\"]),
        ("_", ["100%_\\"]),
        ("\\", ["100%_\\"]),
        ("'", []),
        ("nobody", []),
        ("a\x00", []),
        ("\ud800", []),
        ("x" * 1001, []),
        ("", ["My Shop", "shopping", "가게", "100%_\\"]),
    ],
)
def test_a_search_finds_a_part_of_name_or_note(
    repository: ApplicationRepository, search: str, found: list[str]
) -> None:
    for name, note in [("My Shop", ""), ("shopping", ""), ("가게", "in Busan"), ("100%_\\", "")]:
        _make(repository, name, note)

    assert [application.name for application in repository.find(search)] == found


def test_a_search_finds_a_part_of_the_app_key(repository: ApplicationRepository) -> None:
    made, _ = _make(repository), _make(repository)

    assert repository.find(made.app_key[3:12].swapcase()) == [made]


def test_a_state_and_a_search_can_be_asked_for_together(repository: ApplicationRepository) -> None:
    shop, other, closed = _make(repository, "shop"), _make(repository, "other"), _make(repository, "shop")
    closed = repository.disable_application(closed.app_key, actor=ACTOR)

    assert repository.find(state=State.ACTIVE) == [shop, other]
    assert repository.find(state=State.DISABLED) == [closed]
    assert repository.find("shop", State.ACTIVE) == [shop]
    assert list(repository.list_applications("shop", State.DISABLED)) == [closed]


def test_a_page_costs_one_statement_that_reads_no_more_than_the_page(
    repository: ApplicationRepository,
) -> None:
    for name in "abc":
        _make(repository, name)
    with statements() as seen:
        repository.find("a", State.ACTIVE, after=1, limit=2)

    assert len(seen) == 1
    assert "LIMIT" in seen[0]


def test_name_note_and_state_change_alone_or_together(repository: ApplicationRepository) -> None:
    made = _make(repository, "Shop", "old")
    app_key = made.app_key

    renamed = repository.edit_application(app_key, name=" New ", actor=ACTOR)
    assert (renamed.name, renamed.note, renamed.state) == ("New", "old", State.ACTIVE)
    emptied = repository.edit_application(app_key, note="", state=State.DISABLED, actor=ACTOR)
    assert (emptied.name, emptied.note, emptied.state) == ("New", "", State.DISABLED)
    assert repository.get_application(app_key) == emptied
    assert repository.edit_application(app_key, actor=ACTOR) == emptied


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "a\nb"}, {"note": "x" * 1001}])
def test_a_change_that_will_not_do_changes_nothing(
    repository: ApplicationRepository, change: dict[str, str]
) -> None:
    made = _make(repository)
    with pytest.raises(InvalidParameterError):
        repository.edit_application(made.app_key, **change, actor=ACTOR)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError):
        repository.set_quota(made.app_key, Quota(0), actor=ACTOR)
    assert repository.get_application(made.app_key) == made


def test_disable_stops_one_application_and_may_be_repeated(repository: ApplicationRepository) -> None:
    one, other = _make(repository), _make(repository)

    for _ in range(2):
        disabled = repository.disable_application(one.app_key, actor=ACTOR)
        assert disabled.state is State.DISABLED
        assert repository.get_application(one.app_key) == disabled
    assert repository.get_application(other.app_key) == other
    assert repository.enable_application(one.app_key, actor=ACTOR) == one


def test_a_quota_is_set_as_a_whole(repository: ApplicationRepository) -> None:
    app_key = _make(repository).app_key

    for given, kept in [(Quota(5, 10, 7), Quota(5, 10, 7)), (Quota(3), Quota(3, 3)), (Quota(), Quota())]:
        assert repository.set_quota(app_key, given, actor=ACTOR).quota == kept
        assert repository.get_application(app_key).quota == kept


@pytest.mark.parametrize("app_key", UNKNOWN)
def test_an_unknown_application_is_named_as_that(repository: ApplicationRepository, app_key: str) -> None:
    made = _make(repository)
    uses: list[Callable[[], object]] = [
        lambda: repository.get_application(app_key),
        lambda: repository.secrets_of(app_key),
        lambda: repository.disable_application(app_key, actor=ACTOR),
        lambda: repository.enable_application(app_key, actor=ACTOR),
        lambda: repository.edit_application(app_key, name="x", actor=ACTOR),
        lambda: repository.set_quota(app_key, Quota(1), actor=ACTOR),
        lambda: repository.add_secret(app_key, actor=ACTOR),
        lambda: repository.revoke_secret(app_key, 1, actor=ACTOR),
    ]
    for use in uses:
        with pytest.raises(UnknownApplicationError, match=r"^No application has this appKey"):
            use()
    assert repository.find() == [made]
    assert len(repository.secrets_of(made.app_key)) == 1


def test_a_second_secret_lives_beside_the_first(repository: ApplicationRepository) -> None:
    app_key = _make(repository).app_key
    second, text = repository.add_secret(app_key, NOW + HOUR, actor=ACTOR)

    assert second == Secret(2, NOW, NOW + HOUR)
    assert repository.secrets_of(app_key) == [Secret(1, NOW), second]
    assert len(text) == 43
    with pytest.raises(ConflictError, match=r"^The application has two live secrets"):
        repository.add_secret(app_key, actor=ACTOR)


@pytest.mark.parametrize("given", [{"expires_at": NOW}, {"overlap": -HOUR}, {"overlap": timedelta(days=367)}])
def test_a_secret_that_will_not_do_is_not_made(
    repository: ApplicationRepository, given: dict[str, object]
) -> None:
    app_key = _make(repository).app_key
    with pytest.raises(InvalidParameterError):
        repository.add_secret(app_key, **given, actor=ACTOR)  # type: ignore[arg-type]
    assert repository.secrets_of(app_key) == [Secret(1, NOW)]


def test_a_secret_can_be_revoked_the_last_one_too(repository: ApplicationRepository) -> None:
    app_key = _make(repository).app_key
    second, _ = repository.add_secret(app_key, actor=ACTOR)
    repository.revoke_secret(app_key, 1, actor=ACTOR)
    assert repository.secrets_of(app_key) == [second]

    repository.revoke_secret(app_key, second.id, actor=ACTOR)
    assert repository.secrets_of(app_key) == []
    assert repository.add_secret(app_key, actor=ACTOR)[0].id == 3


@pytest.mark.parametrize("secret_id", [0, 2, 3, 99, -1])
def test_a_secret_that_is_not_there_is_named_as_that(
    repository: ApplicationRepository, secret_id: int
) -> None:
    """2 is another application's, 3 is revoked already."""
    mine, other = _make(repository), _make(repository)
    repository.add_secret(mine.app_key, actor=ACTOR)
    repository.revoke_secret(mine.app_key, 3, actor=ACTOR)

    with pytest.raises(UnknownSecretError, match=r"^The application has no live secret with this id"):
        repository.revoke_secret(mine.app_key, secret_id, actor=ACTOR)
    assert [len(repository.secrets_of(one.app_key)) for one in (mine, other)] == [1, 1]


def test_every_change_is_in_the_trail_with_who_made_it(
    database: Database,
    repository: ApplicationRepository,
    trail: Callable[[], list[tuple[str, str, dict[str, object]]]],
) -> None:
    app_key = repository.create_application("Shop", "n", Quota(5), actor=ACTOR)[0].app_key
    repository.edit_application(app_key, name="New", state=State.DISABLED, actor=ACTOR)
    repository.enable_application(app_key, actor=ACTOR)
    repository.set_quota(app_key, Quota(None, None, 9), actor=ACTOR)
    repository.add_secret(app_key, NOW + HOUR, HOUR, actor=ACTOR)
    repository.revoke_secret(app_key, 1, actor=ACTOR)

    no_limits = {"requestsPerSecond": None, "burst": None, "requestsPerMonth": None}
    limits = no_limits | {"requestsPerSecond": 5, "burst": 5}
    created = {"name": "Shop", "note": "n", "secretId": 1, "secretExpiresAt": None} | limits
    added = {"secretId": 2, "secretExpiresAt": "2026-01-02T04:04:05Z", "overlapSeconds": 3600}
    assert trail() == [
        ("application.create", app_key, created),
        ("application.edit", app_key, {"name": "New"}),
        ("application.disable", app_key, {}),
        ("application.enable", app_key, {}),
        ("quota.set", app_key, no_limits | {"requestsPerMonth": 9}),
        ("secret.add", app_key, added),
        ("secret.revoke", app_key, {"secretId": 1}),
    ]
    entries = AuditRepository(database).entries()
    assert {(entry.actor, entry.origin, entry.at) for entry in entries} == {(ACTOR.name, ACTOR.origin, NOW)}


def test_what_changes_nothing_leaves_no_entry(
    repository: ApplicationRepository, trail: Callable[[], list[tuple[str, str, dict[str, object]]]]
) -> None:
    made = repository.create_application("Shop", "n", Quota(5), actor=ACTOR)[0]
    repository.edit_application(made.app_key, "Shop", "n", State.ACTIVE, actor=ACTOR)
    repository.set_quota(made.app_key, Quota(5, 5), actor=ACTOR)
    with pytest.raises(UnknownSecretError):
        repository.revoke_secret(made.app_key, 99, actor=ACTOR)

    assert len(trail()) == 1


def test_the_longest_name_and_note_fit_into_the_trail(repository: ApplicationRepository) -> None:
    made = _make(repository)
    repository.edit_application(made.app_key, '"' * 100, "\\" * 1000, actor=ACTOR)

    assert repository.create_application('"' * 100, "\\" * 1000, actor=ACTOR)[0].note == "\\" * 1000


@pytest.mark.parametrize(
    "fault", ["bonaface.accounts.keys.digest_of", "bonaface.accounts.audit.orjson.dumps"]
)
def test_half_an_application_is_never_left(
    repository: ApplicationRepository, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    class Nothing:
        @staticmethod
        def decode() -> None:
            """A detail may not be missing, nor may a digest."""

    nothing = None if fault.endswith("digest_of") else Nothing()
    monkeypatch.setattr(fault, lambda *_, **__: nothing)

    with pytest.raises(StorageError):
        _make(repository)
    assert repository.find() == []


def test_a_removed_application_is_dead_and_comes_back_as_it_was(
    repository: ApplicationRepository, trail: Callable[[], list[tuple[str, str, dict[str, object]]]]
) -> None:
    made, secret, text = repository.create_application("Shop", actor=ACTOR)
    repository.disable_application(made.app_key, actor=ACTOR)
    repository.enable_application(made.app_key, actor=ACTOR)
    removed = repository.remove_application(made.app_key, actor=ACTOR)

    assert removed == replace(made, removed_at=NOW)
    assert repository.get_application(made.app_key) == removed
    assert (repository.find(), repository.find(removed=True)) == ([], [removed])
    with pytest.raises(UnauthorizedError):
        Authenticator(repository, clock=lambda: NOW).authenticate(made.app_key, text)
    assert repository.restore_application(made.app_key, actor=ACTOR) == made
    assert (
        Authenticator(repository, clock=lambda: NOW).authenticate(made.app_key, text).secret_id == secret.id
    )
    assert [action for action, *_ in trail()][-2:] == ["application.remove", "application.restore"]


def test_of_a_removed_application_nothing_can_be_changed(repository: ApplicationRepository) -> None:
    app_key = _make(repository).app_key
    repository.remove_application(app_key, actor=ACTOR)
    changes: list[Callable[[], object]] = [
        lambda: repository.edit_application(app_key, "Other", actor=ACTOR),
        lambda: repository.enable_application(app_key, actor=ACTOR),
        lambda: repository.set_quota(app_key, Quota(1), actor=ACTOR),
        lambda: repository.add_secret(app_key, actor=ACTOR),
        lambda: repository.revoke_secret(app_key, 1, actor=ACTOR),
        lambda: repository.remove_application(app_key, actor=ACTOR),
    ]
    for change in changes:
        with pytest.raises(ConflictError, match="restore it first"):
            change()


def test_after_the_time_of_grace_the_secrets_are_erased_and_the_rest_stays(
    database: Database, trail: Callable[[], list[tuple[str, str, dict[str, object]]]]
) -> None:
    now = [NOW]
    repository = ApplicationRepository(database, lambda: now[0], grace=2 * HOUR)
    removed, kept = _make(repository), _make(repository, "Other")
    repository.remove_application(removed.app_key, actor=ACTOR)
    now[0] = NOW + 2 * HOUR - timedelta(microseconds=1)
    assert repository.erase_removed() == 0
    now[0] = NOW + 2 * HOUR
    with pytest.raises(ConflictError, match="are erased"):
        repository.restore_application(removed.app_key, actor=ACTOR)

    assert (repository.erase_removed(), repository.erase_removed()) == (1, 0)
    with database.reading() as connection:
        owners = connection.execute(select(secrets.c.application_id)).scalars().all()
    assert list(owners) == [kept.id]
    assert repository.get_application(removed.app_key).name == "Shop"
    assert trail()[-1] == ("application.erase", removed.app_key, {})


def test_what_is_not_removed_is_not_restored(repository: ApplicationRepository) -> None:
    with pytest.raises(ConflictError, match="is not removed"):
        repository.restore_application(_make(repository).app_key, actor=ACTOR)
    for app_key in UNKNOWN:
        with pytest.raises(UnknownApplicationError):
            repository.restore_application(app_key, actor=ACTOR)
        with pytest.raises(UnknownApplicationError):
            repository.remove_application(app_key, actor=ACTOR)
