"""The JSON around every answer: the contract's header, then the data of a success."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response

from bonaface.api.outcome import Outcome

MEDIA_TYPE = "application/json"
DETAIL_HEADER = "X-Error-Detail"
CODE_HEADER = "X-Result-Code"
LONGEST_DETAIL = 500


class EnvelopeResponse(Response):
    """A response in the envelope. Its result code is a header too, for clients that read no body."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        header: Mapping[str, Any],
        data: Mapping[str, Any] | None,
        status: int,
        headers: Mapping[str, str],
    ) -> None:
        body = {"header": header} if data is None else {"header": header, "data": data}
        super().__init__(orjson.dumps(body), status_code=status, headers={**headers})
        self.headers[CODE_HEADER] = str(header["resultCode"])


def success(outcome: Outcome, data: Mapping[str, Any]) -> Response:
    """An answer that holds `data`."""
    return EnvelopeResponse(_header(outcome), data, 200, {})


def failure(
    outcome: Outcome, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A refusal: the header alone. `detail`, one sentence for the developer, goes in X-Error-Detail."""
    extra = dict(headers or {})
    if detail:
        extra[DETAIL_HEADER] = header_text(detail)
    return EnvelopeResponse(_header(outcome), None, status, extra)


def header_text(text: str) -> str:
    """`text` as one line of printable ASCII, at most 500 characters, whatever was in it."""
    line = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii")
    return "".join(character for character in line if character.isprintable())[:LONGEST_DETAIL]


def _header(outcome: Outcome) -> dict[str, Any]:
    return {
        "isSuccessful": outcome.is_success,
        "resultCode": outcome.code,
        "resultMessage": outcome.message,
    }
