"""Is the process alive, and can it serve: for load balancers and orchestrators. Neither needs a key."""

from anyio import to_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel

from bonaface.api.deps import ServicesDep
from bonaface.api.services import Services
from bonaface.serving.engine import Warmth

router = APIRouter(tags=["Health"])

REACHABLE = "reachable"
UNREACHABLE = "unreachable"


class Health(BaseModel):
    """The process answers."""

    status: str


class Readiness(BaseModel):
    """Whether requests can be served, and how far each thing they need is."""

    ready: bool
    models: Warmth
    database: str


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", operation_id="isAlive", summary="Is the process alive")
async def is_alive() -> Health:
    """Always 200 while the process answers at all."""
    return Health(status="alive")


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz",
    operation_id="isReady",
    summary="Can requests be served",
    responses={503: {"model": Readiness, "description": "Not now: see which member"}},
)
async def is_ready(services: ServicesDep, response: Response) -> Readiness:
    """200 when the models are warm and the database answers, else 503."""
    readiness = await _look(services)
    response.status_code = 200 if readiness.ready else 503
    return readiness


async def _look(services: Services) -> Readiness:
    reachable = await to_thread.run_sync(services.database.is_reachable)
    return Readiness(
        ready=reachable and services.engine.is_ready,
        models=services.engine.warmth,
        database=REACHABLE if reachable else UNREACHABLE,
    )
