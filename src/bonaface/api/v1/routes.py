"""POST /v1.0/appkeys/{appKey}/spoofing: the route that clients of NHN Cloud's Face Liveness call."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from bonaface.accounts.application import Caller
from bonaface.analysis import Analysis
from bonaface.api.context import FaceCounts, RequestContext, context_of
from bonaface.api.deps import SecretDep, admitted
from bonaface.api.disconnect import unless_gone
from bonaface.api.envelope import success
from bonaface.api.outcome import Outcome
from bonaface.api.plain_route import PlainRoute
from bonaface.api.request_keys import keys_by_path
from bonaface.api.services import Services, services_of
from bonaface.api.v1 import description
from bonaface.api.v1.body import Submission, read_submission
from bonaface.api.v1.presenter import present, reported
from bonaface.serving.admission import Permit
from bonaface.serving.deadline import Deadline
from bonaface.timings import Stage, Timings
from bonaface.types import Face

PATH = "/v1.0/appkeys/{appKey}/spoofing"

router = APIRouter(route_class=PlainRoute)


@router.post(
    PATH,
    operation_id="detectSpoofing",
    summary="Tell bona fide faces from presentation attacks in an image",
    tags=["Face Liveness"],
    responses=description.RESPONSES,
    openapi_extra=description.EXTRA,
)
async def detect_spoofing(request: Request, _secret: SecretDep) -> Response:
    """Credentials are checked before the body is read; the answer is HTTP 200 whether it went well or not."""
    services, context = services_of(request), context_of(request.scope)
    caller = await admitted(services, context, keys_by_path(request.headers, request.path_params))
    return await judged(request, caller, services, context)


async def judged(request: Request, caller: Caller, services: Services, context: RequestContext) -> Response:
    """The answer to a caller that was admitted. Raises what reading, fetching and analysing the image do."""
    with services.shares.admit(caller.application.id) as share, services.requests.admit():
        services.dispatcher.check()  # no place is taken before the image is here: it may come slowly
        with context.timings.of(Stage.BODY):
            submission = await read_submission(request, services.settings.images.max_bytes)
        work = _analyse(submission, caller, share, services, context.timings)
        analysis = await unless_gone(request, work)
    faces = reported(analysis)
    services.metrics.verdicts.add(analysis.preset, faces)
    response = success(outcome := _outcome(faces), present(analysis, faces))
    context.faces, context.outcome = FaceCounts.of(faces), outcome
    return response


def _outcome(faces: Sequence[Face]) -> Outcome:
    return Outcome.FACES if faces else Outcome.NO_FACE


async def _analyse(
    submission: Submission, caller: Caller, share: Permit, services: Services, timings: Timings
) -> Analysis:
    """The analysis. The application's place is given back before it: a place is for an image on its way."""
    deadline = Deadline.after(services.settings.serving.deadline)
    image = submission.image
    if image is None:
        with timings.of(Stage.FETCH):
            image = await services.fetcher.fetch(submission.url or "", caller.application.id)
    share.release()
    with timings.of(Stage.ANALYSE):
        return await services.dispatcher.analyze(image, submission.preset, deadline, timings)
