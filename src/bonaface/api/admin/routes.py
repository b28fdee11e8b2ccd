"""The router of `/admin/v1`."""

from typing import Any

from fastapi import APIRouter

from bonaface.api.admin import applications, audit, feedback, models, policies, presets, status, tokens, usage
from bonaface.api.admin.schemas import Problem

DESCRIPTIONS = {
    400: "The request does not hold: `detail` says which member and why",
    401: "No live token",
    403: "The role of the token does not include this",
    404: "No such application, secret, policy or token, or the server has no token yet",
    409: "It does not go with what is there: two live secrets, a policy in use, a removed application, "
    "a presets file that does not hold",
    503: "The database does not answer",
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": sentence} for code, sentence in DESCRIPTIONS.items()
}

router = APIRouter(tags=["Administration"], responses=RESPONSES)
router.include_router(applications.router)
router.include_router(policies.router)
router.include_router(usage.router)
router.include_router(feedback.router)
router.include_router(audit.router)
router.include_router(models.router)
router.include_router(presets.router)
router.include_router(status.router)
router.include_router(tokens.router)
