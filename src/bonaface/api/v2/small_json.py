"""Requests of /v2 whose body is a small JSON object and whose address has no query."""

from typing import TypeVar

from fastapi import Request

from bonaface.api.body import content_type
from bonaface.api.body.content_type import BodyKind
from bonaface.api.body.json_reader import JsonReader
from bonaface.api.body.small_body import MAX_BYTES, read_small
from bonaface.api.v2.schemas import V2Object
from bonaface.errors import InvalidParameterError, UnsupportedMediaTypeError

NO_QUERY = "{path} takes no query; give everything in the body."
NOT_JSON = "Send the body as application/json{instead}."

Asked = TypeVar("Asked", bound=V2Object)


async def read_json(
    request: Request, reader: JsonReader[Asked], max_bytes: int = MAX_BYTES, without_body: Asked | None = None
) -> Asked:
    """What is asked for; `without_body`, if that is given, where there is no body.

    Raises InvalidParameterError, UnsupportedMediaTypeError for a body of another kind.
    """
    if request.url.query:
        raise InvalidParameterError(NO_QUERY.format(path=request.url.path))
    body = await read_small(request, max_bytes)
    if without_body is not None and not body:
        return without_body
    kind, _ = content_type.parse(request.headers.get("content-type", ""))
    if kind is not BodyKind.JSON:
        raise UnsupportedMediaTypeError(NOT_JSON.format(instead="" if without_body is None else ", or none"))
    return reader.read(body)
