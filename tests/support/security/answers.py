"""Signing keys, and an answer as `POST /v2/liveness` gives it."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from bonaface.evidence.signing_key import PublicKeys, SigningKey, make_key, public_keys

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
IMAGE = b"the bytes of an image"


def key() -> SigningKey:
    """A key that signs from NOW on."""
    return make_key(NOW, NOW)


def keys_of(*keys: SigningKey) -> PublicKeys:
    return public_keys(keys)


def answer() -> dict[str, Any]:
    """One about IMAGE, of NOW."""
    return {
        "faces": [{"livenessScore": 0.907474, "box": [176.5, 59.0], "verdict": "bona fide"}],
        "evidence": {
            "images": [{"sha256": hashlib.sha256(IMAGE).hexdigest()}],
            "time": "2026-11-30T12:00:00Z",
        },
        "signature": None,
    }
