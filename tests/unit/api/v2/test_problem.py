"""Problem details of /v2: status, word, sentence, and nothing of the inside."""

import orjson
import pytest

from bonaface.api.errors import outcome_of
from bonaface.api.outcome import NO_STORAGE
from bonaface.api.v2.problem import is_v2, liveness_problem, router_problem
from bonaface.errors import (
    ConflictError,
    ImageTimeoutError,
    ImageTooLargeError,
    ImageTooSmallError,
    ImageUrlError,
    InvalidImageError,
    InvalidParameterError,
    OverloadedError,
    QuotaExceededError,
    StorageAwayError,
    StorageError,
    UnauthorizedError,
    UnsupportedImageFormatError,
    UnsupportedMediaTypeError,
)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidParameterError("Do this."), 400, "invalid_parameter"),
        (ImageTooSmallError("Do this."), 400, "image_too_small"),
        (InvalidImageError("Do this."), 400, "invalid_image"),
        (ImageUrlError("Do this."), 400, "invalid_url"),
        (UnauthorizedError("Do this."), 401, "unauthorized"),
        (ImageTimeoutError("Do this."), 408, "timeout"),
        (ConflictError("Do this."), 409, "conflict"),
        (ImageTooLargeError("Do this."), 413, "image_too_large"),
        (UnsupportedImageFormatError("Do this."), 415, "unsupported_format"),
        (UnsupportedMediaTypeError("Do this."), 415, "unsupported_media_type"),
        (QuotaExceededError("Do this."), 429, "quota_exceeded"),
        (OverloadedError("Do this."), 503, "overloaded"),
    ],
)
def test_every_error_has_its_status_its_word_and_its_sentence(
    error: Exception, status: int, code: str
) -> None:
    response = liveness_problem(error, outcome_of(error), "abc")
    told = orjson.loads(response.body)
    assert (response.status_code, told["status"], told["code"]) == (status, status, code)
    assert (told["detail"], told["requestId"]) == ("Do this.", "abc")
    assert response.media_type == "application/problem+json"


@pytest.mark.parametrize("error", [KeyError("/srv/secret"), StorageError("/srv/secret")])
def test_what_is_of_the_inside_tells_nothing(error: Exception) -> None:
    response = liveness_problem(error, outcome_of(error), "abc")
    assert (response.status_code, orjson.loads(response.body)["code"]) == (500, "internal")
    assert b"/srv/secret" not in bytes(response.body)


def test_storage_that_is_away_is_to_be_tried_again() -> None:
    error = StorageAwayError("db at 10.0.0.1")
    response = liveness_problem(error, outcome_of(error), "abc")
    told = orjson.loads(response.body)
    assert (response.status_code, told["code"], told["detail"]) == (503, "unavailable", NO_STORAGE)
    assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (405, "method_not_allowed")])
def test_what_the_router_refuses(status: int, code: str) -> None:
    told = orjson.loads(router_problem(status, "x", {}, "abc").body)
    assert (told["status"], told["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "is_so"), [("/v2/liveness", True), ("/v2/", True), ("/v2", True), ("/v2.0/appkeys", False)]
)
def test_paths(path: str, is_so: bool) -> None:
    assert is_v2(path) is is_so
