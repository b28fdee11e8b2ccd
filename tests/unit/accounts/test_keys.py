import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.accounts import keys

ANY_TEXT = st.text(st.characters(codec=None))  # lone surrogates too


def test_app_keys_are_16_letters_and_digits_and_differ() -> None:
    made = {keys.make_app_key() for _ in range(1000)}

    assert len(made) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9]{16}", key) for key in made)
    assert all(keys.may_be_app_key(key) for key in made)
    assert set("".join(made)) == set(keys.APP_KEY_ALPHABET)


def test_secrets_are_256_random_bits_in_43_characters() -> None:
    made = {keys.make_secret() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(secret) for secret in made} == {43}
    assert {len(base64.urlsafe_b64decode(secret + "=")) for secret in made} == {32}


@pytest.mark.parametrize("value", ["", "a b", "a\n", "é", "٣", "a\x00", "\ud800", "a" * 65, "a'--", "a%"])
def test_what_has_not_the_form_of_an_app_key_is_told(value: str) -> None:
    assert not keys.may_be_app_key(value)


def test_the_digest_is_sha256() -> None:
    assert keys.digest_of("secret") == hashlib.sha256(b"secret").digest()


@given(ANY_TEXT, ANY_TEXT)
def test_any_string_has_a_digest_and_different_strings_different_ones(one: str, other: str) -> None:
    assert len(keys.digest_of(one)) == 32
    assert (keys.digest_of(one) == keys.digest_of(other)) == (one[:128] == other[:128])


def test_only_a_bounded_part_of_a_long_string_is_hashed() -> None:
    assert keys.digest_of("x" * 1_000_000) == hashlib.sha256(b"x" * 128).digest()
    assert len(keys.make_secret()) < keys.LONGEST_GIVEN


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_digests_are_the_same_only_if_equal(one: bytes, other: bytes) -> None:
    assert keys.is_same(one, bytes(one))
    assert keys.is_same(one, other) == (one == other)
    assert not keys.is_same(one, keys.NO_DIGEST) or one == keys.NO_DIGEST
