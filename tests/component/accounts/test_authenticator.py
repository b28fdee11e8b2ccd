import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from bonaface.accounts import authenticator as module
from bonaface.accounts import credentials, keys
from bonaface.accounts.application import Application, Caller
from bonaface.accounts.authenticator import MESSAGE, Authenticator
from bonaface.accounts.credential_cache import TIME_TO_LIVE, CredentialCache, Recalled
from bonaface.accounts.repository import ApplicationRepository
from bonaface.clock import utc_now
from bonaface.errors import StorageError, UnauthorizedError
from bonaface.storage.database import Database
from support.clocks import Clocks
from support.storage.accounts import ACTOR, database_in, statements

P = ParamSpec("P")
R = TypeVar("R")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
YESTERDAY = timedelta(days=1)


@dataclass(frozen=True)
class Shop:
    """An application with a secret that works."""

    application: Application
    secret: str
    secret_id: int

    @property
    def app_key(self) -> str:
        return self.application.app_key

    @property
    def caller(self) -> Caller:
        return Caller(self.application, self.secret_id)


def _make(repository: ApplicationRepository) -> Shop:
    application, secret, text = repository.create_application("Shop", actor=ACTOR)
    return Shop(application, text, secret.id)


@pytest.fixture
def shop(repository: ApplicationRepository) -> Shop:
    return _make(repository)


@pytest.fixture
def disabled(repository: ApplicationRepository) -> Shop:
    shop = _make(repository)
    repository.disable_application(shop.app_key, actor=ACTOR)
    return shop


@pytest.fixture
def expired(database: Database) -> Shop:
    """One whose only secret ended an hour ago."""
    then = ApplicationRepository(database, clock=lambda: utc_now() - YESTERDAY)
    end = utc_now() - timedelta(hours=1)
    application, secret, text = then.create_application("Shop", "", secret_expires_at=end, actor=ACTOR)
    return Shop(application, text, secret.id)


@pytest.fixture
def revoked(repository: ApplicationRepository) -> Shop:
    """One with a live secret beside the one that was revoked."""
    shop = _make(repository)
    repository.add_secret(shop.app_key, actor=ACTOR)
    repository.revoke_secret(shop.app_key, shop.secret_id, actor=ACTOR)
    return shop


@pytest.fixture
def authenticator(repository: ApplicationRepository) -> Authenticator:
    return Authenticator(repository)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks(NOW)


@pytest.fixture
def refusals(shop: Shop, disabled: Shop, expired: Shop, revoked: Shop) -> dict[str, tuple[str, str]]:
    """Keys that are wrong, by what is wrong with them. `shop` is the one application that is right."""
    known = shop.app_key
    return {
        "unknown key": ("unknownUnknown16", shop.secret),
        "disabled key": (disabled.app_key, disabled.secret),
        "disabled key, wrong secret": (disabled.app_key, shop.secret),
        "expired secret": (expired.app_key, expired.secret),
        "expired key, wrong secret": (expired.app_key, shop.secret),
        "revoked secret": (revoked.app_key, revoked.secret),
        "another's secret": (known, disabled.secret),
        "wrong secret": (known, keys.make_secret()),
        "missing secret": (known, ""),
        "missing key": ("", shop.secret),
        "nothing": ("", ""),
        "other case": (known.swapcase(), shop.secret),
        "cut secret": (known, shop.secret[:-1]),
        "longer secret": (known, shop.secret + "A"),
        "space after": (known, shop.secret + " "),
        "NUL after": (known, shop.secret + "\x00"),
        "NUL after key": (known + "\x00", shop.secret),
        "huge secret": (known, shop.secret + "x" * 1_000_000),
        "huge key": (known + "x" * 1_000_000, shop.secret),
        "not ASCII": ("ключ", "비밀"),
        "lone surrogates": ("\ud800", "\udfff"),
        "SQL": ("' OR '1'='1", "' OR '1'='1"),
        "pattern": ("%", "%"),
        "digest for a secret": (known, keys.digest_of(shop.secret).hex()),
    }


def test_a_right_key_gives_its_caller(authenticator: Authenticator, shop: Shop) -> None:
    for _ in range(2):  # from the database, then from the cache
        assert authenticator.authenticate(shop.app_key, shop.secret) == shop.caller


@pytest.mark.parametrize("is_cached", [False, True])
def test_every_refusal_has_the_same_message(
    authenticator: Authenticator, shop: Shop, refusals: dict[str, tuple[str, str]], is_cached: bool
) -> None:
    if is_cached:
        authenticator.authenticate(shop.app_key, shop.secret)
    for name, (app_key, secret) in refusals.items():
        with pytest.raises(UnauthorizedError) as caught:
            authenticator.authenticate(app_key, secret)
        assert caught.value.args == (MESSAGE,), name
        assert caught.value.__cause__ is None, name


@pytest.mark.parametrize("is_cached", [False, True])
def test_every_refusal_costs_the_same_work(
    authenticator: Authenticator,
    shop: Shop,
    refusals: dict[str, tuple[str, str]],
    is_cached: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_cached:
        authenticator.authenticate(shop.app_key, shop.secret)
    work: Counter[str] = Counter()
    for name in ("digest_of", "is_same"):
        monkeypatch.setattr(keys, name, _counted(name, getattr(keys, name), work))
    for place, name in ((credentials, "application_of"), (credentials, "_slot"), (module, "has_expired")):
        monkeypatch.setattr(place, name, _counted(name, getattr(place, name), work))
    for name, (app_key, secret) in refusals.items():
        work.clear()
        with statements() as seen, pytest.raises(UnauthorizedError):
            authenticator.authenticate(app_key, secret)
        assert work == WORK, name
        assert len(seen) == 1, name


WORK = {"digest_of": 1, "is_same": 2, "has_expired": 2, "application_of": 1, "_slot": 2}


def _counted(name: str, real: Callable[P, R], work: Counter[str]) -> Callable[P, R]:
    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        work[name] += 1
        return real(*args, **kwargs)

    return counted


def test_a_right_key_asks_the_database_once_in_a_while(
    repository: ApplicationRepository, shop: Shop, clocks: Clocks
) -> None:
    authenticator = Authenticator(repository, CredentialCache(clock=clocks.monotonic), clocks.now)
    asked = []
    for clocks.passed in (0.0, 1.0, TIME_TO_LIVE - 0.01, TIME_TO_LIVE, TIME_TO_LIVE + 1):
        with statements() as seen:
            authenticator.authenticate(shop.app_key, shop.secret)
        asked.append(len(seen))

    assert asked == [1, 0, 0, 1, 0]


def test_what_is_recalled_was_right_a_moment_ago(
    repository: ApplicationRepository, shop: Shop, clocks: Clocks
) -> None:
    authenticator = Authenticator(repository, CredentialCache(clock=clocks.monotonic), clocks.now)
    assert authenticator.recall(shop.app_key, shop.secret) is None
    found = authenticator.authenticate(shop.app_key, shop.secret)
    clocks.passed = 4.9
    with statements() as seen:
        assert authenticator.recall(shop.app_key, shop.secret) == Recalled(found, is_due=True)
        assert authenticator.recall(shop.app_key, shop.secret) == Recalled(found, is_due=False)
        assert authenticator.recall(shop.app_key, "wrong") is None
        assert authenticator.recall("unknownUnknown16", shop.secret) is None
        assert authenticator.recall("x" * 1_000_000, "\ud800") is None
    assert seen == []

    clocks.passed = 5.0
    assert authenticator.recall(shop.app_key, shop.secret) is None


def test_what_was_refused_is_asked_again_each_time(
    repository: ApplicationRepository, authenticator: Authenticator, disabled: Shop
) -> None:
    for _ in range(2):
        with statements() as seen, pytest.raises(UnauthorizedError):
            authenticator.authenticate(disabled.app_key, disabled.secret)
        assert len(seen) == 1
        assert authenticator.recall(disabled.app_key, disabled.secret) is None

    repository.enable_application(disabled.app_key, actor=ACTOR)
    assert authenticator.authenticate(disabled.app_key, disabled.secret) == disabled.caller


def _disable(repository: ApplicationRepository, shop: Shop) -> None:
    repository.disable_application(shop.app_key, actor=ACTOR)


def _revoke(repository: ApplicationRepository, shop: Shop) -> None:
    repository.revoke_secret(shop.app_key, shop.secret_id, actor=ACTOR)


@pytest.mark.parametrize("stop", [_disable, _revoke])
def test_a_key_that_another_process_stops_is_refused_within_5_seconds(
    database: Database,
    repository: ApplicationRepository,
    shop: Shop,
    clocks: Clocks,
    stop: Callable[[ApplicationRepository, Shop], None],
) -> None:
    authenticator = Authenticator(repository, CredentialCache(clock=clocks.monotonic), clocks.now)
    authenticator.authenticate(shop.app_key, shop.secret)
    stop(ApplicationRepository(database), shop)
    clocks.passed = 5.0

    assert authenticator.recall(shop.app_key, shop.secret) is None
    with pytest.raises(UnauthorizedError):
        authenticator.authenticate(shop.app_key, shop.secret)


def test_an_expiring_secret_stops_at_its_moment_though_it_is_remembered(
    database: Database, clocks: Clocks
) -> None:
    repository = ApplicationRepository(database, clocks.now)
    application, _, secret = repository.create_application(
        "Shop", "", secret_expires_at=NOW + timedelta(seconds=7), actor=ACTOR
    )
    authenticator = Authenticator(repository, CredentialCache(clock=clocks.monotonic), clocks.now)
    for clocks.passed in (0.0, 4.0, 5.0, 6.9):
        assert authenticator.authenticate(application.app_key, secret).application == application

    clocks.passed = 7.0
    assert authenticator.recall(application.app_key, secret) is None
    with pytest.raises(UnauthorizedError):
        authenticator.authenticate(application.app_key, secret)


def test_rotation_has_no_gap(database: Database, clocks: Clocks) -> None:
    repository = ApplicationRepository(database, clocks.now)
    shop = _make(repository)
    authenticator = Authenticator(repository, CredentialCache(clock=clocks.monotonic), clocks.now)
    new, text = repository.add_secret(shop.app_key, overlap=timedelta(seconds=60), actor=ACTOR)
    for clocks.passed in (0.0, 59.9):
        assert authenticator.authenticate(shop.app_key, shop.secret).secret_id == shop.secret_id
        assert authenticator.authenticate(shop.app_key, text).secret_id == new.id

    clocks.passed = 60.0
    assert authenticator.authenticate(shop.app_key, text).secret_id == new.id
    with pytest.raises(UnauthorizedError):
        authenticator.authenticate(shop.app_key, shop.secret)


def test_a_database_that_fails_is_not_called_a_wrong_key(shop: Shop, tmp_path: Path) -> None:
    with database_in(tmp_path / "missing") as missing, pytest.raises(StorageError):
        Authenticator(ApplicationRepository(missing)).authenticate(shop.app_key, shop.secret)


def test_threads_may_share_it(authenticator: Authenticator, shop: Shop, disabled: Shop) -> None:
    ended: list[object] = []

    def call(who: Shop) -> None:
        for _ in range(25):
            try:
                ended.append(authenticator.authenticate(who.app_key, who.secret))
            except UnauthorizedError as error:
                ended.append(error)

    threads = [threading.Thread(target=call, args=(who,)) for who in [shop, disabled] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(map(type, ended)) == {Caller: 100, UnauthorizedError: 100}
