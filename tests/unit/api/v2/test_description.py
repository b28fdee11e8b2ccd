from bonaface.api.v2.body import PARTS
from bonaface.api.v2.description import EXTRA, FORM, RESPONSES, TRY_AGAIN
from bonaface.api.v2.schemas import LivenessRequest


def test_the_form_has_the_parts_that_are_read() -> None:
    assert set(FORM["properties"]) == set(PARTS)


def test_the_json_has_the_members_that_are_read_and_no_others() -> None:
    schema = EXTRA["requestBody"]["content"]["application/json"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["properties"].keys() == LivenessRequest.model_fields.keys()


def test_whoever_is_to_try_again_is_told_when() -> None:
    assert {status for status, told in RESPONSES.items() if "headers" in told} == TRY_AGAIN
