"""Policies decide on v2, and on v2 alone; the evidence tells which did."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from support.models.analyses import SteadyAnalyzer
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

PATH = "/v2/liveness"
IMAGE = {"image": {"bytes": base64.b64encode(b"image").decode()}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One whose faces score 0.9, with a policy for each decision; none is anybody's."""
    with running(SteadyAnalyzer(), settings_in(tmp_path_factory.mktemp("policies"))) as server:
        for name, reject, accept in (("lax", 0.1, 0.5), ("careful", 0.5, 0.95), ("severe", 0.95, 0.99)):
            server.services.policies.put(name, reject, accept, actor=ACTOR)
        server.services.policies_in_force.forget()
        yield server


def told(server: RunningServer, **options: str) -> Any:  # noqa: ANN401 - any JSON value
    headers = {"X-App-Key": server.app_key, "Authorization": f"Bearer {server.secret}"}
    answer = httpx2.post(
        server.url + PATH, headers=headers, json={**IMAGE, **options}, trust_env=False, timeout=30
    )
    return answer.json()


def assign(server: RunningServer, name: str | None, app_key: str | None = None) -> None:
    server.services.policies.assign(name, app_key, actor=ACTOR)
    server.services.policies_in_force.forget()


@pytest.fixture(autouse=True)
def _nobodys(server: RunningServer) -> Iterator[None]:
    yield
    assign(server, None, server.app_key)
    assign(server, None)


@pytest.mark.parametrize(
    ("name", "outcome"), [("lax", "accept"), ("careful", "review"), ("severe", "reject")]
)
def test_the_policy_that_is_named_decides(server: RunningServer, name: str, outcome: str) -> None:
    answer = told(server, policy=name)
    decision = answer["frames"][0]["faces"][0]["decision"]
    assert (decision["outcome"], decision["policy"], decision["version"]) == (outcome, name, 1)
    assert answer["person"]["decision"] == decision
    assert answer["person"]["verdict"] == "bona_fide"  # presets go on telling theirs
    assert answer["evidence"]["decisionPolicy"] == {"name": name, "version": 1}


def test_else_that_of_the_application_else_the_default(server: RunningServer) -> None:
    assert told(server)["person"]["decision"] is None
    assign(server, "severe")
    assert told(server)["person"]["decision"]["policy"] == "severe"
    assign(server, "lax", server.app_key)
    assert told(server)["person"]["decision"]["policy"] == "lax"
    assert told(server, policy="careful")["person"]["decision"]["policy"] == "careful"


@pytest.mark.parametrize("name", ["Lax", "presets", "", "a\x00"])
def test_a_name_that_no_policy_has_is_refused(server: RunningServer, name: str) -> None:
    problem = told(server, policy=name)
    assert (problem["status"], problem["code"]) == (400, "unknown_policy")


def test_v1_knows_of_none(server: RunningServer) -> None:
    assign(server, "severe", server.app_key)
    with server.client() as client:
        (face,) = client.post(server.path, files={"imageFile": b"image"}).json()["data"]["faceDetails"]
    assert face["spoofing"] is False
    assert face.keys() == {"bbox", "landmarks", "spoofing", "confidence"}
