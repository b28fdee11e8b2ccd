"""The models of clients/python are those of the API's document."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import bonaface_client
from bonaface_client import answers
from conftest import ROOT

SCHEMAS = json.loads((Path(__file__).parent / "openapi.snapshot.json").read_text())["components"]["schemas"]
MODELS = [
    each
    for each in vars(answers).values()
    if isinstance(each, type) and issubclass(each, answers.Answer) and each is not answers.Answer
]
LENIENT = {("SpoofingResponse", "data")}
"""Members that an answer has, and a refusal, which is read by the same model, has not."""


def _kind(schema: dict[str, Any]) -> Any:  # noqa: ANN401 - a name, a list of them, or one inside another
    """What a member is, without its bounds and words: a client takes more than a server sends."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _kind(SCHEMAS[name]) if "enum" in SCHEMAS.get(name, {}) else name
    if "anyOf" in schema:
        return sorted(str(_kind(each)) for each in schema["anyOf"])
    if schema["type"] == "array":
        return [_kind(schema["items"])]
    return schema["type"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_has_the_members_that_the_document_tells(model: type[answers.Answer]) -> None:
    ours, told = model.model_json_schema(mode="validation"), SCHEMAS[model.__name__]
    assert ours["properties"].keys() == told["properties"].keys()
    for name, member in told["properties"].items():
        if (model.__name__, name) not in LENIENT:
            assert _kind(ours["properties"][name]) == _kind(member), name
            assert (name in ours["required"]) == (name in told["required"]), name


@pytest.mark.parametrize("name", ["LivenessAnswer", "SpoofingResponse", "FeedbackAnswer"])
def test_every_answer_of_the_document_has_its_models(name: str) -> None:
    """With all that is inside."""
    left, found = [name], set[str]()
    while left:
        one = left.pop()
        if one not in found and "enum" not in SCHEMAS[one]:
            found.add(one)
            left += re.findall(r'"#/components/schemas/(\w+)"', json.dumps(SCHEMAS[one]))
    assert found <= {model.__name__ for model in MODELS}


def test_the_version_is_that_of_the_server() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert bonaface_client.__version__ == project["version"]


def test_every_public_name_is_on_the_page() -> None:
    page = (ROOT / "docs" / "clients.md").read_text("utf-8")
    assert [name for name in bonaface_client.__all__ if f"`{name}" not in page] == []
