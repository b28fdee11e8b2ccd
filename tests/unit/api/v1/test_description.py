"""What the OpenAPI document says of the route."""

import jsonschema_rs
import pytest

from bonaface.api.v1.description import EXTRA, FORM, RESPONSES
from bonaface.types import Preset

CONTENT = EXTRA["requestBody"]["content"]


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data"])
def test_bodies_are_described_by_valid_schemas(media_type: str) -> None:
    jsonschema_rs.meta.validate(CONTENT[media_type]["schema"])


@pytest.mark.parametrize("preset", Preset)
def test_the_form_takes_every_preset(preset: Preset) -> None:
    jsonschema_rs.validate(FORM, {"imageFile": "x", "spoofingCondition": str(preset)})
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(FORM, {"imageFile": "x", "spoofingCondition": preset.upper()})


def test_refusals_say_when_to_come_back() -> None:
    for status in (429, 503):
        assert "Retry-After" in RESPONSES[status]["headers"]
    assert "Retry-After" not in RESPONSES[200]["headers"]
