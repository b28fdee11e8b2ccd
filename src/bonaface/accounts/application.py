"""An application: a named caller with an appKey."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bonaface.errors import InvalidParameterError, NotFoundError

MAX_NAME = 100
MAX_NOTE = 1000
CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, lone surrogates, line and paragraph ends
HIDDEN = CONTROLS | {"Cf"}
"""Format characters too: they are not seen, and some turn the direction of what stands beside them, so that
two names look alike or a text reads as another (Unicode Technical Report 36, 2.10)."""
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
"""Letters, marks and a pattern by their category, and nothing is seen of them (Unicode's
Default_Ignorable_Code_Point; the Braille pattern without dots)."""
SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""They choose how the character before is drawn: of an emoji, that it is one."""
KEYCAP = "\u20e3"
ZERO_WIDTH_JOINER = "\u200d"
VARIANTS = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""What may stand between an emoji and its joiner: the emoji presentation, and the tones of skin."""


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


NO_QUOTA = Quota()
"""No limit of either kind."""


@dataclass(frozen=True, slots=True)
class Application:
    """A caller of the API. `id` is its number in the database; times are aware, in UTC.

    removed_at: since when it is removed; its state is the one that it would have again.
    """

    id: int
    app_key: str
    name: str
    note: str
    state: State
    created_at: datetime
    quota: Quota = NO_QUOTA
    removed_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether its keys work."""
        return self.state is State.ACTIVE and self.removed_at is None


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that works, without itself: only its hash is kept. Times are aware, in UTC."""

    id: int
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from: the application, and which of its secrets (`Secret.id`) was shown.

    token_id: of the capture token that was shown in place of that secret, which had asked for it.
    """

    application: Application
    secret_id: int
    token_id: int | None = None


class UnknownApplicationError(NotFoundError):
    """No application has this appKey."""


class UnknownSecretError(NotFoundError):
    """The application has no live secret with this id."""


def checked_name(name: str) -> str:
    """`name` without blanks around it, as `seen_text` checks it. Raises InvalidParameterError."""
    return seen_text(name, f"Give the application a name of 1 to {MAX_NAME} characters on one line")


def checked_note(note: str) -> str:
    """`note` without blanks around it, as `seen_text` checks it. Raises InvalidParameterError."""
    return seen_text(note, f"Give a note of at most {MAX_NOTE} characters on one line", 0, MAX_NOTE)


def seen_text(text: str, wanted: str, shortest: int = 1, longest: int = MAX_NAME) -> str:
    """What a person wrote for others to read, without blanks around it.

    Raises InvalidParameterError unless it is `shortest` to `longest` characters that can be seen: it says
    what is `wanted`, and which character may not be there. A joiner between two emoji, which makes one of
    them, may.
    """
    hidden = next((at for at in range(len(text)) if _is_hidden(text, at)), None)
    if hidden is not None:
        raise InvalidParameterError(f"{wanted}, without {_called(text[hidden])}.")
    stripped = text.strip()
    if not shortest <= len(stripped) <= longest:
        raise InvalidParameterError(f"{wanted}.")
    return stripped


def as_seen(text: str) -> str:
    """`text` with a question mark for each character that `seen_text` refuses."""
    return "".join("?" if _is_hidden(text, at) else text[at] for at in range(len(text)))


def _is_hidden(text: str, at: int) -> bool:
    if unicodedata.category(text[at]) not in HIDDEN:
        return text[at] in FILLERS or (text[at] in SELECTORS and not _is_emoji(text, at))
    around = text[:at].rstrip(VARIANTS)[-1:], text[at + 1 : at + 2]
    is_joint = all(side and unicodedata.category(side) == "So" for side in around)
    return text[at] != ZERO_WIDTH_JOINER or not is_joint


def _is_emoji(text: str, at: int) -> bool:
    """Whether the selector at this place stands behind a symbol, or in a keycap."""
    before = text[:at][-1:]
    return bool(before and unicodedata.category(before)[0] == "S") or text[at + 1 : at + 2] == KEYCAP


def _called(character: str) -> str:
    """As Unicode names a character that cannot be shown."""
    name = unicodedata.name(
        character, "half a character" if "\ud800" <= character <= "\udfff" else "a control"
    )
    return f"U+{ord(character):04X} ({name})"


def is_one_line(value: str, longest: int) -> bool:
    """Whether `value` is at most `longest` characters of text without line ends and controls.

    Whatever is not fits no database: NUL and lone surrogates cannot even be asked for.
    """
    return len(value) <= longest and all(unicodedata.category(c) not in CONTROLS for c in value)
