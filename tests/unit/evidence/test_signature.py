"""Any answer signs and verifies; any change, any other key and any other algorithm do not."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt import PyJWK, PyJWS

from bonaface.errors import InvalidParameterError
from bonaface.evidence.canonical_json import canonical_json, read_object, without
from bonaface.evidence.signature import (
    FORGED,
    MEMBER,
    NOT_ONE,
    OTHER_ALGORITHM,
    UNKNOWN_KEY,
    sign,
    signed_payload,
    untrusted_payload,
)
from bonaface.evidence.signing_key import jwk_of
from support.security.answers import answer, key, keys_of

KEY = key()
KEYS = keys_of(KEY)
SIGNATURE = sign(answer(), KEY)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=10,
)
ANSWERS = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON)


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _refusal(signature: str) -> str:
    with pytest.raises(InvalidParameterError) as raised:
        signed_payload(signature, KEYS)
    return str(raised.value)


@settings(max_examples=50)
@given(ANSWERS)
def test_any_answer_signs_and_verifies(given_answer: dict[str, Any]) -> None:
    payload = signed_payload(sign(given_answer, KEY), KEYS)
    assert payload == canonical_json(without(given_answer, MEMBER))
    assert canonical_json(read_object(json.dumps(given_answer).encode())) == canonical_json(given_answer)


def test_the_header_has_algorithm_and_key_and_no_more() -> None:
    header = json.loads(base64.urlsafe_b64decode(SIGNATURE.split(".")[0] + "=="))
    assert header == {"alg": "EdDSA", "kid": KEY.kid}


def test_any_reader_of_jws_verifies_it_by_the_published_key() -> None:
    payload = PyJWS().decode(SIGNATURE, PyJWK(jwk_of(KEY)), ["EdDSA"])
    assert json.loads(payload) == without(answer(), MEMBER)


def test_a_signature_that_is_there_already_is_not_signed() -> None:
    assert sign({**answer(), MEMBER: "other"}, KEY) == SIGNATURE


@given(st.integers(0, len(SIGNATURE) - 1), st.integers(1, 255))
def test_any_changed_byte_fails(at: int, change: int) -> None:
    changed = bytearray(SIGNATURE.encode())
    changed[at] ^= change
    with pytest.raises(InvalidParameterError):
        signed_payload(changed.decode("latin-1"), KEYS)


@pytest.mark.parametrize(
    "changed",
    [f"{SIGNATURE}==", f" {SIGNATURE}", f"{SIGNATURE}\n", SIGNATURE[:-1], "", "..", "a.b"],
    ids=["padded", "before", "behind", "cut", "empty", "dots", "two"],
)
def test_what_is_longer_or_shorter_is_none(changed: str) -> None:
    assert _refusal(changed) == NOT_ONE


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError):
        signed_payload(text, KEYS)
    untrusted_payload(text)


def test_another_key_is_refused() -> None:
    other = key()
    assert _refusal(sign(answer(), other)) == UNKNOWN_KEY
    with pytest.raises(InvalidParameterError) as raised:
        signed_payload(SIGNATURE, {KEY.kid: other.public})
    assert str(raised.value) == FORGED


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES256", "RS256", "Ed448", ""])
def test_another_algorithm_is_refused(algorithm: str) -> None:
    header = _encoded(json.dumps({"alg": algorithm, "kid": KEY.kid}).encode())
    assert _refusal(".".join([header, *SIGNATURE.split(".")[1:]])) == OTHER_ALGORITHM


@pytest.mark.parametrize(
    "secret", [KEY.public.public_bytes_raw(), str(jwk_of(KEY)["x"]).encode()], ids=["raw", "jwk"]
)
def test_a_public_key_is_no_shared_secret(secret: bytes) -> None:
    """The attack of old: HS256 by what everybody knows."""
    signed = f"{_encoded(json.dumps({'alg': 'HS256', 'kid': KEY.kid}).encode())}.{SIGNATURE.split('.')[1]}"
    mac = hmac.digest(secret, signed.encode(), hashlib.sha512)
    assert _refusal(f"{signed}.{_encoded(mac)}") == OTHER_ALGORITHM


@pytest.mark.parametrize("header", [{"alg": "EdDSA"}, {"alg": "EdDSA", "kid": "other"}, {"kid": KEY.kid}, {}])
def test_a_header_without_one_of_our_keys_is_refused(header: dict[str, str]) -> None:
    changed = ".".join([_encoded(json.dumps(header).encode()), *SIGNATURE.split(".")[1:]])
    assert _refusal(changed) in (UNKNOWN_KEY, OTHER_ALGORITHM)


def test_a_retired_key_does_not_sign() -> None:
    with pytest.raises(InvalidParameterError, match="signs no more"):
        sign(answer(), KEY.retired)


def test_an_answer_without_canonical_form_is_not_signed() -> None:
    with pytest.raises(InvalidParameterError):
        sign({"score": float("nan")}, KEY)
