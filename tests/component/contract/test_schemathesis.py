"""Requests made from the OpenAPI document, right ones and wrong ones, with keys and without: every answer is
one that the document tells, and none is a fault of the server."""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from schemathesis import GenerationMode
from schemathesis.core.transport import Response

from bonaface import Analyzer
from bonaface.api.app import create_app
from bonaface.api.errors import TABLE
from bonaface.api.outcome import Outcome
from support.http.cases import FEW, AnyCase, Caller, Operation, operation_of, operations
from support.http.pages import PATHS, document_of
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

SNAPSHOT = json.loads((Path(__file__).parent / "openapi.snapshot.json").read_text())
"""The document as it is served; tests/component/contract/test_openapi.py holds the two together."""
PAGES = document_of(PATHS, SNAPSHOT["components"])
SPOOFING = "/v1.0/appkeys/{appKey}/spoofing"
LIVENESS = "/v2/liveness"
TOKENS = "/v2/tokens"
FEEDBACK = "/v2/feedback"
WITH_BEARER = (LIVENESS, TOKENS, FEEDBACK)
PREVIEW = "/console/preview"
IMAGE_STATUSES = {200, 400, 413, 415}
STATUSES = {0: 200} | {row.code: row.status for row in TABLE.values() if row is not Outcome.INTERNAL}
BEYOND = re.compile(
    "must be at most|characters on one line|in the future|a burst is a multiple|multiple of the rate"
    "|Ask for at most|`from`"
    "|rejectBelow no higher"
    "|attackKind with an attack"
)
"""Refusals of requests that hold to their schema, for what a schema cannot tell."""


def only(start: str) -> dict[str, Any]:
    """The part of the document whose paths start like this."""
    paths = {path: told for path, told in SNAPSHOT["paths"].items() if path.startswith(start)}
    return {**SNAPSHOT, "paths": paths}


each_operation = pytest.mark.parametrize(("operation", "mode"), operations(SNAPSHOT))
each_page = pytest.mark.parametrize(("operation", "mode"), operations(PAGES, [GenerationMode.POSITIVE]))


@pytest.fixture
def token(server: RunningServer) -> str:
    """A new one for each test: with keys, tokens that are there are revoked."""
    return server.services.admin_tokens.create(secrets.token_hex(8), actor=ACTOR)[1]


@pytest.fixture(scope="module")
def other_app_key(server: RunningServer) -> str:
    """An application that may be changed, disabled and stripped of its secrets."""
    return server.services.applications.create_application("other", actor=ACTOR)[0].app_key


def is_admin(operation: Operation) -> bool:
    return operation.path.startswith("/admin/")


def authorization(operation: Operation, server: RunningServer, token: str) -> str:
    if operation.path in WITH_BEARER:
        return f"Bearer {server.secret}"
    return f"Bearer {token}" if is_admin(operation) else server.secret


def result_code(response: Response) -> int:
    """The result code of an answer in the envelope, which its header repeats."""
    code = response.json()["header"]["resultCode"]
    assert response.headers["x-result-code"] == [str(code)]
    assert code in STATUSES
    return int(code)


def is_right(case: AnyCase) -> bool:
    """Whether the request holds to its schema."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def assert_refused(case: AnyCase, response: Response) -> None:
    """No keys, or wrong ones."""
    if is_admin(case.operation):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == ["Bearer"]
    elif case.operation.path == SPOOFING:
        assert result_code(response) == -41005
    elif case.operation.path in WITH_BEARER:
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized")


def assert_told(case: AnyCase, response: Response) -> None:
    """A code of the contract; under /admin/v1, a right request is refused only for what no schema tells."""
    if "Authorization" not in response.request.headers:  # one of the ways to be wrong
        assert_refused(case, response)
    elif case.operation.path == SPOOFING:
        assert result_code(response) != -41005
    elif case.operation.path == LIVENESS:
        assert response.status_code in IMAGE_STATUSES
    elif response.status_code == 400 and is_right(case):
        assert BEYOND.search(response.json()["detail"])


def assert_real(case: AnyCase, response: Response) -> None:
    """The status is the one that the table has for the code."""
    assert response.status_code == STATUSES[result_code(response)]


@each_operation
def test_without_keys(server: RunningServer, token: str, operation: Operation, mode: GenerationMode) -> None:
    Caller(server).try_all(operation, mode, assert_refused, FEW)


@each_operation
def test_with_keys(server: RunningServer, token: str, operation: Operation, mode: GenerationMode) -> None:
    given = authorization(operation, server, token)
    app_key = None if is_admin(operation) else server.app_key
    Caller(server, given, app_key).try_all(operation, mode, assert_told)


@pytest.mark.parametrize(("operation", "mode"), operations(only("/admin/v1/applications/{appKey}")))
def test_an_application_that_is_there(
    server: RunningServer, token: str, other_app_key: str, operation: Operation, mode: GenerationMode
) -> None:
    Caller(server, f"Bearer {token}", other_app_key).try_all(operation, mode, assert_told)


@pytest.fixture(scope="module")
def real_status_server(
    analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("real-status")
    with running(analyzer, settings_in(folder, server={"real_status_codes": True})) as server:
        yield server


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("with_keys", [False, True])
def test_real_statuses(real_status_server: RunningServer, mode: GenerationMode, with_keys: bool) -> None:
    with real_status_server.client() as client:
        document = client.get("/openapi.json").json()
    operation = operation_of(document, SPOOFING)
    keys = (real_status_server.secret, real_status_server.app_key) if with_keys else ()
    Caller(real_status_server, *keys).try_all(operation, mode, assert_real)


def assert_page(case: AnyCase, response: Response) -> None:
    """Nothing is found under a made-up name; nobody is let in with a made-up appKey."""
    if case.operation.path == PREVIEW:
        assert result_code(response) == -41005
    else:
        assert ("{name}" in case.operation.path) == (response.status_code == 404)


@each_page
def test_pages(server: RunningServer, operation: Operation, mode: GenerationMode) -> None:
    Caller(server, server.secret).try_all(operation, mode, assert_page)


def assert_previewed(case: AnyCase, response: Response) -> None:
    """No made-up address leads to an image."""
    assert result_code(response) in {-40000, -45050}


@pytest.mark.parametrize("mode", GenerationMode)
def test_preview_with_keys(server: RunningServer, mode: GenerationMode) -> None:
    operation = operation_of(PAGES, PREVIEW)
    Caller(server, server.secret, server.app_key).try_all(operation, mode, assert_previewed)


TOLD = {
    (path, method.upper())
    for document in (SNAPSHOT, PAGES)
    for path, item in document["paths"].items()
    for method in item
}


FOR_BROWSERS = {("/", "GET"), ("/", "HEAD")}
"""To others there is no such path."""


def test_every_route_is_told(server: RunningServer) -> None:
    routes = iter_route_contexts(create_app(server.services).routes)
    assert {(route.path, method) for route in routes for method in route.methods or ()} == TOLD | FOR_BROWSERS


@pytest.mark.parametrize("path", sorted({path for path, _ in TOLD}))
def test_other_methods_are_refused(server: RunningServer, token: str, path: str) -> None:
    told = {method for each, method in TOLD if each == path}
    with server.client() as client:
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"} - told:
            answer = client.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code == 405
            assert set(answer.headers["allow"].split(", ")) == told
