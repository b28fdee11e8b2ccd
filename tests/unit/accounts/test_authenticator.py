import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from sqlalchemy import insert, update

from bonaface.accounts import keys, repository
from bonaface.accounts.application import Application
from bonaface.accounts.authenticator import MESSAGE, Authenticator
from bonaface.accounts.cache import TIME_TO_LIVE, VerifiedKeys
from bonaface.accounts.repository import ApplicationRepository, utc_now
from bonaface.errors import StorageError, UnauthorizedError
from bonaface.storage.database import Database
from bonaface.storage.tables import secrets
from support.accounts import database_in, statements

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Caller:
    application: Application
    secret: str


@pytest.fixture
def caller(repository: ApplicationRepository) -> Caller:
    return Caller(*repository.create_application("Shop"))


@pytest.fixture
def disabled(repository: ApplicationRepository) -> Caller:
    caller = Caller(*repository.create_application("Closed shop"))
    repository.disable_application(caller.application.app_key)
    return caller


@pytest.fixture
def authenticator(repository: ApplicationRepository) -> Authenticator:
    return Authenticator(repository)


def _refusals(caller: Caller, disabled: Caller) -> dict[str, tuple[str, str]]:
    known = caller.application.app_key
    return {
        "unknown key": ("unknownUnknown16", caller.secret),
        "disabled key": (disabled.application.app_key, disabled.secret),
        "disabled key, wrong secret": (disabled.application.app_key, caller.secret),
        "another's secret": (known, disabled.secret),
        "wrong secret": (known, keys.make_secret()),
        "missing secret": (known, ""),
        "missing key": ("", caller.secret),
        "nothing": ("", ""),
        "other case": (known.swapcase(), caller.secret),
        "cut secret": (known, caller.secret[:-1]),
        "longer secret": (known, caller.secret + "A"),
        "space after": (known, caller.secret + " "),
        "NUL after": (known, caller.secret + "\x00"),
        "NUL after key": (known + "\x00", caller.secret),
        "huge secret": (known, caller.secret + "x" * 1_000_000),
        "huge key": (known + "x" * 1_000_000, caller.secret),
        "not ASCII": ("ключ", "비밀"),
        "lone surrogates": ("\ud800", "\udfff"),
        "SQL": ("' OR '1'='1", "' OR '1'='1"),
        "pattern": ("%", "%"),
        "digest for a secret": (known, keys.digest_of(caller.secret).hex()),
    }


def test_a_right_key_gives_its_application(authenticator: Authenticator, caller: Caller) -> None:
    for _ in range(2):  # from the database, then from the cache
        assert authenticator.authenticate(caller.application.app_key, caller.secret) == caller.application


@pytest.mark.parametrize("is_cached", [False, True])
def test_every_refusal_has_the_same_message(
    authenticator: Authenticator, caller: Caller, disabled: Caller, is_cached: bool
) -> None:
    if is_cached:
        authenticator.authenticate(caller.application.app_key, caller.secret)
    for name, (app_key, secret) in _refusals(caller, disabled).items():
        with pytest.raises(UnauthorizedError) as caught:
            authenticator.authenticate(app_key, secret)
        assert caught.value.args == (MESSAGE,), name
        assert caught.value.__cause__ is None, name


@pytest.mark.parametrize("is_cached", [False, True])
def test_every_refusal_costs_the_same_work(
    authenticator: Authenticator,
    caller: Caller,
    disabled: Caller,
    is_cached: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_cached:
        authenticator.authenticate(caller.application.app_key, caller.secret)
    work: Counter[str] = Counter()
    for name in ("digest_of", "is_same"):
        monkeypatch.setattr(keys, name, _counted(name, getattr(keys, name), work))
    monkeypatch.setattr(repository, "_application", _counted("read", repository._application, work))
    for name, (app_key, secret) in _refusals(caller, disabled).items():
        work.clear()
        with statements() as seen, pytest.raises(UnauthorizedError):
            authenticator.authenticate(app_key, secret)
        assert work == {"digest_of": 1, "is_same": 2, "read": 1}, name
        assert len(seen) == 1, name


def _counted(name: str, real: Callable[P, R], work: Counter[str]) -> Callable[P, R]:
    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        work[name] += 1
        return real(*args, **kwargs)

    return counted


def test_a_right_key_asks_the_database_once_in_a_while(
    repository: ApplicationRepository, caller: Caller
) -> None:
    time = [0.0]
    authenticator = Authenticator(repository, VerifiedKeys(clock=lambda: time[0]))
    asked = []
    for now in (0.0, 1.0, TIME_TO_LIVE - 0.01, TIME_TO_LIVE, TIME_TO_LIVE + 1):
        time[0] = now
        with statements() as seen:
            authenticator.authenticate(caller.application.app_key, caller.secret)
        asked.append(len(seen))

    assert asked == [1, 0, 0, 1, 0]


def test_a_key_that_another_process_disables_stops_within_5_seconds(
    database: Database, repository: ApplicationRepository, caller: Caller
) -> None:
    time = [0.0]
    authenticator = Authenticator(repository, VerifiedKeys(clock=lambda: time[0]))
    app_key = caller.application.app_key
    authenticator.authenticate(app_key, caller.secret)
    ApplicationRepository(database).disable_application(app_key)
    time[0] = 5.0

    with pytest.raises(UnauthorizedError):
        authenticator.authenticate(app_key, caller.secret)


def test_two_live_secrets_both_work_and_a_revoked_one_does_not(
    database: Database, repository: ApplicationRepository, caller: Caller
) -> None:
    app_key, new = caller.application.app_key, keys.make_secret()
    row = {"application_id": 1, "slot": 2, "digest": keys.digest_of(new), "created_at": utc_now()}
    with database.writing() as connection:
        connection.execute(insert(secrets).values(**row))
    for secret in (caller.secret, new):
        assert Authenticator(repository).authenticate(app_key, secret) == caller.application

    with database.writing() as connection:
        connection.execute(update(secrets).where(secrets.c.slot == 1).values(revoked_at=utc_now()))
    assert Authenticator(repository).authenticate(app_key, new) == caller.application
    with pytest.raises(UnauthorizedError):
        Authenticator(repository).authenticate(app_key, caller.secret)


def test_a_database_that_fails_is_not_called_a_wrong_key(caller: Caller, tmp_path: Path) -> None:
    with database_in(tmp_path / "missing") as missing, pytest.raises(StorageError):
        Authenticator(ApplicationRepository(missing)).authenticate(caller.application.app_key, caller.secret)


def test_threads_may_share_it(authenticator: Authenticator, caller: Caller, disabled: Caller) -> None:
    wrong: list[object] = []

    def call(who: Caller) -> None:
        for _ in range(25):
            try:
                wrong.append(authenticator.authenticate(who.application.app_key, who.secret))
            except UnauthorizedError as error:
                wrong.append(error)

    threads = [threading.Thread(target=call, args=(who,)) for who in [caller, disabled] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(map(type, wrong)) == {Application: 100, UnauthorizedError: 100}
