"""POST /v1.0/appkeys/{appKey}/spoofing: the route that clients of NHN Cloud's Face Liveness call."""

from fastapi import APIRouter, Request, Response

from bonaface.api.deps import CallerDep, ServicesDep, StagesDep
from bonaface.api.disconnect import unless_gone
from bonaface.api.envelope import success
from bonaface.api.middleware.access_log import Stages
from bonaface.api.services import Services
from bonaface.api.v1 import description
from bonaface.api.v1.body import Submission, read_submission
from bonaface.api.v1.presenter import present
from bonaface.serving.deadline import Deadline
from bonaface.types import Analysis

router = APIRouter()


@router.post(
    "/v1.0/appkeys/{appKey}/spoofing",
    operation_id="detectSpoofing",
    summary="Tell bona fide faces from presentation attacks in an image",
    tags=["Face Liveness"],
    responses=description.RESPONSES,
    openapi_extra=description.EXTRA,
)
async def detect_spoofing(
    request: Request, caller: CallerDep, services: ServicesDep, stages: StagesDep
) -> Response:
    """Credentials are checked before the body is read; the answer is HTTP 200 whether it went well or not."""
    with services.requests.admit():
        with stages.of("body"):
            submission = await read_submission(request, services.settings.images.max_bytes)
        analysis = await unless_gone(request, _analyse(submission, services, stages))
    return success(present(analysis))


async def _analyse(submission: Submission, services: Services, stages: Stages) -> Analysis:
    deadline = Deadline.after(services.settings.engine.deadline)
    image = submission.image
    if image is None:
        with stages.of("fetch"):
            image = await services.fetcher.fetch(submission.url or "")
    with stages.of("analyse"):
        return await services.engine.analyze(image, submission.preset, deadline)
