"""What the OpenAPI document leaves out, since no client calls it: the pages, told in the same language."""

from typing import Any

FAILURE = {"$ref": "#/components/schemas/FailureResponse"}


def answer(*media_types: str) -> dict[str, Any]:
    """An answer of one of these types."""
    return {"description": "an answer", "content": {media_type: {} for media_type in media_types}}


NOTHING = {"description": "the browser has it already"}
MISSING = {"description": "no such file", "content": {"application/json": {"schema": FAILURE}}}


def page(*media_types: str, parameters: tuple[str, ...] = ()) -> dict[str, Any]:
    """A path that gives a file to anyone."""
    given = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in parameters
    ]
    responses = {"200": answer(*media_types), "304": NOTHING, **({"404": MISSING} if parameters else {})}
    return {method: {"parameters": given, "responses": responses} for method in ("get", "head")}


PREVIEW = {
    "parameters": [{"name": "X-App-Key", "in": "header", "schema": {"type": "string"}}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["url"],
                    "properties": {"url": {"type": "string", "maxLength": 3000}},
                }
            }
        },
    },
    "responses": {
        "200": answer("application/json", "image/png", "image/jpeg"),
        "429": MISSING,
        "503": MISSING,
    },
}

PATHS: dict[str, Any] = {
    "/openapi.json": page("application/json"),
    "/docs": page("text/html"),
    "/docs/start.js": page("text/javascript"),
    "/docs/{name}": page("text/javascript", "text/css", "image/png", parameters=("name",)),
    "/console": page("text/html"),
    "/console/overview": page("text/html"),
    "/console/{folder}/{name}": page(
        "text/javascript", "text/css", "image/svg+xml", parameters=("folder", "name")
    ),
    "/console/preview": {"post": PREVIEW},
    "/.well-known/jwks.json": {"head": {"responses": {"200": NOTHING}}},
    "/healthz": {"head": {"responses": {"200": NOTHING}}},
    "/readyz": {"head": {"responses": {"200": NOTHING, "503": NOTHING}}},
}


def document_of(pages: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document of these paths."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "pages", "version": "1"},
        "paths": pages,
        "components": components,
    }
