"""Routes whose functions read their requests themselves."""

from collections.abc import Callable, Coroutine
from inspect import signature
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class PlainRoute(APIRoute):
    """A route whose function reads the request itself. The framework documents it, and solves nothing for it:
    to find out that there is nothing to solve takes as long as to read the form.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function; what it takes besides the request is for the document alone."""
        others = [None] * (len(signature(self.endpoint).parameters) - 1)

        async def handle(request: Request) -> Response:
            response: Response = await self.endpoint(request, *others)
            return response

        return handle
