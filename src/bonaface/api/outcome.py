"""How a request of the contract may end: each with its code on the wire, HTTP status and labels."""

from dataclasses import dataclass, replace
from enum import Enum

NO_STORAGE = "The server cannot reach its storage now; try again after Retry-After."


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the contract's table of results; `label` is what the ledger counts it as.

    `has_real_status` rows keep their HTTP status whatever the server's setting. What an error says whose row
    `is_internal` is for the log alone; callers get `detail` in its place, if any.
    """

    code: int
    message: str
    status: int
    label: str
    has_real_status: bool = False
    is_internal: bool = False
    detail: str | None = None


_OVERLOAD = Row(-50000, "ServiceUnavailable", 503, "refused_overload", has_real_status=True)
_QUOTA = Row(-40070, "ServiceQuotaExceededException", 429, "refused_quota", has_real_status=True)


class Outcome(Enum):
    """An answer in the envelope. What is not in it, as a page is, has none."""

    FACES = Row(0, "Success", 200, "faces")
    NO_FACE = Row(0, "Success", 200, "no_face")
    INVALID = Row(-40000, "InvalidParam", 400, "-40000")
    UNAUTHORIZED = Row(-41005, "UnauthorizedAppKeyOrSecretKey", 401, "-41005")
    IMAGE_TOO_LARGE = Row(-45020, "ImageTooLargeException", 413, "-45020")
    INVALID_IMAGE = Row(-45030, "InvalidImageParameterException", 400, "-45030")
    UNSUPPORTED_FORMAT = Row(-45040, "InvalidImageFormatException", 415, "-45040")
    IMAGE_URL = Row(-45050, "InvalidImageURLException", 400, "-45050")
    IMAGE_TIMEOUT = Row(-45060, "ImageTimeoutError", 408, "-45060")
    RATE = replace(_QUOTA, label="refused_rate")
    QUOTA = _QUOTA
    OVERLOAD = _OVERLOAD
    STORAGE = replace(_OVERLOAD, is_internal=True, detail=NO_STORAGE)
    INTERNAL = Row(-50000, "InternalServerError", 500, "-50000", is_internal=True)

    def __init__(self, row: Row) -> None:
        self.code = row.code
        self.message = row.message
        self.label = row.label
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
