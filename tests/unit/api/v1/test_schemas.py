"""The models of the contract's JSON."""

import jsonschema_rs
import pytest

from bonaface.api.inlined_schema import inlined_schema
from bonaface.api.v1.schemas import SpoofingRequest

GOOD = [
    {"image": {"url": "https://host/a.png"}},
    {"image": {"bytes": "aW1hZ2U="}, "spoofingCondition": "strict", "new": 1},
]
BAD = [{}, {"image": {}}, {"image": {"url": "a", "bytes": "b"}}, {"image": {"url": 1}}]


def test_the_request_schema_refers_to_nothing() -> None:
    assert "$ref" not in str(inlined_schema(SpoofingRequest))
    jsonschema_rs.meta.validate(inlined_schema(SpoofingRequest))


@pytest.mark.parametrize("request_body", GOOD)
def test_the_request_schema_takes_what_the_model_takes(request_body: dict[str, object]) -> None:
    jsonschema_rs.validate(inlined_schema(SpoofingRequest), request_body)
    SpoofingRequest.model_validate(request_body)


@pytest.mark.parametrize("request_body", BAD)
def test_the_request_schema_refuses(request_body: dict[str, object]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(inlined_schema(SpoofingRequest), request_body)
