"""Decision policies: their versions, and whose they are."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from bonaface.api.admin import present
from bonaface.api.admin.applications import AppKey, Limit
from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.body import JsonBody, described
from bonaface.api.admin.cursor import LARGEST_ID, Before
from bonaface.api.admin.policy_schemas import (
    PolicyChoice,
    PolicyChosen,
    PolicyDetail,
    PolicyList,
    PolicyNew,
    PolicyVersions,
    PolicyView,
)
from bonaface.api.admin.problem import ROOT
from bonaface.api.deps import ServicesDep
from bonaface.policies.decision_policy import MAX_NAME

router = APIRouter(prefix=ROOT)

Name = Annotated[str, Path(max_length=MAX_NAME)]
Version = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Choice = Annotated[PolicyChoice, Depends(JsonBody(PolicyChoice))]


@router.get("/policies", operation_id="listPolicies", summary="List decision policies by name")
def list_policies(
    _admin: AdminDep,
    services: ServicesDep,
    retired: Annotated[bool, Query(description="retired ones too")] = False,
) -> PolicyList:
    """Those in force; there are no more than fit one page."""
    found = services.policies.list_policies(retired=retired)
    return PolicyList(items=[present.policy(each) for each in found], default=services.policies.assigned_to())


@router.get("/policies/{name}", operation_id="readPolicy", summary="Read a policy")
def read_policy(_admin: AdminDep, services: ServicesDep, name: Name) -> PolicyDetail:
    """Its newest version, and whose it is; also of one that is retired."""
    return present.policy_detail(services.policies.get(name), services.policies.app_keys_of(name))


@router.put(
    "/policies/{name}",
    operation_id="putPolicy",
    summary="Make a policy, or a new version of it",
    openapi_extra=described(PolicyNew),
)
def put_policy(
    admin: AdminDep,
    services: ServicesDep,
    name: Name,
    asked: Annotated[PolicyNew, Depends(JsonBody(PolicyNew))],
) -> PolicyView:
    """It decides within 5 seconds on every replica. What says the same as the newest version makes none."""
    made = services.policies.put(name, asked.reject_below, asked.accept_from, asked.note, actor=admin)
    services.policies_in_force.forget()
    return present.policy(made)


@router.delete("/policies/{name}", status_code=204, operation_id="retirePolicy", summary="Retire a policy")
def retire_policy(admin: AdminDep, services: ServicesDep, name: Name) -> Response:
    """It decides nothing any more within 5 seconds; its versions stay. 409 while it is somebody's."""
    services.policies.retire(name, actor=admin)
    services.policies_in_force.forget()
    return Response(status_code=204)


@router.get(
    "/policies/{name}/versions", operation_id="listPolicyVersions", summary="List versions, newest first"
)
def list_policy_versions(
    _admin: AdminDep, services: ServicesDep, name: Name, before: Before = None, limit: Limit = 50
) -> PolicyVersions:
    """Nothing in a version can be changed, and none is ever removed."""
    found = services.policies.versions(name, before, limit + 1)
    page = found[:limit]
    following = page[-1].policy.version if len(found) > limit else None
    return PolicyVersions(items=[present.policy(each) for each in page], next=following)


@router.get(
    "/policies/{name}/versions/{version}", operation_id="readPolicyVersion", summary="Read one version"
)
def read_policy_version(_admin: AdminDep, services: ServicesDep, name: Name, version: Version) -> PolicyView:
    """As the evidence of an answer names it."""
    return present.policy(services.policies.get(name, version))


@router.get("/default-policy", operation_id="readDefaultPolicy", summary="Read which policy is the default")
def read_default_policy(_admin: AdminDep, services: ServicesDep) -> PolicyChosen:
    """It decides for applications that have none of their own."""
    return PolicyChosen(policy=services.policies.assigned_to())


@router.put(
    "/default-policy",
    operation_id="setDefaultPolicy",
    summary="Set which policy is the default",
    openapi_extra=described(PolicyChoice),
)
def set_default_policy(admin: AdminDep, services: ServicesDep, asked: Choice) -> PolicyChosen:
    """It decides within 5 seconds on every replica."""
    services.policies.assign(asked.policy, actor=admin)
    services.policies_in_force.forget()
    return PolicyChosen(policy=asked.policy)


@router.get(
    "/applications/{appKey}/policy",
    operation_id="readApplicationPolicy",
    summary="Read which policy an application has",
)
def read_application_policy(_admin: AdminDep, services: ServicesDep, app_key: AppKey) -> PolicyChosen:
    """Of its own; null: the default decides."""
    return PolicyChosen(policy=services.policies.assigned_to(app_key))


@router.put(
    "/applications/{appKey}/policy",
    operation_id="setApplicationPolicy",
    summary="Set which policy an application has",
    openapi_extra=described(PolicyChoice),
)
def set_application_policy(
    admin: AdminDep, services: ServicesDep, app_key: AppKey, asked: Choice
) -> PolicyChosen:
    """It decides within 5 seconds on every replica."""
    services.policies.assign(asked.policy, app_key, actor=admin)
    services.policies_in_force.forget()
    return PolicyChosen(policy=asked.policy)
