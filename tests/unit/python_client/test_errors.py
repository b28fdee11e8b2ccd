import json

import pytest

from bonaface.api.errors import TABLE
from bonaface.api.outcome import Outcome
from bonaface.api.v2.problem import liveness_problem
from bonaface.errors import BonafaceError, ForbiddenError
from bonaface_client import errors
from bonaface_client.errors import InvalidImageError, ServiceError, UnavailableError, kind_of


@pytest.mark.parametrize("row", list(dict.fromkeys(TABLE.values())))
def test_every_code_of_the_server_has_a_class_of_its_own(row: Outcome) -> None:
    kind = kind_of(row.code, row.status)
    assert kind is not ServiceError
    assert issubclass(kind, ServiceError)
    assert kind.is_temporary is (row.status in (429, 503))


ADMINISTRATORS = {ForbiddenError}
"""What the admin API alone tells."""
CALLERS = [each for each in TABLE if issubclass(each, BonafaceError) and each not in ADMINISTRATORS]


@pytest.mark.parametrize("error", CALLERS)
def test_every_word_of_the_server_has_one(error: type[BonafaceError]) -> None:
    outcome = TABLE[error]
    word = json.loads(bytes(liveness_problem(error("Why."), outcome, "r1").body))["code"]
    assert kind_of(word, outcome.status) is kind_of(outcome.code, outcome.status), word


def test_a_code_that_is_not_known_is_still_a_refusal() -> None:
    assert kind_of(-99999, 200) is ServiceError


def test_the_status_tells_what_is_temporary() -> None:
    assert kind_of(-50000, 503) is UnavailableError
    assert kind_of(-50000, 200) is errors.InternalServiceError


def test_an_error_tells_code_name_and_what_to_do() -> None:
    error = InvalidImageError(-45030, "InvalidImageParameterException", status=200, detail="Send it whole.")
    assert str(error) == "-45030 InvalidImageParameterException: Send it whole."
    assert (error.code, error.status, error.request_id) == (-45030, 200, None)
    assert str(InvalidImageError(-45030, "Invalid", status=200)) == "-45030 Invalid"


def test_there_is_one_tree() -> None:
    found = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert len(found) > 10
    assert all(issubclass(each, errors.BonafaceClientError) for each in found)
