"""The OpenAPI document: as reviewed, true to the guide's sample, and true to what the server answers.

After a change that was meant, run this file with REWRITE_SNAPSHOT=1 and review the snapshot.
"""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from bonaface.api.v1.schemas import SpoofingResponse
from support.servers.thread import RunningServer

HERE = Path(__file__).parent
SNAPSHOT = HERE / "openapi.snapshot.json"
SAMPLE = json.loads((HERE / "sample.json").read_text())
ROUTE = "/v1.0/appkeys/{appKey}/spoofing"


@pytest.fixture
def document(server: RunningServer) -> dict[str, Any]:
    with server.client() as client:
        document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def test_it_is_the_one_that_was_reviewed(document: dict[str, Any]) -> None:
    document["info"]["version"] = "(any)"
    if os.environ.get("REWRITE_SNAPSHOT"):
        SNAPSHOT.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    assert document == json.loads(SNAPSHOT.read_text())


def answer_schema(document: dict[str, Any]) -> dict[str, Any]:
    content = document["paths"][ROUTE]["post"]["responses"]["200"]["content"]
    return {**content["application/json"]["schema"], "components": document["components"]}


def test_the_sample_of_the_guide_is_an_answer(document: dict[str, Any]) -> None:
    jsonschema_rs.validate(answer_schema(document), SAMPLE)
    parsed = SpoofingResponse.model_validate(SAMPLE)
    assert parsed.model_dump(by_alias=True) == SAMPLE


def test_our_answers_are_answers(document: dict[str, Any], server: RunningServer, portrait: bytes) -> None:
    with server.client() as client:
        success = client.post(server.path, files={"imageFile": portrait}).json()
        failure = client.post(server.path, json={}).json()
    assert (success["header"]["isSuccessful"], failure["header"]["isSuccessful"]) == (True, False)
    for answer in (success, failure):
        jsonschema_rs.validate(answer_schema(document), answer)


@pytest.mark.parametrize("spoilt", ["bbox", "landmarks", "spoofing", "confidence"])
def test_an_answer_without_a_member_is_none(document: dict[str, Any], spoilt: str) -> None:
    answer = json.loads(json.dumps(SAMPLE))
    del answer["data"]["faceDetails"][0][spoilt]
    with pytest.raises(ValueError, match=spoilt):
        SpoofingResponse.model_validate(answer)


def test_the_operation_tells_key_and_both_bodies(document: dict[str, Any]) -> None:
    operation = document["paths"][ROUTE]["post"]
    assert operation["security"] == [{"secretKey": []}]
    scheme = document["components"]["securitySchemes"]["secretKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    assert operation["requestBody"]["content"].keys() == {"application/json", "multipart/form-data"}
    assert operation["responses"].keys() == {"200", "429", "503"}
