"""The one exception tree. No HTTP in it: `bonaface.api.errors` maps it to the wire."""

from enum import StrEnum
from typing import ClassVar


class BonafaceError(Exception):
    """Base of everything that this package raises on purpose.

    The message is one sentence that tells the caller what to do; it is safe to show to the caller.
    `code` names the kind of error for programs (the command line's JSON).
    """

    code: ClassVar[str] = "error"


class InvalidParameterError(BonafaceError):
    """The request is not what the contract asks for."""

    code = "invalid_parameter"


class UnsupportedMediaTypeError(InvalidParameterError):
    """A body of another kind or charset than is taken, or a compressed one."""

    code = "unsupported_media_type"


class ImageTooSmallError(InvalidParameterError):
    """The image has a side shorter than the smallest one allowed."""

    code = "image_too_small"


class NotFoundError(InvalidParameterError):
    """What the request names does not exist."""

    code = "not_found"


class ConflictError(InvalidParameterError):
    """What is asked for does not go with what is there."""

    code = "conflict"


class UnauthorizedError(BonafaceError):
    """Unknown or disabled appKey, missing or wrong secret: always the same message."""

    code = "unauthorized"


class ForbiddenError(BonafaceError):
    """Whoever asks is known, and may not do this."""

    code = "forbidden"


class ImageTooLargeError(BonafaceError):
    """More bytes or more pixels than the limits allow."""

    code = "image_too_large"


class InvalidImageError(BonafaceError):
    """Empty, not decodable as Base64, or a truncated or corrupt PNG or JPEG."""

    code = "invalid_image"


class UnsupportedImageFormatError(BonafaceError):
    """Neither PNG nor JPEG by content."""

    code = "unsupported_format"


class UrlRefusal(StrEnum):
    """Why there is no image from a URL: for operators. Its caller gets a sentence, which tells less."""

    FORM = "form"
    SCHEME = "scheme"
    LENGTH = "length"
    CREDENTIALS = "credentials"
    PORT = "port"
    NAME = "name"
    ADDRESS = "address"
    CONNECTION = "connection"
    TLS = "tls"
    PROTOCOL = "protocol"
    STATUS = "status"
    CODING = "coding"
    LOCATION = "location"
    DOWNGRADE = "downgrade"
    REDIRECTS = "redirects"
    SIZE = "size"
    TIMEOUT = "timeout"


class ImageUrlError(BonafaceError):
    """The URL may not be fetched, or its server did not give the image. `refusal` tells operators why."""

    code = "invalid_url"

    def __init__(self, message: str, refusal: UrlRefusal = UrlRefusal.FORM) -> None:
        super().__init__(message)
        self.refusal = refusal


class DownloadTooLargeError(ImageTooLargeError):
    """More bytes behind a URL than the limit allows."""

    code = "download_too_large"
    refusal = UrlRefusal.SIZE


class ImageTimeoutError(BonafaceError):
    """The download did not finish within the limit."""

    code = "timeout"
    refusal = UrlRefusal.TIMEOUT


class Overload(StrEnum):
    """What there was not enough of."""

    REQUESTS = "requests"
    APPLICATION = "application"
    DOWNLOADS = "downloads"
    LOOKUPS = "lookups"
    DATABASE = "database"
    QUEUE = "queue"
    DEADLINE = "deadline"
    STARTING = "starting"
    STOPPING = "stopping"
    MEMORY = "memory"


class OverloadedError(BonafaceError):
    """No capacity now; try again after `retry_after` seconds. `overload` tells operators why."""

    code = "overloaded"

    def __init__(self, message: str, retry_after: int = 1, overload: Overload = Overload.QUEUE) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.overload = overload


class QuotaExceededError(BonafaceError):
    """The application used up its rate or quota; try again after `retry_after` seconds."""

    code = "quota_exceeded"

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ConfigurationError(BonafaceError):
    """The operator's settings do not hold together."""

    code = "configuration"


class ModelError(BonafaceError):
    """A model is missing, is not the one the catalog names, or cannot run."""

    code = "model"


class ModelMissingError(ModelError):
    """The model is not installed."""

    code = "model_missing"


class ModelCorruptError(ModelError):
    """The file's sha256 differs from the catalog's."""

    code = "model_corrupt"


class StorageError(BonafaceError):
    """The database cannot be reached or used."""

    code = "storage"


class StorageUnavailableError(StorageError):
    """The database does not answer now; try again after `retry_after` seconds."""

    code = "storage_unavailable"
    retry_after: ClassVar[int] = 1


class StorageAwayError(StorageUnavailableError):
    """The database cannot be reached, or takes connections and says nothing."""

    code = "storage_away"
