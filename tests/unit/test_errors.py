import inspect

import pytest

from bonaface import errors
from bonaface.errors import BonafaceError

CLASSES = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if issubclass(value, BonafaceError) and value.__module__ == errors.__name__
]
PARENTS = {
    "InvalidParameterError": BonafaceError,
    "UnsupportedMediaTypeError": errors.InvalidParameterError,
    "ImageTooSmallError": errors.InvalidParameterError,
    "NotFoundError": errors.InvalidParameterError,
    "ConflictError": errors.InvalidParameterError,
    "UnauthorizedError": BonafaceError,
    "ForbiddenError": BonafaceError,
    "ImageTooLargeError": BonafaceError,
    "InvalidImageError": BonafaceError,
    "UnsupportedImageFormatError": BonafaceError,
    "ImageUrlError": BonafaceError,
    "DownloadTooLargeError": errors.ImageTooLargeError,
    "ImageTimeoutError": BonafaceError,
    "OverloadedError": BonafaceError,
    "QuotaExceededError": BonafaceError,
    "ConfigurationError": BonafaceError,
    "ModelError": BonafaceError,
    "ModelMissingError": errors.ModelError,
    "ModelCorruptError": errors.ModelError,
    "StorageError": BonafaceError,
    "StorageUnavailableError": errors.StorageError,
    "StorageAwayError": errors.StorageUnavailableError,
}


def test_the_tree() -> None:
    tree = {error.__name__: error.__bases__[0] for error in CLASSES if error is not BonafaceError}
    assert tree == PARENTS


def test_each_class_has_its_own_code_and_says_what_it_means() -> None:
    codes = [error.__dict__["code"] for error in CLASSES]
    assert len(set(codes)) == len(CLASSES)
    assert all(code == code.lower() and code.replace("_", "").isalpha() for code in codes)
    assert all(error.__doc__ for error in CLASSES)


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.code)
def test_the_message_is_what_the_caller_sees(error: type[BonafaceError]) -> None:
    with pytest.raises(BonafaceError, match=r"^Send another one\.$"):
        raise error("Send another one.")


@pytest.mark.parametrize("error", [errors.OverloadedError, errors.QuotaExceededError])
def test_refusals_say_when_to_come_back(
    error: type[errors.OverloadedError] | type[errors.QuotaExceededError],
) -> None:
    assert error("Later.").retry_after == 1
    assert error("Later.", retry_after=30).retry_after == 30
    assert str(error("Later.", 30)) == "Later."
