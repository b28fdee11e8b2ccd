"""A JSON body as a model: bounded first, and nothing built of what the model does not know."""

import json
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bonaface.api.body import json_text
from bonaface.api.body.json_text import Asked
from bonaface.errors import InvalidParameterError

Model = TypeVar("Model", bound=BaseModel)
TWICE = "{member} is there twice; give it once."


class JsonReader(Generic[Model]):
    """Reads bodies as `model`: members that it does not know are skipped, or refused if it forbids them.

    A model that forbids has each member once, too; of others the last one counts.
    """

    def __init__(self, model: type[Model]) -> None:
        self._model = model
        self._forbids = model.model_config.get("extra") == "forbid"  # its error names the member
        self._asked = None if self._forbids else members_of(model)

    def read(self, body: bytes | bytearray) -> Model:
        """The body as a model. A bytearray is used up: it is empty then, so that its memory is free.

        Raises InvalidParameterError for what is no JSON, not as the model says, or over the limits of
        `json_text`.
        """
        text = body if isinstance(body, bytearray) else bytearray(body)
        json_text.check(text, self._asked)
        checked = bytes(text)
        text.clear()  # the parser would copy it, and keep both
        try:
            found = self._model.model_validate_json(checked, by_name=False)
        except ValidationError as error:
            raise InvalidParameterError(_explain(error)) from None  # its text would hold the body
        if self._forbids:
            _check_members(checked)
        return found


def _check_members(text: bytes) -> None:
    """Raises InvalidParameterError for a member twice. The model took the text, so its names are harmless."""
    json.loads(text, object_pairs_hook=_once, parse_int=len, parse_float=len)


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for member, _ in pairs:
        if member in seen:
            raise InvalidParameterError(TWICE.format(member=member))
        seen.add(member)


def members_of(model: type[BaseModel]) -> Asked:
    """The members that `model` asks for, by their names on the wire."""
    return {field.alias or name: _inside(field.annotation) for name, field in model.model_fields.items()}


def _inside(annotation: object) -> Asked | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return members_of(annotation)
    return None


def _explain(error: ValidationError) -> str:
    """The first fault, by the name of its member; never what was sent."""
    fault = error.errors(include_input=False, include_context=False, include_url=False)[0]
    member = ".".join(map(str, fault["loc"]))
    return f"{member}: {fault['msg']}." if member else f"{fault['msg']}."
