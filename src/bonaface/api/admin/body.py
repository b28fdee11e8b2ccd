"""JSON bodies of the admin API: read after the token was checked, small, and without unknown members."""

from typing import Any, Generic, TypeVar

from fastapi import Request

from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.schemas import AdminRequest
from bonaface.api.body.json_reader import JsonReader
from bonaface.api.body.small_body import read_small
from bonaface.api.inlined_schema import inlined_schema

Model = TypeVar("Model", bound=AdminRequest)


class JsonBody(Generic[Model]):
    """A dependency that gives the body as `model`. Raises InvalidParameterError."""

    def __init__(self, model: type[Model]) -> None:
        self._reader = JsonReader(model)

    async def __call__(self, request: Request, _admin: AdminDep) -> Model:
        return self._reader.read(await read_small(request))


def described(model: type[AdminRequest]) -> dict[str, Any]:
    """What the OpenAPI document says of a body that `JsonBody` reads."""
    content = {"application/json": {"schema": inlined_schema(model)}}
    return {"requestBody": {"required": True, "content": content}}
