"""POST /v2/tokens: a capture token for a page, asked for by the server that holds the secret."""

from datetime import timedelta

import orjson
from fastapi import APIRouter, Request, Response

from bonaface.api.body.json_reader import JsonReader
from bonaface.api.context import context_of
from bonaface.api.deps import AppKeyDep, BearerDep, admitted
from bonaface.api.plain_route import PlainRoute
from bonaface.api.request_keys import keys_by_headers
from bonaface.api.services import services_of
from bonaface.api.v2 import description
from bonaface.api.v2.problem import ROOT
from bonaface.api.v2.small_json import read_json
from bonaface.api.v2.token_schemas import CaptureTokenAnswer, CaptureTokenRequest
from bonaface.errors import InvalidParameterError
from bonaface.settings import TokenSettings

PATH = f"{ROOT}/tokens"
MEDIA_TYPE = "application/json"
USES, LIFETIME = 20, 300
"""Of a token that nothing else is asked for, or as many as the settings allow."""
BEYOND = "{name} must be at most {most}."

router = APIRouter(route_class=PlainRoute)
JSON = JsonReader(CaptureTokenRequest)


@router.post(
    PATH,
    status_code=201,
    operation_id="createToken",
    summary="Make a capture token, which a page may show in place of the secret",
    tags=["Face Liveness, v2"],
    response_model=CaptureTokenAnswer,
    responses=description.TOKEN_RESPONSES,
    openapi_extra=description.TOKEN_EXTRA,
)
async def create_token(request: Request, _app_key: AppKeyDep, _secret: BearerDep) -> Response:
    """Takes one of the application's rate and nothing of its month. No token makes another."""
    services, context = services_of(request), context_of(request.scope)
    caller = await admitted(services, context, keys_by_headers(request.headers, request.path_params))
    asked = await read_json(request, JSON, without_body=CaptureTokenRequest())
    uses, lifetime = bounded(asked, services.settings.tokens)
    token, text = await services.capture_tokens.create(caller, uses, timedelta(seconds=lifetime))
    answer = CaptureTokenAnswer(token=text, uses=token.uses, expires_at=token.expires_at)
    body = orjson.dumps(answer.model_dump(mode="json", by_alias=True))
    return Response(body, 201, media_type=MEDIA_TYPE)


def bounded(asked: CaptureTokenRequest, settings: TokenSettings) -> tuple[int, int]:
    """Uses, and seconds of life. Raises InvalidParameterError for more than the settings allow."""
    limits = ("uses", asked.uses, settings.max_uses), ("lifetime", asked.lifetime, settings.max_lifetime)
    for name, wanted, most in limits:
        if wanted is not None and wanted > most:
            raise InvalidParameterError(BEYOND.format(name=name, most=most))
    return (
        min(USES, settings.max_uses) if asked.uses is None else asked.uses,
        min(LIFETIME, settings.max_lifetime) if asked.lifetime is None else asked.lifetime,
    )
