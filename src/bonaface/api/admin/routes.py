"""The router of `/admin/v1`."""

from typing import Any

from fastapi import APIRouter

from bonaface.api.admin import applications, audit, models, status, usage
from bonaface.api.admin.schemas import Problem

DESCRIPTIONS = {
    400: "The request does not hold: `detail` says which member and why",
    401: "No live token",
    404: "No such application or secret, or the server has no token yet",
    409: "Two secrets are live already",
    503: "The database does not answer",
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": sentence} for code, sentence in DESCRIPTIONS.items()
}

router = APIRouter(tags=["Administration"], responses=RESPONSES)
for part in (applications.router, usage.router, audit.router, models.router, status.router):
    router.include_router(part)
