"""The JSON around every answer: the contract's header, then the data of a success."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response
from starlette.types import Message

MEDIA_TYPE = "application/json"
DETAIL_HEADER = "X-Error-Detail"
CODE_HEADER = "X-Result-Code"
_RAW_CODE_HEADER = CODE_HEADER.lower().encode()
LONGEST_DETAIL = 500


class EnvelopeResponse(Response):
    """A response in the envelope. It knows its result code, for the access log."""

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


def success(data: Mapping[str, Any]) -> Response:
    """An answer that holds `data`."""
    return EnvelopeResponse(_header(True, 0, "Success"), data, 200, {})


def failure(
    code: int,
    message: str,
    status: int,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A refusal: the header alone. `detail`, one sentence for the developer, goes in X-Error-Detail."""
    extra = dict(headers or {})
    if detail:
        extra[DETAIL_HEADER] = header_text(detail)
    return EnvelopeResponse(_header(False, code, message), None, status, extra)


def result_code_of(start: Message) -> int | None:
    """The result code of an answer that begins with `start`; None for one that is not in the envelope."""
    codes = (int(value) for name, value in start.get("headers", ()) if name == _RAW_CODE_HEADER)
    return next(codes, None)


def header_text(text: str) -> str:
    """`text` as one line of printable ASCII, at most 500 characters, whatever was in it."""
    line = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii")
    return "".join(character for character in line if character.isprintable())[:LONGEST_DETAIL]


def _header(is_successful: bool, code: int, message: str) -> dict[str, Any]:
    return {"isSuccessful": is_successful, "resultCode": code, "resultMessage": message}
