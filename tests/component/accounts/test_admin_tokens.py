import hashlib
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bonaface.accounts import keys
from bonaface.accounts.admin_tokens import AdminTokens, Token, UnknownTokenError
from bonaface.accounts.audit import AuditRepository
from bonaface.accounts.credential_cache import TIME_TO_LIVE
from bonaface.accounts.role import Role
from bonaface.errors import ConflictError, InvalidParameterError
from bonaface.storage.database import Database
from bonaface.storage.tables import admin_tokens
from support.clocks import Clocks
from support.storage.accounts import ACTOR, statements

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks(NOW)


@pytest.fixture
def make(database: Database, clocks: Clocks) -> Callable[[], AdminTokens]:
    """Makes tokens as another process would have them."""
    return lambda: AdminTokens(database, clocks.now, clocks.monotonic)


@pytest.fixture
def tokens(make: Callable[[], AdminTokens]) -> AdminTokens:
    return make()


def test_a_token_works_and_is_kept_only_as_its_hash(database: Database, tokens: AdminTokens) -> None:
    token, text = tokens.create(" ops ", actor=ACTOR)

    assert re.fullmatch(r"bfa_[A-Za-z0-9_-]{43}", text)
    assert token == Token(1, "ops", NOW)
    assert tokens.authenticate(text) == token
    with database.reading() as connection:
        assert connection.execute(select(admin_tokens.c.digest)).scalar_one() == (
            hashlib.sha256(text.encode()).digest()
        )
    assert text not in repr(AuditRepository(database).entries())


def test_a_token_that_was_right_a_moment_ago_is_recalled(tokens: AdminTokens, clocks: Clocks) -> None:
    _, text = tokens.create("ops", actor=ACTOR)
    assert tokens.recall(text) is None
    tokens.authenticate(text)
    with statements() as seen:
        found = tokens.recall(text)
        assert found is not None
        assert found.name == "ops"
        assert tokens.recall("wrong") is None
        clocks.passed += TIME_TO_LIVE
        assert tokens.recall(text) is None
    assert seen == []


def test_a_token_whose_use_is_to_be_noted_is_not_recalled(tokens: AdminTokens, clocks: Clocks) -> None:
    _, text = tokens.create("ops", actor=ACTOR)
    for clocks.passed in (0.0, 57.0):
        tokens.authenticate(text)
    clocks.passed = 60.0
    assert tokens.recall(text) is None
    tokens.authenticate(text)
    assert tokens.recall(text) is not None


def test_tokens_differ(tokens: AdminTokens) -> None:
    assert len({tokens.create(f"t{number}", actor=ACTOR)[1] for number in range(20)}) == 20


@pytest.mark.parametrize(
    "change",
    [lambda t: t[:-1], lambda t: t + "A", lambda t: t[4:], str.lower, lambda _: "", lambda _: "\ud800"],
)
def test_any_other_text_is_no_token(tokens: AdminTokens, change: Callable[[str], str]) -> None:
    _, text = tokens.create("ops", actor=ACTOR)

    assert tokens.authenticate(change(text)) is None
    assert tokens.authenticate(text) is not None
    assert tokens.authenticate(change(text)) is None


def test_every_live_token_is_compared_with(tokens: AdminTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [tokens.create(f"t{number}", actor=ACTOR)[1] for number in range(3)]
    tokens.any_live()
    compared: list[bytes] = []
    real = keys.is_same

    def counted(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return real(one, other)

    monkeypatch.setattr(keys, "is_same", counted)
    for text in texts:
        compared.clear()
        assert tokens.authenticate(text) is not None
        assert len(compared) == 3


def test_an_expired_token_stops_at_its_moment(tokens: AdminTokens, clocks: Clocks) -> None:
    token, text = tokens.create("ops", NOW + HOUR, actor=ACTOR)
    clocks.passed = 3599.9
    assert tokens.authenticate(text) is not None
    assert tokens.any_live()

    clocks.passed = 3600
    assert tokens.authenticate(text) is None
    assert not tokens.any_live()
    assert [found.id for found in tokens.list()] == [token.id]  # to be seen, and revoked


def test_one_that_another_process_revokes_stops_within_5_seconds(
    make: Callable[[], AdminTokens], clocks: Clocks
) -> None:
    tokens, other = make(), make()
    _, text = tokens.create("ops", actor=ACTOR)
    assert tokens.authenticate(text) is not None
    other.revoke("ops", actor=ACTOR)
    clocks.passed = 5.0

    assert TIME_TO_LIVE <= 5.0
    assert tokens.authenticate(text) is None
    assert not tokens.any_live()


def test_one_that_this_process_revokes_stops_at_once(tokens: AdminTokens) -> None:
    _, text = tokens.create("ops", actor=ACTOR)
    assert tokens.authenticate(text) is not None
    tokens.revoke("ops", actor=ACTOR)

    assert tokens.authenticate(text) is None
    assert not tokens.any_live()
    assert tokens.list() == []


def test_one_that_another_process_makes_works_at_once(make: Callable[[], AdminTokens]) -> None:
    tokens, other = make(), make()
    assert not tokens.any_live()
    assert tokens.authenticate("x") is None
    _, text = other.create("ops", actor=ACTOR)

    assert tokens.any_live()
    assert tokens.authenticate(text) is not None


def test_live_tokens_are_remembered(tokens: AdminTokens, clocks: Clocks) -> None:
    _, text = tokens.create("ops", actor=ACTOR)
    tokens.authenticate(text)
    asked = []
    for passed in (1.0, 4.9, 5.0, 6.0):
        clocks.passed = passed
        with statements() as seen:
            tokens.authenticate(text)
            tokens.any_live()
        asked.append(len(seen))

    assert asked == [0, 0, 1, 0]


def test_use_is_noted_once_a_minute(tokens: AdminTokens, clocks: Clocks) -> None:
    _, text = tokens.create("ops", actor=ACTOR)
    noted = []
    for passed in (0.0, 0.5, 59.0, 60.0, 61.0, 119.0, 120.0):
        clocks.passed = passed
        with statements() as seen:
            tokens.authenticate(text)
        noted.append(sum(statement.startswith("UPDATE") for statement in seen))

    assert noted == [1, 0, 0, 1, 0, 0, 1]
    assert tokens.list()[0].last_used_at == NOW + timedelta(minutes=2)


def test_use_that_another_process_noted_is_not_put_back(
    database: Database, tokens: AdminTokens, clocks: Clocks
) -> None:
    _, text = tokens.create("ops", actor=ACTOR)
    tokens.any_live()
    later = NOW + timedelta(seconds=30)
    with database.writing() as connection:
        connection.execute(update(admin_tokens).values(last_used_at=later))
    clocks.passed = 1.0
    tokens.authenticate(text)

    assert tokens.list()[0].last_used_at == later


def test_a_token_can_be_revoked_by_name_or_id(tokens: AdminTokens) -> None:
    made = [tokens.create(name, actor=ACTOR)[0] for name in ("a", "b", "c")]
    tokens.revoke("a", actor=ACTOR)
    tokens.revoke(str(made[1].id), actor=ACTOR)
    tokens.revoke(made[2].id, actor=ACTOR)

    assert tokens.list() == []


def test_the_last_live_owner_stays_where_one_is_to_be_kept(tokens: AdminTokens, clocks: Clocks) -> None:
    tokens.create("gone soon", NOW + HOUR, actor=ACTOR)
    tokens.create("viewer", role=Role.VIEWER, actor=ACTOR)
    owner, text = tokens.create("owner", actor=ACTOR)
    clocks.passed = 3600

    with pytest.raises(ConflictError, match=r"^This is the last owner's token"):
        tokens.revoke(owner.id, actor=ACTOR, keeps_owner=True)
    assert tokens.authenticate(text) is not None
    tokens.revoke("viewer", actor=ACTOR, keeps_owner=True)
    tokens.revoke("gone soon", actor=ACTOR, keeps_owner=True)
    tokens.create("another", actor=ACTOR)
    tokens.revoke(owner.id, actor=ACTOR, keeps_owner=True)
    assert [token.name for token in tokens.list()] == ["another"]


def test_on_the_machine_itself_the_last_owner_may_go(tokens: AdminTokens) -> None:
    tokens.create("owner", actor=ACTOR)
    tokens.revoke("owner", actor=ACTOR)
    assert tokens.list() == []


@pytest.mark.parametrize("name_or_id", ["", "other", "99", 99, "a\x00", "\ud800", "gone"])
def test_what_is_not_there_cannot_be_revoked(tokens: AdminTokens, name_or_id: str | int) -> None:
    tokens.create("ops", actor=ACTOR)
    tokens.create("gone", actor=ACTOR)
    tokens.revoke("gone", actor=ACTOR)

    with pytest.raises(UnknownTokenError, match=r"^No token has this name or id"):
        tokens.revoke(name_or_id, actor=ACTOR)
    assert [token.name for token in tokens.list()] == ["ops"]


def test_a_name_is_taken_while_its_token_lives(tokens: AdminTokens, clocks: Clocks) -> None:
    tokens.create("ops", NOW + HOUR, actor=ACTOR)
    with pytest.raises(ConflictError, match=r"^A live token has this name"):
        tokens.create("ops ", actor=ACTOR)
    clocks.passed = 3600

    _, text = tokens.create("ops", actor=ACTOR)
    tokens.revoke("ops", actor=ACTOR)  # the expired one too
    assert tokens.authenticate(text) is None
    assert tokens.list() == []


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "12", "\ud800", "ops\u202e", "1\u200b2"])
def test_a_name_that_will_not_do_makes_nothing(tokens: AdminTokens, name: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"^Give the token a name"):
        tokens.create(name, actor=ACTOR)
    with pytest.raises(InvalidParameterError, match=r"^Give an expiry in the future"):
        tokens.create("ops", NOW, actor=ACTOR)
    assert tokens.list() == []


def test_changes_are_in_the_trail(database: Database, tokens: AdminTokens) -> None:
    tokens.create("ops", NOW + HOUR, actor=ACTOR)
    tokens.revoke("ops", actor=ACTOR)
    revoked, created = AuditRepository(database).entries()

    assert (created.action, created.target, created.actor) == ("token.create", "token:1", ACTOR.name)
    assert created.detail == {"name": "ops", "role": "owner", "expiresAt": "2026-01-02T04:04:05Z"}
    assert (revoked.action, revoked.target, revoked.detail) == ("token.revoke", "token:1", {"name": "ops"})


def test_threads_may_share_it(tokens: AdminTokens) -> None:
    _, text = tokens.create("ops", actor=ACTOR)
    found: list[bool] = []

    def call(given: str) -> None:
        found.extend(tokens.authenticate(given) is not None for _ in range(25))

    threads = [threading.Thread(target=call, args=(given,)) for given in [text, "wrong"] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False] * 75 + [True] * 75


@pytest.mark.parametrize("role", Role)
def test_a_token_has_the_role_that_it_was_given(tokens: AdminTokens, database: Database, role: Role) -> None:
    made, text = tokens.create("ops", role=role, actor=ACTOR)
    (found,) = tokens.list()

    assert (made.role, found.role) == (role, role)
    assert tokens.authenticate(text) == found
    assert AuditRepository(database).entries()[0].detail["role"] == role
