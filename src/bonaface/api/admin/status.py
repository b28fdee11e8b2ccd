"""How this server is: whether it can serve, its workers and its queue."""

from fastapi import APIRouter

from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import StatusView
from bonaface.api.deps import ServicesDep
from bonaface.api.health import look

router = APIRouter(prefix=f"{ROOT}/status")


@router.get("", operation_id="readStatus", summary="Read how this server is")
async def read_status(_admin: AdminDep, services: ServicesDep) -> StatusView:
    """Of the process that answers, at this moment: of several behind one address, one."""
    readiness, dispatcher, limits = await look(services), services.dispatcher, services.settings.serving
    return StatusView(
        **readiness.model_dump(),
        workers=limits.workers,
        running=dispatcher.running,
        stuck=dispatcher.stuck,
        queue=limits.queue,
        waiting=dispatcher.waiting,
        ledger_backlog=services.ledger.backlog,
    )
