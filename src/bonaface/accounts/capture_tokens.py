"""Capture tokens: what a page that takes captures shows in place of a secret.

`bfc_` and 256 random bits, kept as their SHA-256. One is of one application and of the secret that asked for
it, lives for minutes and has a few uses. The uses are a number in its row, so that replicas and processes
take them from one place: a token that tells all by itself could not count them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, insert, or_, select, update

from bonaface.accounts import keys
from bonaface.accounts.application import Caller, State
from bonaface.accounts.rows import COLUMNS, application_of
from bonaface.clock import Clock
from bonaface.errors import UnauthorizedError
from bonaface.storage.database import SOON, Database
from bonaface.storage.tables import applications, capture_tokens
from bonaface.storage.tables import secrets as secret_table

PREFIX = "bfc_"
TOKEN_BYTES = 32
LENGTH = len(PREFIX) + 43
"""Of the text; a secret has 43 characters, so that none is taken for a token."""
MESSAGE = "The capture token is not valid, has ended or is used up; ask your own server for another."


@dataclass(frozen=True, slots=True)
class CaptureToken:
    """A capture token, without itself. `expires_at` is aware, in UTC."""

    uses: int
    expires_at: datetime


def is_capture_token(text: str) -> bool:
    """Whether `text` has the form of a capture token."""
    return len(text) == LENGTH and text.startswith(PREFIX)


class CaptureTokens:
    """The tokens in `database`, which must be migrated. Thread-safe. Every method raises StorageError.

    Nothing is remembered: whether application and secret live is asked with the token each time.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or database.clock

    def create(self, caller: Caller, uses: int, lifetime: timedelta) -> tuple[CaptureToken, str]:
        """A new token for the application of `caller`, and its text, which is kept nowhere."""
        now = self._clock()
        text = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        new = insert(capture_tokens).values(
            application_id=caller.application.id,
            secret_id=caller.secret_id,
            digest=keys.digest_of(text),
            uses_left=uses,
            expires_at=now + lifetime,
        )
        with self._database.writing(SOON) as connection:
            connection.execute(new)
        return CaptureToken(uses, now + lifetime), text

    def find(self, text: str) -> Caller:
        """Whose token `text` is; it keeps its uses. Raises UnauthorizedError for any but a live one.

        Looked up by its digest, which nobody can steer: how long that takes tells nothing of other tokens.
        """
        asked = {"digest": keys.digest_of(text), "now": self._clock()}
        with self._database.looking_up() as connection:
            row = connection.execute(QUERY, asked).first()
        if row is None:
            raise UnauthorizedError(MESSAGE)
        return Caller(application_of(row), row.secret_id, row.token_id)

    def spend(self, token_id: int) -> None:
        """Take one use of the token with this id. Raises UnauthorizedError where none is left or it ended."""
        is_live = and_(
            capture_tokens.c.id == token_id,
            capture_tokens.c.uses_left > 0,
            capture_tokens.c.expires_at > self._clock(),
        )
        spent = update(capture_tokens).where(is_live).values(uses_left=capture_tokens.c.uses_left - 1)
        with self._database.writing(SOON) as connection:
            was_live = connection.execute(spent).rowcount == 1
        if not was_live:
            raise UnauthorizedError(MESSAGE)


def _query() -> Select[Any]:
    """The application of a live token, and what the token is of."""
    now = bindparam("now", type_=capture_tokens.c.expires_at.type)
    tables = capture_tokens.join(applications).join(
        secret_table, secret_table.c.id == capture_tokens.c.secret_id
    )
    is_live = and_(
        capture_tokens.c.digest == bindparam("digest"),
        capture_tokens.c.uses_left > 0,
        capture_tokens.c.expires_at > now,
        applications.c.state == State.ACTIVE.value,
        secret_table.c.revoked_at.is_(None),
        or_(secret_table.c.expires_at.is_(None), secret_table.c.expires_at > now),
    )
    token = capture_tokens.c.id.label("token_id"), capture_tokens.c.secret_id
    return select(*COLUMNS, *token).select_from(tables).where(is_live)


QUERY = _query()
"""Built once: building it takes longer than asking it."""
