"""Applications, their secrets and their quotas."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from bonaface.accounts.application import State
from bonaface.api.admin import present
from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.body import JsonBody, described
from bonaface.api.admin.cursor import LARGEST_ID, After
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import (
    ApplicationChange,
    ApplicationDetail,
    ApplicationMade,
    ApplicationNew,
    ApplicationPage,
    ApplicationView,
    QuotaChange,
    QuotaUse,
    SecretMade,
    SecretNew,
)
from bonaface.api.deps import ServicesDep

router = APIRouter(prefix=f"{ROOT}/applications")

AppKey = Annotated[str, Path(alias="appKey", max_length=64)]
SecretId = Annotated[int, Path(alias="secretId", ge=1, le=LARGEST_ID)]
Limit = Annotated[int, Query(ge=1, le=200, description="entries a page")]


@router.get("", operation_id="listApplications", summary="List applications, oldest first")
def list_applications(
    _admin: AdminDep,
    services: ServicesDep,
    search: Annotated[str, Query(max_length=100, description="part of name, note or appKey")] = "",
    state: State | None = None,
    removed: Annotated[bool, Query(description="those that are removed, in place of the others")] = False,
    after: After = 0,
    limit: Limit = 50,
) -> ApplicationPage:
    """Those whose name, note or appKey holds `search`."""
    found = services.applications.find(search, state, after, limit + 1, removed=removed)
    page = found[:limit]
    return ApplicationPage(
        items=[present.application(each) for each in page],
        next=str(page[-1].id) if len(found) > limit else None,
    )


@router.post(
    "",
    status_code=201,
    operation_id="createApplication",
    summary="Make an application and its first secret",
    openapi_extra=described(ApplicationNew),
)
def create_application(
    admin: AdminDep,
    services: ServicesDep,
    asked: Annotated[ApplicationNew, Depends(JsonBody(ApplicationNew))],
) -> ApplicationMade:
    """The secretKey is in this answer and nowhere else."""
    made, secret, text = services.applications.create_application(
        asked.name,
        asked.note,
        present.to_quota(asked.quota),
        asked.secret_expires_at,
        actor=admin,
    )
    return ApplicationMade(
        application=present.application(made), secret=present.secret(secret), secret_key=text
    )


@router.get("/{appKey}", operation_id="readApplication", summary="Read an application")
def read_application(_admin: AdminDep, services: ServicesDep, app_key: AppKey) -> ApplicationDetail:
    """With its live secrets, which are not shown, and its use of this month."""
    found = services.applications.get_application(app_key)
    return present.application_detail(
        found, services.applications.secrets_of(app_key), services.usage.used_this_month(found.id)
    )


@router.patch(
    "/{appKey}",
    operation_id="changeApplication",
    summary="Change name, note or state",
    openapi_extra=described(ApplicationChange),
)
def change_application(
    admin: AdminDep,
    services: ServicesDep,
    app_key: AppKey,
    asked: Annotated[ApplicationChange, Depends(JsonBody(ApplicationChange))],
) -> ApplicationView:
    """Keys of an application that is disabled stop working within 5 seconds on every replica."""
    changed = services.applications.edit_application(
        app_key, asked.name, asked.note, asked.state, actor=admin
    )
    return present.application(changed)


@router.delete("/{appKey}", operation_id="removeApplication", summary="Remove an application")
def remove_application(admin: AdminDep, services: ServicesDep, app_key: AppKey) -> ApplicationView:
    """Its keys stop working within 5 seconds on every replica. It can be restored; its usage stays."""
    return present.application(services.applications.remove_application(app_key, actor=admin))


@router.post(
    "/{appKey}/restore", operation_id="restoreApplication", summary="Restore an application that was removed"
)
def restore_application(admin: AdminDep, services: ServicesDep, app_key: AppKey) -> ApplicationView:
    """It is as it was, with its secrets. 409 once they are erased (`storage.removal_days`)."""
    return present.application(services.applications.restore_application(app_key, actor=admin))


@router.post(
    "/{appKey}/secrets",
    status_code=201,
    operation_id="addSecret",
    summary="Make a second secret",
    openapi_extra=described(SecretNew),
)
def add_secret(
    admin: AdminDep,
    services: ServicesDep,
    app_key: AppKey,
    asked: Annotated[SecretNew, Depends(JsonBody(SecretNew))],
) -> SecretMade:
    """409 when two are live; the secretKey is in this answer and nowhere else."""
    secret, text = services.applications.add_secret(app_key, asked.expires_at, asked.overlap, actor=admin)
    return SecretMade(secret=present.secret(secret), secret_key=text)


@router.delete(
    "/{appKey}/secrets/{secretId}",
    status_code=204,
    operation_id="revokeSecret",
    summary="Stop a secret",
)
def revoke_secret(admin: AdminDep, services: ServicesDep, app_key: AppKey, secret_id: SecretId) -> Response:
    """It stops working within 5 seconds on every replica."""
    services.applications.revoke_secret(app_key, secret_id, actor=admin)
    return Response(status_code=204)


@router.get("/{appKey}/quota", operation_id="readQuota", summary="Read limits and use")
def read_quota(_admin: AdminDep, services: ServicesDep, app_key: AppKey) -> QuotaUse:
    """null is no limit."""
    found = services.applications.get_application(app_key)
    return present.quota_use(found.quota, services.usage.used_this_month(found.id))


@router.put(
    "/{appKey}/quota",
    operation_id="setQuota",
    summary="Set limits",
    openapi_extra=described(QuotaChange),
)
def set_quota(
    admin: AdminDep,
    services: ServicesDep,
    app_key: AppKey,
    asked: Annotated[QuotaChange, Depends(JsonBody(QuotaChange))],
) -> QuotaUse:
    """They hold within 5 seconds on every replica."""
    changed = services.applications.set_quota(app_key, present.to_quota(asked), actor=admin)
    return present.quota_use(changed.quota, services.usage.used_this_month(changed.id))
