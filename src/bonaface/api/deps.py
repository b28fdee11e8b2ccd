"""What the routes ask for by type: services, the caller, the context. All before the body is read."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from bonaface.accounts.application import Caller
from bonaface.api.context import RequestContext, context_of
from bonaface.api.services import Services, services_of
from bonaface.timings import Stage

SECRET_HEADER = "Authorization"  # noqa: S105 - the name of the header

secret_key = APIKeyHeader(
    name=SECRET_HEADER,
    scheme_name="secretKey",
    description="The bare secretKey of the appKey in the path, without a scheme before it.",
    auto_error=False,
)


async def get_services(request: Request) -> Services:
    """The services of this application."""
    return services_of(request)


async def get_context(request: Request) -> RequestContext:
    """What is known of the request."""
    return context_of(request.scope)


SecretDep = Annotated[str | None, Security(secret_key)]
"""For the document alone: a header that is given twice must be seen twice."""
ServicesDep = Annotated[Services, Depends(get_services)]
ContextDep = Annotated[RequestContext, Depends(get_context)]


async def identify(request: Request, services: Services, context: RequestContext, app_key: str) -> Caller:
    """Whose `app_key` and secret these are.

    Raises UnauthorizedError, StorageError, OverloadedError. A missing secret and one given twice are checked
    like a wrong one, so that the answer and the time it takes are the same. Keys that were right a moment ago
    need no thread.
    """
    given = request.headers.getlist(SECRET_HEADER)
    secret = given[0] if len(given) == 1 else ""
    with context.timings.of(Stage.AUTHENTICATE):
        caller = services.key_checks.recall(app_key, secret)
        services.metrics.key_cache.add(is_hit=caller is not None)
        if caller is None:
            caller = await services.key_checks.authenticate(app_key, secret)
    context.caller = caller
    return caller


async def admitted(request: Request, services: Services, context: RequestContext) -> Caller:
    """Who the request comes from, counted against its rate and its month.

    The middleware ends what is reserved. Called by the route itself: having the framework find out what to
    call costs more than the call.
    Raises UnauthorizedError, RateExceededError, MonthExceededError, StorageError, OverloadedError.
    """
    caller = await identify(request, services, context, request.path_params["appKey"])
    with context.timings.of(Stage.ADMIT):
        context.reservation = await services.permits.admit(caller.application)
    return caller
