"""Fuzzing target: Base64 text, with the standard library to compare what comes out."""

import base64

from fuzz import contract, harness
from fuzz.contract import ToldAs

with harness.instrumented():
    from bonaface.imaging.base64 import decode_base64

MAX_BYTES = 3_000_000
IS_ANSWER = ToldAs(contract.IMAGE_TOO_LARGE, contract.INVALID_IMAGE)


def read(data: bytes) -> None:
    """Decode as bytes and as text, and hold both against the standard library."""
    decoded = decode_base64(data, MAX_BYTES)
    assert decoded == decode_base64(data.decode("latin-1"), MAX_BYTES)
    packed = b"".join(data.split()).rstrip(b"=")
    assert decoded == base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    assert 0 < len(decoded) <= MAX_BYTES


if __name__ == "__main__":
    harness.main(harness.Target(read, IS_ANSWER))
