"""Rotation: two slots, overlaps, expiries, and what threads do to them."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.repository import ApplicationRepository
from bonaface.accounts.secrets import MAX_OVERLAP, checked_overlap
from bonaface.errors import ConflictError, InvalidParameterError
from bonaface.storage.database import Database
from bonaface.storage.tables import secrets
from support.storage.accounts import ACTOR

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def at(database: Database) -> Callable[[datetime], ApplicationRepository]:
    """The applications as they are at a time."""
    return lambda now: ApplicationRepository(database, clock=lambda: now)


At = Callable[[datetime], ApplicationRepository]


def test_with_an_overlap_the_other_secret_ends_by_itself(at: At) -> None:
    app_key = at(NOW).create_application("Shop", actor=ACTOR)[0].app_key
    at(NOW).add_secret(app_key, overlap=HOUR, actor=ACTOR)

    assert [secret.expires_at for secret in at(NOW).secrets_of(app_key)] == [NOW + HOUR, None]
    assert [secret.id for secret in at(NOW + HOUR).secrets_of(app_key)] == [2]


def test_an_overlap_never_makes_a_secret_live_longer(at: At) -> None:
    app_key = at(NOW).create_application("Shop", "", secret_expires_at=NOW + HOUR, actor=ACTOR)[0].app_key
    at(NOW).add_secret(app_key, overlap=2 * HOUR, actor=ACTOR)

    assert [secret.expires_at for secret in at(NOW).secrets_of(app_key)] == [NOW + HOUR, None]


def test_without_any_overlap_the_other_one_stops_now(at: At) -> None:
    app_key = at(NOW).create_application("Shop", actor=ACTOR)[0].app_key
    at(NOW).add_secret(app_key, overlap=timedelta(0), actor=ACTOR)
    assert [secret.id for secret in at(NOW).secrets_of(app_key)] == [2]

    at(NOW).add_secret(app_key, actor=ACTOR)
    assert [secret.id for secret in at(NOW).secrets_of(app_key)] == [2, 3]


def test_an_overlap_leaves_other_applications_alone(at: At) -> None:
    mine, other = (at(NOW).create_application("Shop", actor=ACTOR)[0].app_key for _ in range(2))
    at(NOW).add_secret(mine, overlap=HOUR, actor=ACTOR)

    assert [secret.expires_at for secret in at(NOW).secrets_of(other)] == [None]


def test_an_expired_secret_leaves_its_slot_and_is_revoked(database: Database, at: At) -> None:
    app_key = at(NOW).create_application("Shop", "", secret_expires_at=NOW + HOUR, actor=ACTOR)[0].app_key
    at(NOW).add_secret(app_key, actor=ACTOR)
    later = NOW + HOUR
    at(later).add_secret(app_key, actor=ACTOR)

    assert [secret.id for secret in at(later).secrets_of(app_key)] == [2, 3]
    with database.reading() as connection:
        rows = connection.execute(select(secrets.c.slot, secrets.c.revoked_at).order_by(secrets.c.id)).all()
    assert [tuple(row) for row in rows] == [(1, later), (2, None), (1, None)]


def test_two_live_ones_are_a_conflict_even_with_an_overlap(at: At) -> None:
    app_key = at(NOW).create_application("Shop", actor=ACTOR)[0].app_key
    at(NOW).add_secret(app_key, actor=ACTOR)
    with pytest.raises(ConflictError):
        at(NOW).add_secret(app_key, overlap=HOUR, actor=ACTOR)

    assert [secret.expires_at for secret in at(NOW).secrets_of(app_key)] == [None, None]


@pytest.mark.parametrize("overlap", [None, timedelta(0), HOUR, MAX_OVERLAP])
def test_an_overlap_of_up_to_a_year_is_taken(overlap: timedelta | None) -> None:
    assert checked_overlap(overlap) == overlap


@pytest.mark.parametrize("overlap", [-HOUR, timedelta.min, MAX_OVERLAP + HOUR, timedelta.max])
def test_any_other_is_refused(overlap: timedelta) -> None:
    with pytest.raises(InvalidParameterError, match=r"^Give an overlap of 0 seconds to 366 days\.$"):
        checked_overlap(overlap)


def test_rotations_at_once_never_leave_three_live_secrets(database: Database) -> None:
    repository = ApplicationRepository(database)
    made, _, first = repository.create_application("Shop", actor=ACTOR)
    for _ in range(5):
        texts = _rotate_at_once(repository, made.app_key, count=4)
        assert len(texts) == 1  # the others met two live ones
        assert _live_rows(database) == 2
        authenticator = Authenticator(repository)
        ids = [authenticator.authenticate(made.app_key, text).secret_id for text in (first, *texts)]
        repository.revoke_secret(made.app_key, ids[0], actor=ACTOR)
        first = texts[0]


def _rotate_at_once(repository: ApplicationRepository, app_key: str, *, count: int) -> list[str]:
    """The new secrets of those threads that got one."""
    texts: list[str] = []
    ended: Counter[str] = Counter()
    together = threading.Barrier(count)

    def rotate() -> None:
        together.wait()
        try:
            texts.append(repository.add_secret(app_key, actor=ACTOR)[1])
        except ConflictError:
            ended["conflict"] += 1

    threads = [threading.Thread(target=rotate) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) + ended["conflict"] == count
    return texts


def _live_rows(database: Database) -> int:
    with database.reading() as connection:
        query = select(func.count()).where(secrets.c.revoked_at.is_(None))
        live: int = connection.execute(query).scalar_one()
        return live
