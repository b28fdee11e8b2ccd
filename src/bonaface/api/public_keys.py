"""/.well-known/jwks.json: the public keys that verify signed answers, for anyone."""

import hashlib

import orjson
from fastapi import APIRouter, Request, Response

from bonaface.api.deps import ServicesDep

router = APIRouter(tags=["Evidence"])

PATH = "/.well-known/jwks.json"
MEDIA_TYPE = "application/jwk-set+json"
CACHE = "public, max-age=300"
"""Half of the time that a new key is published before it signs (`rotation.DELAY`)."""
EXAMPLE = {
    "keys": [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "iat": 1767225600,
            "nbf": 1767225600,
        }
    ]
}


@router.head(PATH, include_in_schema=False)
@router.get(
    PATH,
    operation_id="readPublicKeys",
    summary="Read the keys that verify signed answers",
    response_class=Response,
    responses={
        200: {
            "description": "A JWK set (RFC 7517); empty where answers are not signed",
            "content": {MEDIA_TYPE: {"schema": {"type": "object"}, "example": EXAMPLE}},
        },
        304: {"description": "The set is the one that `If-None-Match` names"},
    },
)
async def read_public_keys(request: Request, services: ServicesDep) -> Response:
    """Old keys stay here as long as they are in the server's key file. Caches may keep this for 5 minutes."""
    body = orjson.dumps(services.signer.public_set())
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": CACHE, "ETag": tag, "Cross-Origin-Resource-Policy": "cross-origin"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)
