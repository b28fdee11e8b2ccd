"""JSON schemas of request bodies that are read by hand, for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel


def inlined_schema(model: type[BaseModel]) -> dict[str, Any]:
    """JSON schema of `model` by its members' wire names, with nothing by reference."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})
    inlined: dict[str, Any] = _inlined(schema, definitions)
    return inlined


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    return {name: _inlined(value, definitions) for name, value in node.items()}
