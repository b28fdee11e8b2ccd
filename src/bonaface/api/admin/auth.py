"""Who administers: a bearer token made by `bonaface admin token create`. Checked before a body is read."""

from functools import partial
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bonaface.accounts.admin_tokens import AdminTokens, Token
from bonaface.accounts.audit import Actor
from bonaface.accounts.role import Role
from bonaface.api.deps import ServicesDep
from bonaface.errors import ForbiddenError, UnauthorizedError

NO_ADDRESS = "unknown"
READING = frozenset({"GET", "HEAD"})
OFF = "The admin API is off; make a token with: bonaface admin token create --name NAME"
WRONG = "The token is not valid; send Authorization: Bearer with a live token of this server."

bearer = HTTPBearer(
    scheme_name="adminToken",
    description="A token of `bonaface admin token create`.",
    auto_error=False,
)


async def get_token(
    services: ServicesDep,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Token:
    """The live token that the request carries.

    Raises HTTPException 404 while the server has no live token, UnauthorizedError for any but a live one,
    StorageError and OverloadedError when that cannot be told.
    """
    text = given.credentials if given is not None else ""
    token = services.admin_tokens.recall(text)
    if token is None:
        token = await services.asking_tokens.ask(partial(_look_up, services.admin_tokens, text))
    else:
        services.database.breaker.check()  # no route is to wait for what does not answer
    return token


TokenDep = Annotated[Token, Depends(get_token)]


async def get_admin(request: Request, token: TokenDep) -> Actor:
    """Whose token it is, and where the request came from: to read, any; to change anything, an operator.

    Raises ForbiddenError, and as `get_token` does.
    """
    return _actor(request, token, Role.VIEWER if request.method in READING else Role.OPERATOR)


async def get_owner(request: Request, token: TokenDep) -> Actor:
    """The same of an owner alone."""
    return _actor(request, token, Role.OWNER)


def _actor(request: Request, token: Token, needed: Role) -> Actor:
    if not token.role.includes(needed):
        raise ForbiddenError(f"The role {token.role} does not include this; it takes a token of an {needed}.")
    client = request.client
    return Actor(f"token:{token.name}", client.host if client is not None else NO_ADDRESS)


def _look_up(tokens: AdminTokens, text: str) -> Token:
    """The live token that `text` is. Raises as `get_token` does."""
    if not tokens.any_live():
        raise HTTPException(404, OFF)
    token = tokens.authenticate(text)
    if token is None:
        raise UnauthorizedError(WRONG)
    return token


AdminDep = Annotated[Actor, Depends(get_admin)]
OwnerDep = Annotated[Actor, Depends(get_owner)]
