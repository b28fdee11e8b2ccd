"""POST /v2/feedback: what an answer was about really, told back with the answer's signature."""

from functools import partial
from http import HTTPStatus

import orjson
from fastapi import APIRouter, Request, Response

from bonaface.accounts.application import Caller
from bonaface.api.body.json_reader import JsonReader
from bonaface.api.context import context_of
from bonaface.api.deps import AppKeyDep, BearerDep, admitted
from bonaface.api.plain_route import PlainRoute
from bonaface.api.request_keys import keys_by_headers
from bonaface.api.services import Services, services_of
from bonaface.api.v2 import description
from bonaface.api.v2.feedback_schemas import FeedbackAnswer, FeedbackRequest, Presentation
from bonaface.api.v2.problem import ROOT
from bonaface.api.v2.small_json import read_json
from bonaface.errors import InvalidParameterError
from bonaface.feedback.judged_answer import judged_answer
from bonaface.feedback.repository import Recorded

PATH = f"{ROOT}/feedback"
MEDIA_TYPE = "application/json"
MAX_BYTES = 1024 * 1024
"""Of a body: ten times the signature of ten frames with four faces each (docs/evidence.md)."""
UNKNOWN = "unknown"
"""Attack kind where an attack is told without one."""
KIND_OF_AN_ATTACK = "Give attackKind with an attack alone."

router = APIRouter(route_class=PlainRoute)
JSON = JsonReader(FeedbackRequest)


@router.post(
    PATH,
    status_code=201,
    operation_id="giveFeedback",
    summary="Tell what an answer was about really: bona fide, or which attack",
    tags=["Face Liveness, v2"],
    response_model=FeedbackAnswer,
    responses=description.FEEDBACK_RESPONSES,
    openapi_extra=description.FEEDBACK_EXTRA,
)
async def give_feedback(request: Request, _app_key: AppKeyDep, _secret: BearerDep) -> Response:
    """Takes one of the application's rate and nothing of its month. 201: counted; 200: it was there."""
    services, context = services_of(request), context_of(request.scope)
    caller = await admitted(services, context, keys_by_headers(request.headers, request.path_params))
    with services.shares.admit(caller.application.id), services.requests.admit():
        asked = await read_request(request)
        answer = await services.asking_feedback.ask(partial(recorded, services, caller, asked))
    is_new = answer.feedback is Recorded.COUNTED
    body = orjson.dumps(answer.model_dump(mode="json", by_alias=True))
    return Response(body, HTTPStatus.CREATED if is_new else HTTPStatus.OK, media_type=MEDIA_TYPE)


async def read_request(request: Request) -> FeedbackRequest:
    """What is told. Raises as `read_json`, and InvalidParameterError for a kind of attack with none."""
    asked = await read_json(request, JSON, MAX_BYTES)
    if asked.presentation is Presentation.BONA_FIDE and asked.attack_kind is not None:
        raise InvalidParameterError(KIND_OF_AN_ATTACK)
    return asked


def recorded(services: Services, caller: Caller, asked: FeedbackRequest) -> FeedbackAnswer:
    """What became of it. On a thread: a long answer takes a while to verify, and then the database is asked.

    Raises NotSigningError, UntrustedSignatureError, InvalidParameterError, AlreadyReportedError,
    StorageError.
    """
    answer = judged_answer(services.signer.signed_payload(asked.signature), asked.face)
    is_attack = asked.presentation is Presentation.ATTACK
    kind = (asked.attack_kind or UNKNOWN) if is_attack else ""
    told = services.feedback.record(caller.application.id, answer, kind, correct=asked.correct or False)
    return FeedbackAnswer(
        feedback=told, decision=answer.decision, policy=answer.policy, version=answer.version
    )
