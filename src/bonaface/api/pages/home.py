"""/: leads a browser to the console. Nothing is there for anyone else."""

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from bonaface.api.pages.console import READ

HTML = "text/html"
JSON = "application/json"
WHERE = "console"
"""Relative, so that it holds behind a path prefix that a proxy strips."""


class BrowserRoute(APIRoute):
    """A route that is there for browsers alone: to others it is a path that does not exist."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route's, if the request reads and asks for a page."""
        if scope["type"] != "http" or scope["method"] not in READ or not wants_page(Headers(scope=scope)):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(include_in_schema=False, route_class=BrowserRoute)


@router.api_route("/", methods=READ)
async def read_home() -> Response:
    """Where the console is."""
    return Response(status_code=307, headers={"Location": WHERE, "Vary": "Accept"})


def wants_page(headers: Headers) -> bool:
    """Whether `Accept` names HTML, as browsers do for what they show, and not JSON."""
    ranges = ",".join(headers.getlist("accept")).lower().split(",")
    named = {each.partition(";")[0].strip() for each in ranges}
    return HTML in named and JSON not in named
