"""/docs: Swagger UI from the files of an installed package; nothing comes from another host."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse

router = APIRouter(prefix="/docs", include_in_schema=False)

READ = ["GET", "HEAD"]
ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes style attributes; scripts come from this server's files alone."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>bonaface API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<noscript><p>This page needs JavaScript; <a href="openapi.json">openapi.json</a> says the same.</p></noscript>
<main id="swagger-ui"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
"""


@router.api_route("", methods=READ)
async def read_page() -> Response:
    """The page."""
    return Response(PAGE, media_type="text/html", headers={"Content-Security-Policy": POLICY})


@router.api_route("/start.js", methods=READ)
async def read_start() -> Response:
    """The script that starts Swagger UI; a file of its own, so that the page needs no inline script."""
    return Response(START, media_type="text/javascript")


@router.api_route("/{name}", methods=READ)
async def read_asset(name: str) -> Response:
    """A file of Swagger UI; 404 for any other name."""
    if name not in ASSETS:
        raise HTTPException(404)
    return FileResponse(asset(name), media_type=ASSETS[name])


def asset(name: str) -> Path:
    """Where a file of Swagger UI is installed."""
    return Path(str(files("fastapi_swagger") / "resources" / name))
