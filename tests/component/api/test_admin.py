"""`/admin/v1` over a real socket, on both databases."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from bonaface import Analyzer
from bonaface.accounts.audit import Actor
from bonaface.accounts.role import Role
from bonaface.feedback.judged_answer import JudgedAnswer
from bonaface.policies.decision_policy import Decision
from bonaface.settings import StorageSettings
from support.http.wire import connected, exchange, head
from support.servers.thread import RunningServer, running, settings_in
from support.waiting import wait_until

PROBLEM = "application/problem+json"
TESTER = Actor("cli:tester", "local")
SPOOFING = "/v1.0/appkeys/{}/spoofing"


@dataclass(frozen=True)
class Admin:
    """A server with one live token, and a client that carries it."""

    server: RunningServer
    token: str
    client: httpx2.Client

    def get(self, path: str, **parameters: str | int) -> Any:  # noqa: ANN401 - any JSON value
        answer = self.client.get(f"/admin/v1{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: object = None) -> httpx2.Response:
        return self.client.request(method, f"/admin/v1{path}", json=body)

    def made(self, **members: object) -> Any:  # noqa: ANN401 - any JSON value
        answer = self.send("POST", "/applications", {"name": "shop", **members})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def code(self, app_key: str, secret: str) -> int:
        """The result code that the v1.0 route answers to these keys: -40000 once they are right."""
        answer = self.client.post(SPOOFING.format(app_key), headers={"Authorization": secret}, json={})
        code: int = answer.json()["header"]["resultCode"]
        return code


@contextmanager
def administered(server: RunningServer) -> Iterator[Admin]:
    """A client with a token of the server."""
    _, token = server.services.admin_tokens.create("console", actor=TESTER)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=server.url, headers=headers, trust_env=False, timeout=30) as client:
        yield Admin(server, token, client)


@pytest.fixture
def server(analyzer: Analyzer, storage: StorageSettings) -> Iterator[RunningServer]:
    """A server of the test's own, for what counts or lists everything that is there."""
    with running(analyzer, settings_in(storage.directory, storage=storage.model_dump())) as server:
        yield server


@pytest.fixture
def own(server: RunningServer) -> Iterator[Admin]:
    with administered(server) as admin:
        yield admin


@pytest.fixture(scope="module")
def admin(analyzer: Analyzer, module_storage: StorageSettings) -> Iterator[Admin]:
    """A server that the tests of this file share."""
    settings = settings_in(module_storage.directory, storage=module_storage.model_dump())
    with running(analyzer, settings) as server, administered(server) as admin:
        yield admin


def assert_problem(answer: httpx2.Response, status: int, words: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    told = answer.json()
    assert told.keys() == {"type", "title", "status", "detail"}
    assert told["status"] == status
    assert words in told["detail"]


def test_it_is_off_while_there_is_no_token(server: RunningServer) -> None:
    with server.client() as client:
        for path in ("/applications", "/usage", "/audit", "/models", "/status", "/nothing"):
            answer = client.get(f"/admin/v1{path}", headers={"Authorization": "Bearer bfa_guess"})
            assert_problem(answer, 404, "bonaface admin token create" if path != "/nothing" else "nothing")


def test_only_a_live_token_is_let_in(admin: Admin) -> None:
    server = admin.server
    other, text = server.services.admin_tokens.create("other", actor=TESTER)
    server.services.admin_tokens.revoke(other.name, actor=TESTER)
    for given in ("", "Bearer", "Bearer guess", f"Bearer {text}", f"Basic {admin.token}", admin.token):
        answer = admin.client.get("/admin/v1/applications", headers={"Authorization": given})
        assert_problem(answer, 401, "token")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_the_token_is_checked_before_a_byte_of_the_body_is_read(admin: Admin) -> None:
    with connected(admin.server.address) as wire:
        wire.send(head("/admin/v1/applications", "Content-Length: 4000000", "Content-Type: application/json"))
        assert wire.read().status == 401


def test_an_application_from_its_making_to_its_end(admin: Admin) -> None:
    made = admin.made(note="till 3", quota={"requestsPerSecond": 5, "burst": 10, "requestsPerMonth": 1000})
    app_key, first = made["application"]["appKey"], made["secretKey"]
    assert made["application"]["state"] == "active"
    assert admin.code(app_key, first) == -40000

    found = admin.get(f"/applications/{app_key}")
    assert found["quota"] == {"requestsPerSecond": 5, "burst": 10, "requestsPerMonth": 1000}
    assert [secret["id"] for secret in found["secrets"]] == [made["secret"]["id"]]
    assert first not in str(found)
    assert found["usedThisMonth"] == 1

    rotated = admin.send("POST", f"/applications/{app_key}/secrets", {"overlapSeconds": 3600})
    assert rotated.status_code == 201
    second = rotated.json()["secretKey"]
    assert [admin.code(app_key, secret) for secret in (first, second)] == [-40000, -40000]
    old, new = sorted(admin.get(f"/applications/{app_key}")["secrets"], key=lambda secret: secret["id"])
    ends = datetime.fromisoformat(old["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < ends <= timedelta(hours=1)
    assert new["expiresAt"] is None
    assert_problem(admin.send("POST", f"/applications/{app_key}/secrets", {}), 409, "secret")

    assert admin.send("DELETE", f"/applications/{app_key}/secrets/{old['id']}").status_code == 204
    assert [secret["id"] for secret in admin.get(f"/applications/{app_key}")["secrets"]] == [new["id"]]

    changed = admin.send("PATCH", f"/applications/{app_key}", {"state": "disabled", "name": "shop 2"})
    assert (changed.json()["state"], changed.json()["name"]) == ("disabled", "shop 2")

    trail = admin.get("/audit", appKey=app_key)["items"]
    assert len(trail) >= 4
    assert {entry["actor"] for entry in trail} == {"token:console"}
    assert {entry["origin"] for entry in trail} == {"127.0.0.1"}
    assert not [secret for secret in (first, second, admin.token) if secret in str(trail)]


def test_quotas_are_set_read_and_taken_away(admin: Admin) -> None:
    path = f"/applications/{admin.made()['application']['appKey']}/quota"
    asked = {"requestsPerSecond": 2, "burst": 6, "requestsPerMonth": None}
    assert admin.send("PUT", path, asked).json() == {**asked, "usedThisMonth": 0}
    assert admin.get(path) == {**asked, "usedThisMonth": 0}
    assert admin.send("PUT", path, {}).json()["requestsPerSecond"] is None
    assert_problem(admin.send("PUT", path, {"requestsPerSecond": 2, "burst": 5}), 400, "burst")


def test_applications_are_listed_page_by_page_and_found(own: Admin) -> None:
    for number in range(5):
        own.made(name=f"shop {number}")
    seen: list[str] = []
    after: str | None = "0"
    while after is not None:
        page = own.get("/applications", limit=2, after=after, search="SHOP")
        assert len(page["items"]) <= 2
        seen += [item["name"] for item in page["items"]]
        after = page["next"]
    assert seen == [f"shop {number}" for number in range(5)]
    assert [item["name"] for item in own.get("/applications", search="shop 3")["items"]] == ["shop 3"]
    assert own.get("/applications", state="disabled")["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "/applications", {}, "name"),
        ("POST", "/applications", {"name": ""}, "name"),
        ("POST", "/applications", {"name": "x", "admin": True}, "admin"),
        ("POST", "/applications", {"name": "x", "secretExpiresAt": "2020-01-01T00:00:00Z"}, "future"),
        ("POST", "/applications", {"name": "x", "secretExpiresAt": "2030-01-01T00:00:00"}, "timezone"),
        ("POST", "/applications", {"name": "a\u202eb"}, "without U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("PATCH", "/applications/x", {"name": "a\u2028b"}, "without U+2028 (LINE SEPARATOR)"),
        ("POST", "/applications", ["x"], "object"),
        ("POST", "/applications", {"name": "x" * 70_000}, "bytes"),
        ("GET", "/applications?limit=0", None, "limit"),
        ("GET", "/applications?after=x", None, "after"),
        ("GET", "/usage?by=minute", None, "by"),
        ("GET", "/usage?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", None, "before"),
        ("GET", "/usage?by=hour&from=2020-01-01T00:00:00Z", None, "92 days"),
    ],
)
def test_what_does_not_hold_is_told_by_its_name(
    admin: Admin, method: str, path: str, body: object, words: str
) -> None:
    answer = admin.send(method, path, body)
    assert_problem(answer, 400, words)


def test_the_log_names_the_whole_route_and_not_who_was_asked_for(admin: Admin) -> None:
    with capture_logs() as logs:
        admin.send("GET", "/applications/unknown/quota")
        # the line is written after the answer has left, as may be that of the test before
        wait_until(lambda: "/admin/v1/applications/{appKey}/quota" in [log.get("route") for log in logs])
    assert "unknown" not in str(logs)


def test_a_body_that_is_no_json_is_told(admin: Admin) -> None:
    answer = admin.client.post("/admin/v1/applications", content=b"{")
    assert_problem(answer, 400, "JSON")


@pytest.mark.parametrize("path", ["/applications/unknown", "/applications/unknown/quota", "/usage?appKey=no"])
def test_an_application_that_is_not_there(admin: Admin, path: str) -> None:
    assert_problem(admin.send("GET", path), 404, "application")


def test_a_secret_that_is_not_there(admin: Admin) -> None:
    app_key = admin.made()["application"]["appKey"]
    assert_problem(admin.send("DELETE", f"/applications/{app_key}/secrets/999"), 404, "secret")


def test_paths_and_methods_that_are_not_there(admin: Admin) -> None:
    assert_problem(admin.send("GET", "/nothing"), 404, "nothing")
    assert_problem(admin.send("DELETE", "/applications"), 405, "method")
    assert exchange(admin.server.address, head("/admin", method="GET")).status == 404


def test_usage_tells_what_was_answered(own: Admin, portrait: bytes) -> None:
    server = own.server
    with server.client() as client:
        for _ in range(2):
            assert client.post(server.path, files={"imageFile": portrait}).json()["data"]["faceDetailCount"]
        client.post(server.path, json={})
    for by in ("hour", "day", "month"):
        view = own.get("/usage", by=by, appKey=server.app_key)
        (row,) = view["rows"]
        assert row["outcomes"] == {"faces": 2, "-40000": 1}
        assert (row["requests"], row["bonaFide"], row["attacks"]) == (3, 2, 0)
        assert 0 < row["meanMilliseconds"] <= row["slowestMilliseconds"] + 1
        assert view["by"] == by
    own.client.post(SPOOFING.format("guessed"), headers={"Authorization": "x"})
    (row,) = own.get("/usage")["rows"]
    assert row["outcomes"] == {"faces": 2, "-40000": 1, "-41005": 1}


def test_the_status_is_that_of_the_server(own: Admin) -> None:
    limits = own.server.services.settings.serving
    assert own.get("/status") == {
        "ready": True,
        "models": "warm",
        "engine": "working",
        "database": "reachable",
        "stopping": False,
        "workers": limits.workers,
        "running": 0,
        "stuck": 0,
        "queue": limits.queue,
        "waiting": 0,
        "ledgerBacklog": 0,
    }


def test_who_asked_most_often(own: Admin) -> None:
    server = own.server
    for _ in range(2):
        own.client.post(server.path, headers={"Authorization": server.secret}, json={})
    own.client.post(SPOOFING.format("guessed"), headers={"Authorization": "x"})
    nobody = {"appKey": None, "name": None, "requests": 1, "bonaFide": 0, "attacks": 0}
    caller = {"appKey": server.app_key, "name": "test", "requests": 2, "bonaFide": 0, "attacks": 0}
    view = own.get("/usage/callers")
    begin, end = (datetime.fromisoformat(view[name]) for name in ("from", "to"))
    assert (end.date() - begin.date()).days == 29  # with today the 30 days that the overview draws
    midnight = own.get("/usage/callers", to="2026-03-01T00:00:00Z")["from"]
    assert datetime.fromisoformat(midnight) == datetime(2026, 1, 30, tzinfo=UTC)
    assert view["items"] == [caller, nobody]
    assert own.get("/usage/callers", limit=1)["items"] == [caller]
    assert own.get("/usage/callers", to=view["from"])["items"] == []


def test_error_rates_as_they_were_reported(admin: Admin) -> None:
    services, now = admin.server.services, datetime.now(UTC)
    made = services.applications.create_application("reporter", actor=TESTER)[0]
    for number, kind in enumerate(("", "print", "print")):
        answer = JudgedAnswer(bytes([number]) * 32, now, "onboarding", "3", Decision.ACCEPT)
        services.feedback.record(made.id, answer, kind)
    (found,) = admin.get("/feedback", appKey=made.app_key)["items"]
    assert (found["appKey"], found["policy"], found["version"]) == (made.app_key, "onboarding", "3")
    assert (found["bonaFide"]["accept"], found["bonaFide"]["bpcer"]["rate"]) == (1, 0.0)
    (attacks,) = found["attacks"]
    assert (attacks["attackKind"], attacks["accept"], attacks["apcer"]["rate"]) == ("print", 2, 1.0)
    assert (found["worstKind"], found["corrections"]) == ("print", 0)
    before = {"from": (now - timedelta(days=2)).isoformat(), "to": (now - timedelta(days=1)).isoformat()}
    assert admin.get("/feedback", **before)["items"] == []


def test_the_audit_trail_is_read_page_by_page(own: Admin) -> None:
    for number in range(3):
        own.made(name=f"n{number}")
    first = own.get("/audit", limit=2)
    assert len(first["items"]) == 2
    second = own.get("/audit", limit=200, before=first["next"])
    ids = [entry["id"] for entry in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert second["next"] is None


def test_the_audit_trail_of_one_actor_action_and_time(own: Admin) -> None:
    key = own.made(name="one")["application"]["appKey"]
    own.made(name="two")
    own.send("PATCH", f"/applications/{key}", {"state": "disabled"})
    trail = own.get("/audit", actor="token:console")["items"]
    assert trail[0]["action"] == "application.disable"
    made = own.get("/audit", action="application.create", actor="token:console")["items"]
    assert {entry["detail"]["name"] for entry in made} == {"one", "two"}
    assert made[1]["target"] == key
    assert own.get("/audit", **{"from": made[1]["at"], "to": made[0]["at"]})["items"] == [made[1]]
    assert own.get("/audit", action="nothing")["items"] == []
    answer = own.client.get("/admin/v1/audit", params={"from": made[0]["at"], "to": made[1]["at"]})
    assert (answer.status_code, answer.json()["detail"]) == (400, "`from` must be before `to`.")


def test_models_in_use_are_those_of_the_settings(admin: Admin) -> None:
    models = admin.get("/models")
    assert (models["detector"]["name"], models["pad"]["name"]) == ("bonaface-face", "bonaface-pad")
    assert models["runtime"].startswith("OpenVINO")
    assert models["thresholds"].keys() == {"weak", "balanced", "strict"}
    assert all(len(file["sha256"]) == 64 for file in models["pad"]["files"])


def test_a_policy_from_its_making_to_its_end(own: Admin) -> None:
    assert own.get("/policies") == {"items": [], "default": None}
    path = "/policies/new%20customers"
    made = own.send("PUT", path, {"rejectBelow": 0.2, "acceptFrom": 0.8, "note": "of May"}).json()
    told = {"name": "new customers", "version": 1, "rejectBelow": 0.2, "acceptFrom": 0.8, "note": "of May"}
    assert made == {**told, "createdAt": made["createdAt"], "retiredAt": None}
    again = own.send("PUT", path, {"rejectBelow": 0.2, "acceptFrom": 0.8, "note": "of May"})
    assert again.json() == made
    changed = own.send("PUT", path, {"rejectBelow": 0, "acceptFrom": 1}).json()
    assert (changed["version"], changed["note"]) == (2, "")
    assert own.get("/policies")["items"] == [changed]
    assert own.get(path) == {**changed, "isDefault": False, "appKeys": []}
    assert own.get(f"{path}/versions/1") == made
    first = own.get(f"{path}/versions", limit=1)
    assert first == {"items": [changed], "next": 2}
    assert own.get(f"{path}/versions", before=first["next"]) == {"items": [made], "next": None}
    assert own.send("DELETE", path).status_code == 204
    assert own.get("/policies")["items"] == []
    assert own.get("/policies", retired=1)["items"][0]["retiredAt"] is not None
    assert [
        entry["detail"].get("version") for entry in own.get("/audit", appKey="policy:new customers")["items"]
    ] == [
        2,
        2,
        1,
    ]


def test_policies_are_assigned_and_decide_at_once_where_that_was_asked(own: Admin) -> None:
    key = own.server.app_key
    for name in ("staff", "pay"):
        own.send("PUT", f"/policies/{name}", {"rejectBelow": 0.2, "acceptFrom": 0.8})
    assert own.get(f"/applications/{key}/policy") == own.get("/default-policy") == {"policy": None}
    assert decider(own) is None
    assert own.send("PUT", "/default-policy", {"policy": "staff"}).json() == {"policy": "staff"}
    assert decider(own) == "staff"
    assert own.send("PUT", f"/applications/{key}/policy", {"policy": "pay"}).json() == {"policy": "pay"}
    assert decider(own) == "pay"
    assert (own.get("/policies")["default"], own.get("/policies/pay")["appKeys"]) == ("staff", [key])
    assert own.get("/policies/staff")["isDefault"] is True
    assert_problem(own.send("DELETE", "/policies/pay"), 409, "application's")
    assert own.send("PUT", f"/applications/{key}/policy", {"policy": None}).json() == {"policy": None}
    assert own.send("DELETE", "/policies/pay").status_code == 204
    assert decider(own) == "staff"


def decider(admin: Admin) -> str | None:
    """Which policy is in force for the server's application."""
    services = admin.server.services
    application = services.applications.get_application(admin.server.app_key)
    chosen = services.policies_in_force.refresh().chosen(application.id, None)
    return None if chosen is None else chosen.name


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("PUT", "/policies/staff", {"rejectBelow": 0.8, "acceptFrom": 0.2}, 400, "rejectBelow"),
        ("PUT", "/policies/staff", {"rejectBelow": "0.1", "acceptFrom": 0.2}, 400, "rejectBelow"),
        ("PUT", "/policies/staff", {"rejectBelow": 0.1}, 400, "acceptFrom"),
        ("PUT", "/policies/staff", {"rejectBelow": 0.1, "acceptFrom": 0.2, "name": "a"}, 400, "name"),
        ("PUT", "/policies/strict", {"rejectBelow": 0.1, "acceptFrom": 0.2}, 400, "name"),
        ("PUT", "/policies/" + "x" * 51, {"rejectBelow": 0.1, "acceptFrom": 0.2}, 400, "name"),
        ("PUT", "/default-policy", {}, 400, "policy"),
        ("PUT", "/default-policy", {"policy": "nobody"}, 404, "policy"),
        ("PUT", "/applications/unknown/policy", {"policy": None}, 404, "application"),
        ("GET", "/applications/unknown/policy", None, 404, "application"),
        ("GET", "/policies/nobody", None, 404, "policy"),
        ("GET", "/policies/nobody%00/versions", None, 404, "policy"),
        ("GET", "/policies/nobody/versions/1", None, 404, "policy"),
        ("GET", "/policies/nobody/versions/0", None, 400, "version"),
        ("DELETE", "/policies/nobody", None, 404, "policy"),
    ],
)
def test_policies_that_do_not_hold_or_are_not_there(
    admin: Admin, method: str, path: str, body: object, status: int, words: str
) -> None:
    assert_problem(admin.send(method, path, body), status, words)


def test_the_openapi_document_tells_them_all(admin: Admin) -> None:
    document = admin.client.get("/openapi.json").json()
    paths = {path for path in document["paths"] if path.startswith("/admin/v1")}
    assert len(paths) == 23
    for path in paths:
        for operation in document["paths"][path].values():
            assert operation["security"] == [{"adminToken": []}]
            assert operation["tags"] == ["Administration"]


def _with(admin: Admin, role: Role) -> httpx2.Client:
    _, token = admin.server.services.admin_tokens.create(f"{role} {time_ns()}", role=role, actor=TESTER)
    return httpx2.Client(
        base_url=f"{admin.server.url}/admin/v1",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=30,
    )


def test_a_viewer_reads_and_changes_nothing(admin: Admin) -> None:
    app_key = admin.made()["application"]["appKey"]
    with _with(admin, Role.VIEWER) as viewer:
        for path in ("/applications", f"/applications/{app_key}", "/usage", "/audit", "/models", "/status"):
            assert viewer.get(path).status_code == 200, path
        assert viewer.get("/token").json()["role"] == "viewer"
        for method, path in (
            ("POST", "/applications"),
            ("PATCH", f"/applications/{app_key}"),
            ("DELETE", f"/applications/{app_key}"),
            ("POST", f"/applications/{app_key}/restore"),
            ("POST", f"/applications/{app_key}/secrets"),
            ("DELETE", f"/applications/{app_key}/secrets/1"),
            ("PUT", f"/applications/{app_key}/quota"),
            ("GET", "/tokens"),
            ("POST", "/tokens"),
            ("DELETE", "/tokens/1"),
        ):
            assert_problem(viewer.request(method, path, json={}), 403, "The role viewer")
    assert admin.get(f"/applications/{app_key}")["state"] == "active"


def test_every_route_that_changes_something_is_closed_to_viewers(admin: Admin) -> None:
    paths = admin.client.get("/openapi.json").json()["paths"]
    changes = [
        (method.upper(), path.removeprefix("/admin/v1"))
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/admin/v1/") and method not in ("get", "head", "parameters")
    ]
    with _with(admin, Role.VIEWER) as viewer:
        found = {
            viewer.request(method, re.sub(r"\{\w+\}", "1", path), json={}).status_code
            for method, path in changes
        }
    assert len(changes) >= 9
    assert found == {403}


def test_an_operator_changes_applications_and_no_token(admin: Admin) -> None:
    with _with(admin, Role.OPERATOR) as operator:
        made = operator.post("/applications", json={"name": "till"})
        assert made.status_code == 201
        app_key = made.json()["application"]["appKey"]
        assert operator.patch(f"/applications/{app_key}", json={"note": "new"}).status_code == 200
        assert operator.delete(f"/applications/{app_key}").status_code == 200
        assert_problem(operator.get("/tokens"), 403, "The role operator")


def test_an_owner_makes_lists_and_stops_tokens(admin: Admin) -> None:
    name = f"ops {time_ns()}"
    made = admin.send("POST", "/tokens", {"name": name, "role": "viewer"})
    assert made.status_code == 201
    token, text = made.json()["token"], made.json()["secret"]
    headers = {"Authorization": f"Bearer {text}"}

    assert token["role"] == "viewer"
    assert token["id"] in [each["id"] for each in admin.get("/tokens")["items"]]
    assert admin.client.get("/admin/v1/token", headers=headers).json()["name"] == name
    assert_problem(admin.send("POST", "/tokens", {"name": name, "role": "owner"}), 409, "has this name")
    assert_problem(admin.send("POST", "/tokens", {"name": "x", "role": "king"}), 400, "role")
    assert admin.send("DELETE", f"/tokens/{token['id']}").status_code == 204
    assert_problem(admin.client.get("/admin/v1/token", headers=headers), 401, "not valid")
    assert_problem(admin.send("DELETE", f"/tokens/{token['id']}"), 404, "No token")


def test_the_last_owner_stays(own: Admin) -> None:
    (only,) = own.get("/tokens")["items"]
    assert_problem(own.send("DELETE", f"/tokens/{only['id']}"), 409, "the last owner's token")
    assert own.get("/token")["id"] == only["id"]


def test_a_removed_application_keeps_its_usage_and_comes_back(own: Admin) -> None:
    made = own.made()
    app_key, secret = made["application"]["appKey"], made["secretKey"]
    own.code(app_key, secret)
    wait_until(lambda: len(own.get("/usage", by="day", appKey=app_key)["rows"]) == 1)
    removed = own.send("DELETE", f"/applications/{app_key}").json()
    wait_until(lambda: own.code(app_key, secret) == -41005)

    assert removed["removedAt"] is not None
    assert app_key not in [each["appKey"] for each in own.get("/applications")["items"]]
    assert [each["appKey"] for each in own.get("/applications", removed="true")["items"]] == [app_key]
    assert len(own.get("/usage", by="day", appKey=app_key)["rows"]) == 1
    assert "shop" in [each["name"] for each in own.get("/usage/callers")["items"]]
    assert_problem(own.send("PATCH", f"/applications/{app_key}", {"name": "x"}), 409, "restore it first")
    assert own.send("POST", f"/applications/{app_key}/restore").json()["removedAt"] is None
    assert own.code(app_key, secret) == -40000
