"""Is the process alive, and can it serve: for load balancers and orchestrators. Neither needs a key."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from bonaface.api.deps import ServicesDep
from bonaface.api.services import Services
from bonaface.errors import OverloadedError, StorageError
from bonaface.models.loaded_presets import LoadedPresets
from bonaface.serving.dispatcher import Warmth

router = APIRouter(tags=["Health"])

REACHABLE = "reachable"
UNREACHABLE = "unreachable"
WORKING = "working"
STUCK = "stuck"


class Health(BaseModel):
    """The process answers; `engine` is `stuck` when every analysis hangs."""

    status: str
    engine: str


class PresetsSource(BaseModel):
    """Which presets are in force; their thresholds and the file's place are for administrators."""

    source: Literal["file", "model"]
    sha256: str | None = Field(description="of the presets file, the first 16 digits; null: the model's own")
    version: str = Field(description="by which evidence of /v2 names them")


class Readiness(BaseModel):
    """Whether requests can be served, how far each thing they need is, and whether the server is stopping."""

    ready: bool
    models: Warmth
    engine: str
    database: str
    stopping: bool
    presets: PresetsSource


@router.head("/healthz", include_in_schema=False)
@router.get(
    "/healthz",
    operation_id="isAlive",
    summary="Is the process alive",
    responses={503: {"model": Health, "description": "Every analysis hangs: start the process anew"}},
)
async def is_alive(services: ServicesDep, response: Response) -> Health:
    """200 while the process answers, 503 when only a new process can help."""
    response.status_code = 503 if services.dispatcher.is_stuck else 200
    return Health(status="alive", engine=_engine(services))


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz",
    operation_id="isReady",
    summary="Can requests be served",
    responses={503: {"model": Readiness, "description": "Not now: see which member"}},
)
async def is_ready(services: ServicesDep, response: Response) -> Readiness:
    """200 when the models are warm, the database answers and the server is not stopping, else 503."""
    readiness = await look(services)
    response.status_code = 200 if readiness.ready else 503
    return readiness


async def look(services: Services) -> Readiness:
    """How far each thing is that requests need."""
    reachable = await _is_reachable(services)
    dispatcher, stopping = services.dispatcher, services.drain.is_on
    is_warmth_known = services.backend.ready and (services.all_ready() or not dispatcher.is_ready)
    models = dispatcher.warmth if is_warmth_known else Warmth.WARMING
    return Readiness(
        ready=reachable and models is Warmth.WARM and not dispatcher.is_stuck and not stopping,
        models=models,
        engine=_engine(services),
        database=REACHABLE if reachable else UNREACHABLE,
        stopping=stopping,
        presets=_presets(services.presets.current),
    )


def _presets(loaded: LoadedPresets) -> PresetsSource:
    source: Literal["file", "model"] = "model" if loaded.sha256 is None else "file"
    return PresetsSource(source=source, sha256=loaded.sha256, version=loaded.version)


async def _is_reachable(services: Services) -> bool:
    """Asked on a thread and a connection of its own, whatever keeps the others."""
    try:
        return await services.asking_ready.ask(services.lookups.is_reachable)
    except (StorageError, OverloadedError):
        return False


def _engine(services: Services) -> str:
    return STUCK if services.dispatcher.is_stuck else WORKING
