"""Tokens of administrators: `bfa_` and 256 random bits, kept as their SHA-256."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from bonaface.accounts import audit, keys
from bonaface.accounts.application import MAX_NAME, seen_text
from bonaface.accounts.audit import Actor
from bonaface.accounts.credential_cache import TIME_TO_LIVE
from bonaface.accounts.expiry import checked_expiry, has_expired
from bonaface.accounts.role import Role
from bonaface.clock import Clock
from bonaface.errors import ConflictError, InvalidParameterError, NotFoundError
from bonaface.storage.database import SOON, Database
from bonaface.storage.tables import admin_tokens

PREFIX = "bfa_"
TOKEN_BYTES = 32
USE_NOTED_EVERY = timedelta(minutes=1)
LAST_OWNER = "This is the last owner's token; make another first, or use `bonaface admin token revoke`."


@dataclass(frozen=True, slots=True)
class Token:
    """An administrator's token, without itself. Times are aware, in UTC."""

    id: int
    name: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    role: Role = Role.OWNER


class UnknownTokenError(NotFoundError):
    """No token has this name or id."""


@dataclass(frozen=True, slots=True)
class _Known:
    token: Token
    digest: bytes


class AdminTokens:
    """The tokens in `database`, which must be migrated. Thread-safe. Every method raises StorageError.

    Live tokens are remembered for 5 seconds, so that one revoked stops working within that time in every
    process. That a token is not there is never remembered.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock or database.clock
        self._monotonic = monotonic
        self._known: tuple[_Known, ...] = ()
        self._read_at = -TIME_TO_LIVE
        self._lock = threading.Lock()

    def create(
        self,
        name: str,
        expires_at: datetime | None = None,
        role: Role = Role.OWNER,
        *,
        actor: Actor,
    ) -> tuple[Token, str]:
        """A new token and its text, which is kept nowhere.

        Raises InvalidParameterError, and ConflictError when a live token has the name.
        """
        now = self._clock()
        checked, expiry = _checked_name(name), checked_expiry(expires_at, now)
        text = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        with self._database.writing() as connection:
            if any(known.token.name == checked for known in _live(connection, now)):
                raise ConflictError("A live token has this name; take another, or revoke that one.")
            token = _insert(connection, Token(0, checked, now, expiry, role=role), keys.digest_of(text))
            detail = {"name": checked, "role": role, "expiresAt": expiry}
            audit.record(connection, actor, "token.create", _target(token.id), detail, now)
        self._forget()
        return token, text

    def list(self) -> list[Token]:
        """Every token that is not revoked, expired ones too, oldest first."""
        with self._database.reading() as connection:
            return [known.token for known in _kept(connection)]

    def revoke(self, name_or_id: str | int, *, actor: Actor, keeps_owner: bool = False) -> None:
        """Stop the token of that id, or all of that name.

        With `keeps_owner`, raises ConflictError where no owner's live token would be left. Raises
        UnknownTokenError.
        """
        now = self._clock()
        with self._database.writing() as connection:
            kept = [known.token for known in _kept(connection, locked=True)]
            found = [token for token in kept if _is_called(token, name_or_id)]
            if not found:
                raise UnknownTokenError("No token has this name or id; list the tokens to find it.")
            if keeps_owner and _owners(found, now) and not _owners(set(kept) - set(found), now):
                raise ConflictError(LAST_OWNER)
            for token in found:
                revoked = update(admin_tokens).where(admin_tokens.c.id == token.id).values(revoked_at=now)
                connection.execute(revoked)
                detail = {"name": token.name}
                audit.record(connection, actor, "token.revoke", _target(token.id), detail, now)
        self._forget()

    def recall(self, text: str) -> Token | None:
        """The live token that `text` is, if that is remembered and its use was noted. No database."""
        found = _matching(self._remembered(), keys.digest_of(text), self._clock())
        return None if found is None or self._is_use_due(found) else found

    def authenticate(self, text: str) -> Token | None:
        """The live token that `text` is, or None. It is compared with each of them in constant time."""
        digest = keys.digest_of(text)
        found = _matching(self._remembered(), digest, self._clock()) or _matching(
            self._read(), digest, self._clock()
        )
        if found is not None:
            self._note_use(found)
        return found

    def any_live(self) -> bool:
        """Whether there is a live token at all."""
        now = self._clock()
        is_live = any(not has_expired(known.token.expires_at, now) for known in self._remembered())
        return is_live or bool(self._read())

    def _remembered(self) -> tuple[_Known, ...]:
        with self._lock:
            is_fresh = self._monotonic() < self._read_at + TIME_TO_LIVE
            return self._known if is_fresh else ()

    def _read(self) -> tuple[_Known, ...]:
        """The live tokens from the database, remembered from the moment before they were asked for."""
        asked = self._monotonic()
        with self._database.looking_up() as connection:
            known = tuple(_live(connection, self._clock()))
        with self._lock:
            if asked >= self._read_at:
                self._known, self._read_at = known, asked
        return known

    def _forget(self) -> None:
        """A thread that read before the change must not put its answer back: time starts anew."""
        with self._lock:
            self._known, self._read_at = (), self._monotonic()

    def _note_use(self, token: Token) -> None:
        """Write that it was used, unless that was written less than a minute ago."""
        if not self._is_use_due(token):
            return
        now = self._clock()
        self._remember_use(token, now)
        is_due = or_(
            admin_tokens.c.last_used_at.is_(None), admin_tokens.c.last_used_at <= now - USE_NOTED_EVERY
        )
        noted = update(admin_tokens).where(admin_tokens.c.id == token.id, is_due).values(last_used_at=now)
        with self._database.writing(SOON) as connection:
            connection.execute(noted)

    def _is_use_due(self, token: Token) -> bool:
        return token.last_used_at is None or self._clock() >= token.last_used_at + USE_NOTED_EVERY

    def _remember_use(self, token: Token, now: datetime) -> None:
        with self._lock:
            self._known = tuple(
                replace(known, token=replace(known.token, last_used_at=now))
                if known.token.id == token.id
                else known
                for known in self._known
            )


def _checked_name(name: str) -> str:
    wanted = f"Give the token a name of 1 to {MAX_NAME} characters on one line, not of digits alone"
    checked = seen_text(name, wanted)
    if checked.isdecimal():
        raise InvalidParameterError(f"{wanted}.")
    return checked


def _target(token_id: int) -> str:
    return f"token:{token_id}"


def _is_called(token: Token, name_or_id: str | int) -> bool:
    return token.name == name_or_id or str(token.id) == str(name_or_id)


def _owners(tokens: Iterable[Token], now: datetime) -> list[Token]:
    """Those that are live and of owners."""
    return [each for each in tokens if each.role is Role.OWNER and not has_expired(each.expires_at, now)]


def _matching(known: tuple[_Known, ...], digest: bytes, now: datetime) -> Token | None:
    same = [keys.is_same(digest, each.digest) for each in known]  # a list: no comparison is skipped
    tokens = [each.token for each, is_it in zip(known, same, strict=True) if is_it]
    return tokens[0] if tokens and not has_expired(tokens[0].expires_at, now) else None


def _kept(connection: Connection, *and_these: ColumnElement[bool], locked: bool = False) -> list[_Known]:
    is_kept = and_(admin_tokens.c.revoked_at.is_(None), *and_these)
    wanted = select(admin_tokens).where(is_kept).order_by(admin_tokens.c.id)
    rows = connection.execute(wanted.with_for_update() if locked else wanted)
    return [_Known(_token(row), row.digest) for row in rows]


def _live(connection: Connection, now: datetime) -> list[_Known]:
    return _kept(connection, or_(admin_tokens.c.expires_at.is_(None), admin_tokens.c.expires_at > now))


def _insert(connection: Connection, token: Token, digest: bytes) -> Token:
    new = insert(admin_tokens).values(
        name=token.name,
        digest=digest,
        created_at=token.created_at,
        expires_at=token.expires_at,
        role=token.role.value,
    )
    return replace(token, id=connection.execute(new.returning(admin_tokens.c.id)).scalar_one())


def _token(row: Row[*tuple[Any, ...]]) -> Token:
    return Token(row.id, row.name, row.created_at, row.expires_at, row.last_used_at, Role(row.role))
