"""What the document tells beyond what the framework makes of the routes."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bonaface.api.app import create_app
from bonaface.api.errors import TABLE
from bonaface.api.v1.routes import PATH
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import settings_in


def document(folder: Path, **server: bool) -> dict[str, Any]:
    services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(folder, server=server))
    app = create_app(services)
    made = app.openapi()
    assert app.openapi() == made  # once more does no harm
    asyncio.run(services.close())
    return made


def test_a_status_that_is_never_sent_is_not_told(tmp_path: Path) -> None:
    made = document(tmp_path)
    operations = [operation for path in made["paths"].values() for operation in path.values()]
    assert not [operation for operation in operations if "422" in operation["responses"]]
    assert "HTTPValidationError" not in made["components"]["schemas"]


def test_problems_have_their_own_media_type(tmp_path: Path) -> None:
    responses = document(tmp_path)["paths"]["/admin/v1/models"]["get"]["responses"]
    assert responses["401"]["content"].keys() == {"application/problem+json"}
    assert responses["200"]["content"].keys() == {"application/json"}


@pytest.mark.parametrize("real", [False, True])
def test_real_statuses_are_told_where_they_are_sent(tmp_path: Path, real: bool) -> None:
    responses = document(tmp_path, real_status_codes=real)["paths"][PATH]["post"]["responses"]
    sent = {str(row.status) for row in TABLE.values()}
    assert responses.keys() == ({"200", *sent} if real else {"200", "429", "503"})
    schema = responses["200"]["content"]["application/json"]["schema"]
    assert ("anyOf" in schema) is not real
