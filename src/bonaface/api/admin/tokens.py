"""Administrators' tokens: the one that asks, and for owners all of them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, Field

from bonaface.accounts.admin_tokens import Token
from bonaface.accounts.application import MAX_NAME
from bonaface.accounts.role import Role
from bonaface.api.admin.auth import OwnerDep, TokenDep
from bonaface.api.admin.body import JsonBody, described
from bonaface.api.admin.cursor import LARGEST_ID
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import AdminAnswer, AdminRequest
from bonaface.api.deps import ServicesDep

router = APIRouter(prefix=ROOT)


class TokenView(AdminAnswer):
    """An administrator's token, without itself."""

    id: int
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, found: Token) -> "TokenView":
        """As JSON."""
        return cls(
            id=found.id,
            name=found.name,
            role=found.role,
            created_at=found.created_at,
            expires_at=found.expires_at,
            last_used_at=found.last_used_at,
        )


class TokenList(AdminAnswer):
    """Tokens that are not revoked, oldest first."""

    items: list[TokenView]


class TokenNew(AdminRequest):
    """A new token."""

    name: str = Field(
        description="1 to 100 characters on one line, not digits alone",
        json_schema_extra={"minLength": 1, "maxLength": MAX_NAME},
    )
    role: Role
    expires_at: AwareDatetime | None = Field(None, description="a moment in the future; never if left out")


class TokenMade(AdminAnswer):
    """The token and its text, which is shown this one time."""

    token: TokenView
    secret: str


TokenId = Annotated[int, Path(alias="tokenId", ge=1, le=LARGEST_ID)]


@router.get("/token", operation_id="readAdminToken", summary="Read which token this is")
async def read_token(token: TokenDep) -> TokenView:
    """Its name, and what it may do."""
    return TokenView.of(token)


@router.get("/tokens", operation_id="listAdminTokens", summary="List tokens, oldest first")
def list_tokens(_owner: OwnerDep, services: ServicesDep) -> TokenList:
    """Those that are not revoked, expired ones too, without the tokens themselves. For owners."""
    return TokenList(items=[TokenView.of(each) for each in services.admin_tokens.list()])


@router.post(
    "/tokens",
    status_code=201,
    operation_id="createAdminToken",
    summary="Make a token",
    openapi_extra=described(TokenNew),
)
def create_token(
    owner: OwnerDep,
    services: ServicesDep,
    asked: Annotated[TokenNew, Depends(JsonBody(TokenNew))],
) -> TokenMade:
    """The token itself is in this answer and nowhere else. For owners; 409 while a live one has the name."""
    made, text = services.admin_tokens.create(asked.name, asked.expires_at, asked.role, actor=owner)
    return TokenMade(token=TokenView.of(made), secret=text)


@router.delete("/tokens/{tokenId}", status_code=204, operation_id="revokeAdminToken", summary="Stop a token")
def revoke_token(owner: OwnerDep, services: ServicesDep, token_id: TokenId) -> Response:
    """It stops working within 5 seconds on every replica. For owners; 409 for the last owner's."""
    services.admin_tokens.revoke(token_id, actor=owner, keeps_owner=True)
    return Response(status_code=204)
