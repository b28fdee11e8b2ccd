"""The one exception tree. What the service refuses has the code that it sent."""

from typing import ClassVar


class BonafaceClientError(Exception):
    """Base of everything that this package raises on purpose, but for ValueError of wrong arguments.

    is_temporary: whether the same request may succeed a moment later; then it was tried again already.
    retry_after: seconds that the service asked to wait, where it did.
    """

    is_temporary: bool = False
    retry_after: float | None = None


class ConnectionFailedError(BonafaceClientError):
    """There was no connection, or it ended before the answer was whole.

    The request may have been answered, and counted, all the same.
    """

    is_temporary = True


class TimedOutError(BonafaceClientError):
    """The answer took longer than `timeout`. Not tried again: the service may still be at it."""


class UnexpectedAnswerError(BonafaceClientError):
    """What came is no answer of the service: a proxy's page, or another service. status: of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The answer (status {status}) is not one of this service; check the base URL.")
        self.status = status


class ServiceError(BonafaceClientError):
    """The service refused the request. A code that this version does not know is this class itself.

    code: of the answer: a number of v1.0, as -45030, or a word of v2, as `invalid_image`. message: its name,
    as InvalidImageParameterException, or the title of the problem. detail: a sentence that says what to do,
    where the service sends one. status: of HTTP. request_id: the request's name in the service's log, where
    it sends one.
    """

    codes: ClassVar[frozenset[int | str]] = frozenset()
    """Of v1.0 and of v2."""

    def __init__(
        self,
        code: int | str,
        message: str,
        *,
        status: int,
        detail: str = "",
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code} {message}: {detail}" if detail else f"{code} {message}")
        self.code = code
        self.message = message
        self.detail = detail
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after


class InvalidParameterError(ServiceError):
    """The request is not what the service takes: also an image side under 80 pixels, or an unknown policy."""

    codes = frozenset(
        {
            -40000,
            "invalid_parameter",
            "unknown_policy",
            "image_too_small",
            "unsupported_media_type",
            "untrusted_signature",
        }
    )


class ConflictError(ServiceError):
    """Something else was told of the answer before, or the service signs no answers."""

    codes = frozenset({"already_reported", "not_signing"})


class UnauthorizedError(ServiceError):
    """Unknown or disabled appKey, wrong secretKey."""

    codes = frozenset({-41005, "unauthorized"})


class ImageTooLargeError(ServiceError):
    """Over 3,000,000 bytes, or too many pixels."""

    codes = frozenset({-45020, "image_too_large", "download_too_large"})


class InvalidImageError(ServiceError):
    """An empty, truncated or corrupt image."""

    codes = frozenset({-45030, "invalid_image"})


class UnsupportedFormatError(ServiceError):
    """Neither PNG nor JPEG by content."""

    codes = frozenset({-45040, "unsupported_format"})


class ImageUrlError(ServiceError):
    """The URL may not be fetched, or gave no image."""

    codes = frozenset({-45050, "invalid_url"})


class ImageTimeoutError(ServiceError):
    """The service's download of the image took too long."""

    codes = frozenset({-45060, "timeout"})


class InternalServiceError(ServiceError):
    """The service failed; its log has why, under `request_id`."""

    codes = frozenset({-50000, "internal"})


class UnavailableError(ServiceError):
    """No capacity now (503)."""

    is_temporary = True
    codes = frozenset({"overloaded", "unavailable"})


class QuotaExceededError(ServiceError):
    """Rate or quota are used up (429)."""

    is_temporary = True
    codes = frozenset({-40070, "quota_exceeded"})


KINDS: tuple[type[ServiceError], ...] = (
    InvalidParameterError,
    ConflictError,
    UnauthorizedError,
    ImageTooLargeError,
    InvalidImageError,
    UnsupportedFormatError,
    ImageUrlError,
    ImageTimeoutError,
    InternalServiceError,
    QuotaExceededError,
    UnavailableError,
)
"""Those that a code tells."""

STATUSES: dict[int, type[ServiceError]] = {429: QuotaExceededError, 503: UnavailableError}
"""Those that the status tells, whatever the code is."""


def kind_of(code: int | str, status: int) -> type[ServiceError]:
    """The class of a refusal with this code."""
    by_code = next((kind for kind in KINDS if code in kind.codes), ServiceError)
    return STATUSES.get(status, by_code)
