"""Who administers: a bearer token made by `bonaface admin token create`. Checked before a body is read."""

from typing import Annotated

from anyio import to_thread
from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bonaface.accounts.audit import Actor
from bonaface.api.deps import ServicesDep
from bonaface.errors import UnauthorizedError

NO_ADDRESS = "unknown"
OFF = "The admin API is off; make a token with: bonaface admin token create --name NAME"
WRONG = "The token is not valid; send Authorization: Bearer with a live token of this server."

bearer = HTTPBearer(
    scheme_name="adminToken",
    description="A token of `bonaface admin token create`.",
    auto_error=False,
)


async def get_admin(
    request: Request,
    services: ServicesDep,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Actor:
    """Whose token the request carries, and where it came from.

    Raises HTTPException 404 while the server has no live token, UnauthorizedError for any but a live one.
    """
    is_on = await to_thread.run_sync(services.admin_tokens.any_live)
    if not is_on:
        raise HTTPException(404, OFF)
    text = given.credentials if given is not None else ""
    token = await to_thread.run_sync(services.admin_tokens.authenticate, text)
    if token is None:
        raise UnauthorizedError(WRONG)
    client = request.client
    return Actor(f"token:{token.name}", client.host if client is not None else NO_ADDRESS)


AdminDep = Annotated[Actor, Depends(get_admin)]
