"""The envelope."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.api.envelope import (
    CODE_HEADER,
    DETAIL_HEADER,
    failure,
    header_text,
    success,
)
from bonaface.api.outcome import Outcome


def test_success_holds_header_and_data() -> None:
    response = success(Outcome.NO_FACE, {"faceDetailCount": 0})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers[CODE_HEADER] == "0"
    assert orjson.loads(response.body) == {
        "header": {"isSuccessful": True, "resultCode": 0, "resultMessage": "Success"},
        "data": {"faceDetailCount": 0},
    }


def test_failure_holds_the_header_alone() -> None:
    response = failure(Outcome.INVALID, 400, "Say what.", headers={"Allow": "POST"})
    assert response.status_code == 400
    assert response.headers["allow"] == "POST"
    assert response.headers[DETAIL_HEADER] == "Say what."
    assert orjson.loads(response.body) == {
        "header": {"isSuccessful": False, "resultCode": -40000, "resultMessage": "InvalidParam"}
    }


@pytest.mark.parametrize("detail", [None, ""])
def test_a_failure_without_detail_has_no_detail_header(detail: str | None) -> None:
    assert DETAIL_HEADER not in failure(Outcome.INTERNAL, 500, detail).headers


@given(st.text())
def test_header_text_is_one_short_line_of_ascii(text: str) -> None:
    line = header_text(text)
    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= 500


def test_header_text_keeps_a_plain_sentence() -> None:
    assert header_text("Send\r\n a smaller   file é.") == "Send a smaller file \\xe9."
