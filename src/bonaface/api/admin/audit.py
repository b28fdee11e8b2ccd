"""The audit trail of administration."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from bonaface.accounts.audit import MAX_ACTION, MAX_ACTOR, Sought
from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.cursor import Before
from bonaface.api.admin.moments import check_order
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import AuditEntryView, AuditPage
from bonaface.api.deps import ServicesDep

router = APIRouter(prefix=f"{ROOT}/audit")


def get_sought(
    app_key: Annotated[
        str | None, Query(alias="appKey", max_length=64, description="of one application")
    ] = None,
    actor: Annotated[
        str | None, Query(max_length=MAX_ACTOR, description="by one: `token:NAME` or `cli:USER`")
    ] = None,
    action: Annotated[
        str | None, Query(max_length=MAX_ACTION, description="of one kind, like `secret.revoke`")
    ] = None,
    from_: Annotated[
        AwareDatetime | None, Query(alias="from", description="first moment that counts")
    ] = None,
    to: Annotated[AwareDatetime | None, Query(description="first moment that does not")] = None,
) -> Sought:
    """Which entries are asked for. Raises InvalidParameterError."""
    if from_ is not None and to is not None:
        check_order(from_, to)
    return Sought(app_key, actor, action, from_, to)


@router.get("", operation_id="readAudit", summary="Read the audit trail, newest first")
def read_audit(
    _admin: AdminDep,
    services: ServicesDep,
    sought: Annotated[Sought, Depends(get_sought)],
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=200, description="entries a page")] = 50,
) -> AuditPage:
    """Who did what, when and from where; nothing in it can be changed or removed."""
    found = services.audit.entries(before=before, limit=limit + 1, sought=sought)
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
