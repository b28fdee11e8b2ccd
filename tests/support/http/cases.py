"""Requests made by schemathesis from an OpenAPI document, sent to a real server."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from support.servers.thread import RunningServer

EXAMPLES = 15
FEW = 5
"""Where the answer is the same whatever is asked."""
BUSY_TRIES = 3
"""A database that takes over 1.5 s, as on a machine that does much else, is told by 503 with Retry-After."""
OF_MEANING = [ignored_auth, negative_data_rejection, positive_data_acceptance]
"""Checks that go by the status alone: the route of the contract says 200, and keys are put in by the test."""

AnyCase = Case[Any]
Operation = APIOperation[Any, Any, Any, Any]
Check = Callable[[AnyCase, Response], None]


def operations(document: dict[str, Any], modes: Iterable[GenerationMode] = GenerationMode) -> list[Any]:
    """Parameters of a test: every operation with right requests, and wrong ones where there can be any."""
    results = schemathesis.openapi.from_dict(document).get_all_operations()
    found = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(found) == sum(map(len, document["paths"].values()))
    return [
        pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
        for operation in found
        for mode in modes
        if mode is GenerationMode.POSITIVE or operation.body or operation.path_parameters or operation.query
    ]


def operation_of(document: dict[str, Any], path: str) -> Operation:
    """The POST operation at `path`."""
    operation: Operation = schemathesis.openapi.from_dict(document)[path]["POST"]
    return operation


@dataclass(frozen=True)
class Caller:
    """Sends cases with this `Authorization`, for this application; what is None is left to schemathesis."""

    server: RunningServer
    authorization: str | None = None
    app_key: str | None = None

    def send(self, case: AnyCase) -> Response:
        """The answer to `case`, asked for again where the server says that it is busy, as a client does."""
        if self.app_key is not None and "appKey" in case.path_parameters:
            case.path_parameters["appKey"] = self.app_key
        given = {"Authorization": self.authorization, "X-App-Key": self.app_key}
        headers = {name: value for name, value in given.items() if value is not None}
        response = case.call(base_url=self.server.url, headers=headers)
        for _ in range(BUSY_TRIES):
            is_busy = response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            if not is_busy or "retry-after" not in response.headers:
                break
            response = case.call(base_url=self.server.url, headers=headers)
        return response

    def try_all(
        self, operation: Operation, mode: GenerationMode, check: Check, examples: int = EXAMPLES
    ) -> None:
        """Send examples, always the same ones; hold the answers against the document, and against `check`."""

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: AnyCase) -> None:
            response = self.send(case)
            case.validate_response(response, excluded_checks=OF_MEANING)
            check(case, response)

        run()
