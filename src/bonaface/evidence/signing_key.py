"""Signing keys: Ed25519 (RFC 8032), written as JSON Web Keys (RFC 7517, 8037), named by their thumbprint."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt import utils
from pydantic import BaseModel, ConfigDict, ValidationError

from bonaface.errors import InvalidParameterError
from bonaface.evidence.canonical_json import canonical_json, read_object

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Public keys by their thumbprint."""

NOT_A_SET = "This is no JWK set with an Ed25519 key; save what a server gives at /.well-known/jwks.json."


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key. `private` is None for one that signs no more. Times are aware, in UTC, whole seconds."""

    public: Ed25519PublicKey
    private: Ed25519PrivateKey | None = field(repr=False)
    made_at: datetime
    signs_from: datetime

    @property
    def kid(self) -> str:
        """Its thumbprint."""
        return thumbprint(self.public)

    @property
    def retired(self) -> "SigningKey":
        """The same key without what signs."""
        return SigningKey(self.public, None, self.made_at, self.signs_from)


def make_key(made_at: datetime, signs_from: datetime) -> SigningKey:
    """A new key from the system's source of randomness."""
    private = Ed25519PrivateKey.generate()
    return SigningKey(private.public_key(), private, _whole(made_at), _whole(signs_from))


def thumbprint(key: Ed25519PublicKey) -> str:
    """Of the key by RFC 7638, SHA-256: 43 characters, whoever computes it."""
    required = {"crv": "Ed25519", "kty": "OKP", "x": _encoded(key.public_bytes_raw())}
    return _encoded(hashlib.sha256(canonical_json(required)).digest())


class Jwk(BaseModel):
    """An Ed25519 key as JSON. `iat` is when it was made, `nbf` from when on it signs (Unix time)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    d: str | None = None
    kid: str | None = None
    iat: int = 0
    nbf: int = 0


def key_of(jwk: Mapping[str, object]) -> SigningKey:
    """The key of a JWK. Raises ValueError, which repeats nothing of it, where it is none of Ed25519."""
    try:
        read = Jwk.model_validate(jwk, strict=True)
        public = Ed25519PublicKey.from_public_bytes(_decoded(read.x))
        private = None if read.d is None else Ed25519PrivateKey.from_private_bytes(_decoded(read.d))
        made_at, signs_from = (datetime.fromtimestamp(time, UTC) for time in (read.iat, read.nbf))
    except (ValidationError, ValueError, OverflowError, OSError):
        raise ValueError("it is no Ed25519 key") from None
    if private is not None and private.public_key() != public:
        raise ValueError("its two halves do not belong together")
    if read.kid not in (None, thumbprint(public)):
        raise ValueError("its kid is not its thumbprint")
    return SigningKey(public, private, made_at, signs_from)


def jwk_of(key: SigningKey, *, private: bool = False) -> dict[str, object]:
    """The key as JSON, with what signs if `private`."""
    members: dict[str, object] = {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "kid": key.kid,
        "x": _encoded(key.public.public_bytes_raw()),
        "iat": int(key.made_at.timestamp()),
        "nbf": int(key.signs_from.timestamp()),
    }
    if private and key.private is not None:
        members["d"] = _encoded(key.private.private_bytes_raw())
    return members


def public_set(keys: Iterable[SigningKey]) -> dict[str, list[dict[str, object]]]:
    """What anyone may know of the keys: a JWK set."""
    return {"keys": [jwk_of(key) for key in keys]}


def public_keys(keys: Iterable[SigningKey]) -> PublicKeys:
    """The keys that verify what these signed."""
    return {key.kid: key.public for key in keys}


def read_public_keys(text: bytes) -> PublicKeys:
    """The Ed25519 keys of a JWK set as JSON; other keys in it are passed over (RFC 7517, section 5).

    Raises InvalidParameterError where there is none.
    """
    found = read_object(text).get("keys")
    keys = [_key_or_none(jwk) for jwk in found] if isinstance(found, list) else []
    known = public_keys(key for key in keys if key is not None)
    if not known:
        raise InvalidParameterError(NOT_A_SET)
    return known


def _key_or_none(jwk: object) -> SigningKey | None:
    try:
        return key_of(jwk) if isinstance(jwk, dict) else None
    except ValueError:
        return None


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _encoded(raw: bytes) -> str:
    text: str = utils.base64url_encode(raw).decode("ascii")
    return text


def _decoded(text: str) -> bytes:
    raw: bytes = utils.base64url_decode(text)
    return raw
