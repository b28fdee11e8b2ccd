"""How a request of the contract may end: each with its code on the wire, HTTP status and labels.

What the ledger counts each as is a `ReplyLabel`, which knows nothing of HTTP: several outcomes may have one,
and those that have none are counted by code.
"""

from dataclasses import dataclass, replace
from enum import Enum

from bonaface.usage.types import ReplyLabel

NO_STORAGE = "The server cannot reach its storage now; try again after Retry-After."


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the contract's table of results; `counted_as` is the ledger's word, if it has one of its own.

    `has_real_status` rows keep their HTTP status whatever the server's setting. What an error says whose row
    `is_internal` is for the log alone; callers get `detail` in its place, if any.
    """

    code: int
    message: str
    status: int
    counted_as: ReplyLabel | None = None
    has_real_status: bool = False
    is_internal: bool = False
    detail: str | None = None


_OVERLOAD = Row(-50000, "ServiceUnavailable", 503, ReplyLabel.REFUSED_OVERLOAD, has_real_status=True)
_QUOTA = Row(-40070, "ServiceQuotaExceededException", 429, ReplyLabel.REFUSED_QUOTA, has_real_status=True)


class Outcome(Enum):
    """An answer in the envelope. What is not in it, as a page is, has none."""

    FACES = Row(0, "Success", 200, ReplyLabel.FACES)
    NO_FACE = Row(0, "Success", 200, ReplyLabel.NO_FACE)
    INVALID = Row(-40000, "InvalidParam", 400)
    UNAUTHORIZED = Row(-41005, "UnauthorizedAppKeyOrSecretKey", 401, ReplyLabel.WRONG_KEYS)
    IMAGE_TOO_LARGE = Row(-45020, "ImageTooLargeException", 413)
    INVALID_IMAGE = Row(-45030, "InvalidImageParameterException", 400)
    UNSUPPORTED_FORMAT = Row(-45040, "InvalidImageFormatException", 415)
    IMAGE_URL = Row(-45050, "InvalidImageURLException", 400)
    IMAGE_TIMEOUT = Row(-45060, "ImageTimeoutError", 408)
    RATE = replace(_QUOTA, counted_as=ReplyLabel.REFUSED_RATE)
    QUOTA = _QUOTA
    OVERLOAD = _OVERLOAD
    STORAGE = replace(_OVERLOAD, is_internal=True, detail=NO_STORAGE)
    INTERNAL = Row(-50000, "InternalServerError", 500, is_internal=True)

    def __init__(self, row: Row) -> None:
        self.code = row.code
        self.message = row.message
        self.label = str(row.code if row.counted_as is None else row.counted_as)
        """In the ledger."""
        self.metric = str(row.code)
        """The label `result` of the metrics."""
        self.status = row.status
        self.has_real_status = row.has_real_status
        self.is_internal = row.is_internal
        self.detail = row.detail

    @property
    def is_success(self) -> bool:
        """Whether the image was analysed."""
        return self.code == 0

    @property
    def is_fault(self) -> bool:
        """Whether the server failed, not the request."""
        return self.code == Outcome.INTERNAL.code

    def http_status(self, *, real_status_codes: bool) -> int:
        """The HTTP status that it is sent with under the server's setting."""
        return self.status if real_status_codes or self.has_real_status else 200
