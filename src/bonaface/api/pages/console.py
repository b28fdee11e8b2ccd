"""/console: the pages (try an image, and the overview), from files of this package alone."""

import hashlib
from importlib.resources import files
from os import stat_result
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import StrictStr
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

from bonaface.accounts.application import Caller
from bonaface.api.body import content_type
from bonaface.api.body.content_type import BodyKind
from bonaface.api.body.json_reader import JsonReader
from bonaface.api.body.small_body import read_small
from bonaface.api.deps import ContextDep, ServicesDep, admitted
from bonaface.api.request_keys import APP_KEY_HEADER, SECRET_HEADER, Keys, once
from bonaface.api.v1.schemas import Wire
from bonaface.errors import InvalidParameterError
from bonaface.timings import Stage

router = APIRouter(prefix="/console", include_in_schema=False)

READ = ["GET", "HEAD"]
PAGES = {"": "index.html", "/overview": "overview.html"}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOLDERS = ("client", "image", "script", "style", "text")
"""Folders whose files are given to anyone; `client` is that of clients/js, by a link."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(self), microphone=(), geolocation=()"
REVALIDATE = "no-cache"
"""A browser may keep a file, and asks each time whether it is still the one."""

NOT_JSON = "Send the body as application/json."
NO_URL = 'Send the address of the image as JSON: {"url": "https://..."}.'


class PreviewRequest(Wire):
    """The address of an image that the page is to show."""

    url: StrictStr


PREVIEW = JsonReader(PreviewRequest)


class PageFiles(StaticFiles):
    """Files of one folder, each with its type, that browsers keep and ask for again."""

    def file_response(
        self, full_path: PathLike, stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or 304 to a browser that has it. Raises HTTPException (404) for a type that no page has.

        The tag is of the content: in images of containers all files may have one date.
        """
        path = Path(full_path)
        if path.suffix not in TYPES:
            raise HTTPException(404)
        tag = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
        headers = {"Cache-Control": REVALIDATE, "ETag": f'"{tag}"'}
        response = FileResponse(path, status_code, headers, TYPES[path.suffix], stat_result=stat_result)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


def root() -> Path:
    """Where the pages are installed."""
    return Path(str(files("bonaface") / "console"))


PAGE_FILES = PageFiles(directory=root())
ASSETS = {folder: PageFiles(directory=root() / folder) for folder in FOLDERS}


@router.api_route("", methods=READ)
async def read_try_page(request: Request) -> Response:
    """The page that tries an image."""
    return await page(request, "")


@router.api_route("/overview", methods=READ)
async def read_overview(request: Request) -> Response:
    """The administrator's page."""
    return await page(request, "/overview")


@router.api_route("/{folder}/{name}", methods=READ)
async def read_asset(request: Request, folder: str, name: str) -> Response:
    """A file of the pages; 404 for anything that is not one."""
    if folder not in ASSETS:
        raise HTTPException(404)
    return await ASSETS[folder].get_response(name, request.scope)


async def page(request: Request, path: str) -> Response:
    """The page at `path` under /console."""
    response = await PAGE_FILES.get_response(PAGES[path], request.scope)
    response.headers.update({"Content-Security-Policy": POLICY, "Permissions-Policy": PERMISSIONS})
    return response


async def get_preview_caller(
    request: Request,
    services: ServicesDep,
    context: ContextDep,
    app_key: Annotated[str, Header(alias=APP_KEY_HEADER)] = "",
) -> Caller:
    """Whose keys the request carries, within its rate; the body is not read yet.

    Raises UnauthorizedError, RateExceededError, MonthExceededError, StorageError. A preview takes one of the
    rate, so that nobody downloads through it without bounds, and nothing of the month.
    """
    return await admitted(services, context, Keys(app_key, once(request.headers, SECRET_HEADER)))


@router.post("/preview")
async def read_preview(
    request: Request,
    services: ServicesDep,
    context: ContextDep,
    caller: Annotated[Caller, Depends(get_preview_caller)],
) -> Response:
    """The image at an address, which the page's policy keeps the browser from loading itself.

    For those who may have it analysed anyway: the same keys, the same guarded download. Nothing is kept.
    """
    with services.shares.admit(caller.application.id), services.requests.admit():
        url = await read_url(request)
        with context.timings.of(Stage.FETCH):
            image = await services.fetcher.fetch(url, caller.application.id)
        from bonaface.imaging.sniff import sniff  # with it come libraries that a server may not need else

        return Response(image, media_type=f"image/{sniff(image).format.value}")


async def read_url(request: Request) -> str:
    """The address in a JSON body. Raises InvalidParameterError."""
    kind, _ = content_type.parse(request.headers.get("content-type", ""))
    if kind is not BodyKind.JSON:
        raise InvalidParameterError(NOT_JSON)
    body = await read_small(request)
    try:
        return PREVIEW.read(body).url
    except InvalidParameterError:
        raise InvalidParameterError(NO_URL) from None
