"""JSON bodies as models."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from bonaface.api.body.json_reader import JsonReader, members_of
from bonaface.api.v1.schemas import SpoofingRequest
from bonaface.errors import InvalidParameterError


class Inner(BaseModel):
    text: StrictStr | None = None


class Outer(BaseModel):
    inner: Inner = Inner()
    a_number: int = Field(0, alias="aNumber")


class Closed(Outer):
    model_config = ConfigDict(extra="forbid")


def test_it_asks_for_the_members_of_the_model_by_their_names_on_the_wire() -> None:
    assert members_of(Outer) == {"inner": {"text": None}, "aNumber": None}
    assert members_of(SpoofingRequest) == {"image": {"url": None, "bytes": None}, "spoofingCondition": None}


def test_what_the_model_does_not_know_is_skipped_at_every_level() -> None:
    body = rb'{"x": ["\ud800", 1e400], "inner": {"y": [{}], "text": "a\u0062"}, "aNumber": 3, "z": null}'
    assert JsonReader(Outer).read(body) == Outer(inner=Inner(text="ab"), aNumber=3)


def test_of_a_member_that_comes_twice_the_last_counts() -> None:
    assert JsonReader(Outer).read(b'{"inner": 0, "aNumber": 1, "inner": {"text": "b"}}').inner.text == "b"


def test_a_model_that_forbids_others_names_them() -> None:
    assert JsonReader(Closed).read(b'{"aNumber": 4}').a_number == 4
    with pytest.raises(InvalidParameterError, match="nickname"):
        JsonReader(Closed).read(b'{"nickname": 4}')


@pytest.mark.parametrize(
    "body", [b'{"aNumber": 1, "aNumber": 1}', b'{"inner": {"text": "a", "t\\u0065xt": "b"}}']
)
def test_a_model_that_forbids_others_has_each_once(body: bytes) -> None:
    with pytest.raises(InvalidParameterError, match="is there twice"):
        JsonReader(Closed).read(body)


@pytest.mark.parametrize("model", [Outer, Closed])
@pytest.mark.parametrize("inside", ["[" * 64 + "]" * 64, "[" + "1," * 10_000 + "1]", "NaN"])
def test_either_is_bounded(model: type[Outer], inside: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"levels|values|byte"):
        JsonReader(model).read(f'{{"x": {inside}}}'.encode())


def test_the_body_is_used_up() -> None:
    body = bytearray(b'{"aNumber": 4}')
    assert JsonReader(Outer).read(body).a_number == 4
    assert body == b""
