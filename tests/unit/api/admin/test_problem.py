import orjson
import pytest
from fastapi.exceptions import RequestValidationError

from bonaface.api.admin.problem import is_admin, problem_of
from bonaface.errors import (
    ConflictError,
    ImageTooLargeError,
    InvalidParameterError,
    NotFoundError,
    OverloadedError,
    StorageAwayError,
    StorageError,
    UnauthorizedError,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidParameterError("Do this."), 400),
        (NotFoundError("Do this."), 404),
        (UnauthorizedError("Do this."), 401),
        (ConflictError("Do this."), 409),
        (ImageTooLargeError("Do this."), 413),
        (OverloadedError("Do this."), 503),
        (StorageError("Do this."), 503),
    ],
)
def test_every_error_has_its_status_and_its_sentence(error: Exception, status: int) -> None:
    response = problem_of(error)
    told = orjson.loads(response.body)
    assert (response.status_code, told["status"], told["detail"]) == (status, status, "Do this.")
    assert response.media_type == "application/problem+json"


def test_what_nobody_expected_tells_nothing() -> None:
    response = problem_of(KeyError("/srv/secret"))
    assert response.status_code == 500
    assert b"/srv/secret" not in bytes(response.body)


def test_headers_that_belong_to_the_status() -> None:
    assert problem_of(UnauthorizedError("x")).headers["www-authenticate"] == "Bearer"
    assert problem_of(StorageAwayError("x")).headers["retry-after"] == "1"
    assert problem_of(OverloadedError("x", 7)).headers["retry-after"] == "7"


def test_a_parameter_that_does_not_hold_is_named_without_its_value() -> None:
    fault = {"type": "x", "loc": ("query", "limit"), "msg": "too small", "input": "hidden"}
    response = problem_of(RequestValidationError([fault]))
    assert orjson.loads(response.body)["detail"] == "limit: too small."


@pytest.mark.parametrize(
    ("path", "is_so"), [("/admin/v1/x", True), ("/admin", False), ("/v1.0/admin/", False)]
)
def test_paths(path: str, is_so: bool) -> None:
    assert is_admin(path) is is_so
