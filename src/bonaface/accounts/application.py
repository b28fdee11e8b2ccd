"""An application: a named caller with an appKey."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bonaface.errors import InvalidParameterError, NotFoundError

MAX_NAME = 100
MAX_NOTE = 1000
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, lone surrogates, line and paragraph ends


class State(StrEnum):
    """Whether the keys of an application work."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Quota:
    """What an application may ask for; None is no limit.

    `rate` requests a second, `burst` of them at once (a whole multiple of `rate`), `monthly` requests a
    calendar month in UTC.
    """

    rate: int | None = None
    burst: int | None = None
    monthly: int | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """A caller of the API. `id` is its number in the database; `created_at` is aware, in UTC."""

    id: int
    app_key: str
    name: str
    note: str
    state: State
    created_at: datetime
    quota: Quota = Quota()


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that works, without itself: only its hash is kept. Times are aware, in UTC."""

    id: int
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from: the application, and which of its secrets (`Secret.id`) was shown."""

    application: Application
    secret_id: int


class UnknownApplicationError(NotFoundError):
    """No application has this appKey."""


class UnknownSecretError(NotFoundError):
    """The application has no live secret with this id."""


def checked_name(name: str) -> str:
    """`name` without white space around it. Raises InvalidParameterError unless it is 1 to 100 characters."""
    stripped = name.strip()
    if not stripped or not is_one_line(stripped, MAX_NAME):
        raise InvalidParameterError(f"Give the application a name of 1 to {MAX_NAME} characters on one line.")
    return stripped


def checked_note(note: str) -> str:
    """`note` without white space around it. Raises InvalidParameterError if it is over 1000 characters."""
    stripped = note.strip()
    if not is_one_line(stripped, MAX_NOTE):
        raise InvalidParameterError(f"Give a note of at most {MAX_NOTE} characters on one line.")
    return stripped


def is_one_line(value: str, longest: int) -> bool:
    """Whether `value` is at most `longest` characters of text without line ends and controls.

    Whatever is not fits no database: NUL and lone surrogates cannot even be asked for.
    """
    return len(value) <= longest and all(unicodedata.category(c) not in REFUSED_CATEGORIES for c in value)
