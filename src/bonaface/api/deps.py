"""What the routes ask for by type: services, the caller, the context. All before the body is read."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from bonaface.accounts.application import Caller
from bonaface.accounts.capture_tokens import MESSAGE as NOT_ITS_TOKEN
from bonaface.accounts.capture_tokens import is_capture_token
from bonaface.api.context import RequestContext, context_of
from bonaface.api.request_keys import APP_KEY_HEADER, SECRET_HEADER, Keys, keys_by_headers
from bonaface.api.services import Services, services_of
from bonaface.errors import UnauthorizedError
from bonaface.timings import Stage

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


app_key_header = APIKeyHeader(
    name=APP_KEY_HEADER,
    scheme_name="appKey",
    description="The appKey of the application.",
    auto_error=False,
)
bearer = HTTPBearer(
    scheme_name="bearerSecretKey",
    description="The secretKey of the appKey in X-App-Key; /v2/liveness takes a capture token alone, too.",
    auto_error=False,
)

SecretDep = Annotated[str | None, Security(secret_key)]
"""For the document alone: a header that is given twice must be seen twice."""
AppKeyDep = Annotated[str | None, Security(app_key_header)]
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]
"""For the document alone, as `SecretDep`."""
ServicesDep = Annotated[Services, Depends(get_services)]
ContextDep = Annotated[RequestContext, Depends(get_context)]


async def identify(services: Services, context: RequestContext, keys: Keys) -> Caller:
    """Whose keys these are.

    Raises UnauthorizedError, StorageError, OverloadedError. Missing ones are checked like wrong ones, so that
    the answer and the time it takes are the same. Keys that were right a moment ago need no thread.
    """
    with context.timings.of(Stage.AUTHENTICATE):
        caller = services.key_checks.recall(*keys)
        services.metrics.key_cache.add(is_hit=caller is not None)
        if caller is None:
            caller = await services.key_checks.authenticate(*keys)
    context.caller = caller
    return caller


async def admitted(services: Services, context: RequestContext, keys: Keys) -> Caller:
    """Whose keys these are, counted against its rate and its month.

    The middleware ends what is reserved. Called by the route itself: having the framework find out what to
    call costs more than the call.
    Raises UnauthorizedError, RateExceededError, MonthExceededError, StorageError, OverloadedError.
    """
    return await permitted(services, context, await identify(services, context, keys))


async def admitted_bearer(request: Request, services: Services, context: RequestContext) -> Caller:
    """The same where the keys are in headers, or a capture token stands in place of the secret."""
    keys = keys_by_headers(request.headers, request.path_params)
    if is_capture_token(keys.secret):
        return await permitted(services, context, await holder(request, services, context, keys.secret))
    return await admitted(services, context, keys)


async def holder(request: Request, services: Services, context: RequestContext, token: str) -> Caller:
    """Whose capture token this is; it keeps its uses. An appKey beside it must be that application's.

    Raises UnauthorizedError, StorageError, OverloadedError.
    """
    with context.timings.of(Stage.AUTHENTICATE):
        caller = await services.capture_tokens.find(token)
    if request.headers.getlist(APP_KEY_HEADER) not in ([], [caller.application.app_key]):
        raise UnauthorizedError(NOT_ITS_TOKEN)
    context.caller = caller
    return caller


async def permitted(services: Services, context: RequestContext, caller: Caller) -> Caller:
    """The caller, counted against its rate and its month. Raises as `admitted`."""
    with context.timings.of(Stage.ADMIT):
        context.reservation = await services.permits.admit(caller.application)
    return caller
