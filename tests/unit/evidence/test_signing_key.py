from datetime import timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bonaface.errors import InvalidParameterError
from bonaface.evidence.signing_key import (
    NOT_A_SET,
    jwk_of,
    key_of,
    make_key,
    public_set,
    read_public_keys,
    thumbprint,
)
from support.security.answers import NOW, key, keys_of

RFC_8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""The key of its appendix A.1."""


def _public(**changes: object) -> dict[str, object]:
    return {**{name: RFC_8037[name] for name in ("kty", "crv", "x")}, **changes}


def test_the_thumbprint_is_that_of_the_standard() -> None:
    """RFC 8037, appendix A.3."""
    assert key_of(RFC_8037).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_key_is_the_same_after_it_was_written() -> None:
    made = make_key(NOW, NOW + timedelta(minutes=10))
    read = key_of(jwk_of(made, private=True))
    assert (read.kid, read.made_at, read.signs_from) == (made.kid, NOW, NOW + timedelta(minutes=10))
    assert read.private is not None
    assert made.private is not None
    assert read.private.private_bytes_raw() == made.private.private_bytes_raw()


def test_nothing_that_signs_is_in_what_is_published_or_printed() -> None:
    made = key()
    secret = str(jwk_of(made, private=True)["d"])
    (published,) = orjson.loads(orjson.dumps(public_set([made])))["keys"]
    assert published.keys() == {"kty", "crv", "alg", "use", "kid", "x", "iat", "nbf"}
    assert secret not in f"{published} {made!r} {jwk_of(made)}"
    assert "d" not in jwk_of(made.retired, private=True)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        _public(kty="EC"),
        _public(crv="Ed448"),
        _public(x="AAAA"),
        _public(x="!!!!"),
        _public(x=1234567),
        _public(d="AAAA"),
        _public(d=jwk_of(key(), private=True)["d"]),
        _public(kid="mine"),
        _public(nbf=10**30),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(jwk: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^it|^its") as raised:
        key_of(jwk)
    assert raised.value.__cause__ is None
    assert not any(str(value) in str(raised.value) for name, value in jwk.items() if name in "xd")


def test_the_keys_of_others_in_a_set_are_passed_over() -> None:
    ours = jwk_of(key())
    text = orjson.dumps({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, 1, ours, _public(kid="theirs")]})
    assert read_public_keys(text).keys() == {ours["kid"]}


@pytest.mark.parametrize("text", [b"{}", b'{"keys":[]}', b'{"keys":1}', b'{"keys":[{"kty":"oct","k":"AA"}]}'])
def test_a_set_without_one_of_ours_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidParameterError) as raised:
        read_public_keys(text)
    assert str(raised.value) == NOT_A_SET


def test_public_keys_go_by_their_thumbprints() -> None:
    one, other = key(), key()
    found = keys_of(one, other)
    assert found.keys() == {one.kid, other.kid}
    assert all(isinstance(each, Ed25519PublicKey) and thumbprint(each) == kid for kid, each in found.items())
