"""The OpenAPI document: what the framework makes of the routes, set right where it cannot know better."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from bonaface.api.body.content_type import JSON
from bonaface.api.problem import MEDIA_TYPE
from bonaface.api.services import Services
from bonaface.api.v1 import description
from bonaface.api.v1.routes import PATH

NEVER_SENT = "422"
"""The framework's own status for a parameter that does not hold; this server answers 400."""
ITS_MODELS = ("HTTPValidationError", "ValidationError")
PROBLEMS = [{"$ref": f"#/components/schemas/{name}"} for name in ("Problem", "LivenessProblem")]

Document = dict[str, Any]


class DocumentedApp(FastAPI):
    """An application whose document tells what it answers under the settings that it runs with."""

    def openapi(self) -> Document:
        """The document."""
        document = super().openapi()
        services: Services = self.state.services
        for responses in _responses(document):
            responses.pop(NEVER_SENT, None)
            _tell_problems(responses)
        for name in ITS_MODELS:
            document["components"]["schemas"].pop(name, None)
        if services.settings.server.real_status_codes:
            document["paths"][PATH]["post"]["responses"].update(description.REAL_RESPONSES)
        return document


def _responses(document: Document) -> Iterator[Document]:
    for path in document["paths"].values():
        for operation in path.values():
            yield operation["responses"]


def _tell_problems(responses: Document) -> None:
    """Give problem details their own media type (RFC 9457); the framework knows JSON alone."""
    for response in responses.values():
        content = response.get("content", {})
        if content.get(JSON, {}).get("schema") in PROBLEMS:
            response["content"] = {MEDIA_TYPE: content[JSON]}
