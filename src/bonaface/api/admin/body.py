"""JSON bodies of the admin API: read after the token was checked, small, and without unknown members."""

from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import ValidationError

from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.schemas import AdminRequest
from bonaface.api.inline import inlined_schema
from bonaface.api.small_body import read_small
from bonaface.errors import InvalidParameterError

Model = TypeVar("Model", bound=AdminRequest)


class JsonBody(Generic[Model]):
    """A dependency that gives the body as `model`. Raises InvalidParameterError."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model

    async def __call__(self, request: Request, _admin: AdminDep) -> Model:
        body = await read_small(request)
        try:
            return self._model.model_validate_json(body, by_name=False)
        except ValidationError as error:
            raise InvalidParameterError(_explain(error)) from None


def described(model: type[AdminRequest]) -> dict[str, Any]:
    """What the OpenAPI document says of a body that `JsonBody` reads."""
    content = {"application/json": {"schema": inlined_schema(model)}}
    return {"requestBody": {"required": True, "content": content}}


def _explain(error: ValidationError) -> str:
    """The first fault, by the name of its member; never what was sent."""
    fault = error.errors(include_input=False, include_context=False, include_url=False)[0]
    member = ".".join(map(str, fault["loc"]))
    return f"{member}: {fault['msg']}." if member else f"{fault['msg']}."
