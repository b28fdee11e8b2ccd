"""POST /v2/liveness: scores, evidence and real status codes, beside the route of the contract."""

from collections.abc import Mapping

import orjson
from anyio import to_thread
from fastapi import APIRouter, Request, Response

from bonaface.accounts.application import Caller
from bonaface.api.context import FaceCounts, RequestContext, context_of
from bonaface.api.deps import AppKeyDep, BearerDep, admitted_bearer
from bonaface.api.disconnect import unless_gone
from bonaface.api.outcome import Outcome
from bonaface.api.plain_route import PlainRoute
from bonaface.api.services import Services, services_of
from bonaface.api.v2 import description
from bonaface.api.v2.answer_schemas import LivenessAnswer
from bonaface.api.v2.body import LivenessSubmission, read_submission
from bonaface.api.v2.chosen_faces import chosen
from bonaface.api.v2.options import Options
from bonaface.api.v2.presenter import answer_of, preset_of
from bonaface.api.v2.problem import ROOT
from bonaface.api.v2.verdicts import is_decidable
from bonaface.errors import InvalidParameterError
from bonaface.evidence.signer import Signer
from bonaface.inspection import Inspection
from bonaface.serving.admission import Permit
from bonaface.serving.deadline import Deadline
from bonaface.timings import Stage, Timings

PATH = f"{ROOT}/liveness"
MEDIA_TYPE = "application/json"
NO_URL = "A capture token takes no image.url; send the image itself."
FEW_FACES = 2
"""Up to which an answer is signed on the event loop (docs/evidence.md has what it costs)."""

router = APIRouter(route_class=PlainRoute)


@router.post(
    PATH,
    operation_id="judgeLiveness",
    summary="Tell how likely each face of a capture is bona fide, and why",
    tags=["Face Liveness, v2"],
    response_model=LivenessAnswer,
    responses=description.RESPONSES,
    openapi_extra=description.EXTRA,
)
async def judge_liveness(request: Request, _app_key: AppKeyDep, _secret: BearerDep) -> Response:
    """Credentials are checked before the body is read. One request counts once, whatever it holds."""
    services, context = services_of(request), context_of(request.scope)
    caller = await admitted_bearer(request, services, context)
    return await inspected(request, caller, services, context)


async def inspected(
    request: Request, caller: Caller, services: Services, context: RequestContext
) -> Response:
    """The answer to a caller that was admitted.

    Raises what reading, fetching and analysing images do, and UnknownPolicyError before that.
    """
    with services.shares.admit(caller.application.id) as share, services.requests.admit():
        services.dispatcher.check()  # no place is taken before the images are here: they may come slowly
        with context.timings.of(Stage.BODY):
            submission = await read_submission(request, services.settings.images.max_bytes)
        check_allowed(submission, caller)
        policy = submission.options.policy
        decider = await services.policies_in_force.chosen(caller.application.id, policy)
        await services.capture_tokens.spend(caller)
        work = _inspect(submission, caller, share, services, context.timings)
        inspection = await unless_gone(request, work)
    note(inspection, submission.options, services, context)
    answer = answer_of(inspection, submission.options, context.id, services.database.clock(), decider)
    answer["signature"] = await signature_of(answer, inspection, services.signer)
    return Response(orjson.dumps(answer), media_type=MEDIA_TYPE)


def check_allowed(submission: LivenessSubmission, caller: Caller) -> None:
    """Raises InvalidParameterError for an address from a page: what is fetched is not for it to say."""
    if caller.token_id is not None and submission.url is not None:
        raise InvalidParameterError(NO_URL)


async def signature_of(answer: Mapping[str, object], inspection: Inspection, signer: Signer) -> str | None:
    """The signature: made on a thread where the answer is so long that others would wait for it."""
    if sum(len(analysis.faces) for analysis in inspection.analyses) > FEW_FACES:
        return await to_thread.run_sync(signer.sign, answer)
    return signer.sign(answer)


def note(inspection: Inspection, options: Options, services: Services, context: RequestContext) -> None:
    """Tell metrics and ledger which faces were told, and on which there was a verdict."""
    told = [chosen(analysis, options.faces) for analysis in inspection.analyses]
    judged = [[face for face in faces if is_decidable(face, options.quality)] for faces in told]
    for faces in judged:
        services.metrics.verdicts.add(preset_of(inspection), faces)
    context.faces = FaceCounts.of([face for faces in judged for face in faces])
    context.outcome = Outcome.FACES if any(told) else Outcome.NO_FACE


async def _inspect(
    submission: LivenessSubmission, caller: Caller, share: Permit, services: Services, timings: Timings
) -> Inspection:
    """The inspection. The application's place is given back before it: a place is for images on their way."""
    deadline = Deadline.after(services.settings.serving.deadline)
    frames = submission.frames
    if submission.url is not None:
        with timings.of(Stage.FETCH):
            frames = (await services.fetcher.fetch(submission.url, caller.application.id),)
    share.release()
    with timings.of(Stage.ANALYSE):
        options = submission.options
        return await services.dispatcher.inspect(frames, options.preset, deadline, timings, options.heatmaps)
