"""appKeys and secrets: how they are made, hashed and compared.

A secret has 256 random bits, so a plain SHA-256 is enough to keep it: a slow password hash protects
secrets that can be guessed, and would only cost time on every request here.
"""

import hashlib
import hmac
import re
import secrets
import string

APP_KEY_LENGTH = 16
APP_KEY_ALPHABET = string.ascii_letters + string.digits
SECRET_BYTES = 32
LONGEST_GIVEN = 128
"""Characters of a given key or secret that are looked at; a real one is shorter: what is cut never fits."""
NO_DIGEST = bytes.fromhex("a925a1cb748d8c2b69aa67723db3e8332dac89277b07bbe6757f4846294a3bf0")
"""Compared against where there is no digest: random, of no known secret."""
_APP_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def make_app_key() -> str:
    """A new public id: 16 letters and digits, 95 random bits."""
    return "".join(secrets.choice(APP_KEY_ALPHABET) for _ in range(APP_KEY_LENGTH))


def make_secret() -> str:
    """A new secret: 256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


def may_be_app_key(value: str) -> bool:
    """Whether `value` has the form of an appKey, and so may be looked up in a database."""
    return _APP_KEY.fullmatch(value) is not None


def digest_of(secret: str) -> bytes:
    """SHA-256 of the secret, 32 bytes; takes any string at all, in bounded time."""
    return hashlib.sha256(secret[:LONGEST_GIVEN].encode("utf-8", "surrogatepass")).digest()


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two digests are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
