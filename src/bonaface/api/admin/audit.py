"""The audit trail of administration."""

from typing import Annotated

from fastapi import APIRouter, Query

from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.cursor import Before
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import AuditEntryView, AuditPage
from bonaface.api.deps import ServicesDep

router = APIRouter(prefix=f"{ROOT}/audit")


@router.get("", operation_id="readAudit", summary="Read the audit trail, newest first")
def read_audit(
    _admin: AdminDep,
    services: ServicesDep,
    app_key: Annotated[
        str | None, Query(alias="appKey", max_length=64, description="of one application")
    ] = None,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=200, description="entries a page")] = 50,
) -> AuditPage:
    """Who did what, when and from where; nothing in it can be changed or removed."""
    found = services.audit.entries(before=before, limit=limit + 1, target=app_key)
    page = found[:limit]
    items = [
        AuditEntryView(
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            target=entry.target,
            detail=entry.detail,
            origin=entry.origin,
        )
        for entry in page
    ]
    return AuditPage(items=items, next=page[-1].id if len(found) > limit else None)
