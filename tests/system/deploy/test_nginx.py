"""deploy/nginx before a real server, by nginx itself: TLS, a path prefix, callers, what it answers."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import trustme

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.accounts.audit import AuditRepository
from bonaface.storage.database import Database
from conftest import need_service
from support.network import nginx
from support.network.ports import free_port
from support.servers.lifetime import started
from support.servers.served import ONE_WORKER, QUICK_ENGINE, Served, serving
from support.storage.accounts import ACTOR
from support.waiting import wait_until

NAME = "liveness.example.com"
CALLER = "127.0.0.7"
"""Where callers come from, which is not where nginx connects from."""


@dataclass(frozen=True)
class Front:
    """nginx, where it listens, and the server behind it."""

    port: int
    folder: Path
    authority: trustme.CA
    server: Served

    def client(self) -> httpx2.Client:
        """Of a caller at `CALLER` that trusts the certificate."""
        context = httpx2.create_ssl_context()
        self.authority.configure_trust(context)
        transport = httpx2.HTTPTransport(verify=context, local_address=CALLER)
        headers = {"Authorization": self.server.keys.secret, "Host": NAME}
        return httpx2.Client(
            base_url=f"https://127.0.0.1:{self.port}", headers=headers, transport=transport, timeout=60
        )


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, models_directory: Path) -> Iterator[Front]:
    need_service(nginx.why_not())
    folder = tmp_path_factory.mktemp("nginx")
    proxies = {"trusted_proxies": '["127.0.0.1"]'}
    with serving(
        folder / "server", models_directory, serving=ONE_WORKER, models=QUICK_ENGINE, server=proxies
    ) as server:
        port, authority = free_port(), trustme.CA()
        certificate = authority.issue_cert(NAME, "127.0.0.1")
        certificate.cert_chain_pems[0].write_to_path(str(folder / "certificate"))
        certificate.private_key_pem.write_to_path(str(folder / "key"))
        nginx.write_config(folder, adapted(folder, port, server.address[1]))
        subprocess.run([*nginx.command(folder), "-t"], check=True, capture_output=True)
        with started(nginx.command(folder), stderr=subprocess.DEVNULL) as process:
            try:
                wait_until(lambda: listens(port))
                yield Front(port, folder, authority, server)
            finally:
                process.terminate()


def adapted(folder: Path, port: int, behind: int) -> str:
    """The recipe with other ports and another certificate."""
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{behind};",
        f"/etc/ssl/certs/{NAME}.pem": f"{folder}/certificate",
        f"/etc/ssl/private/{NAME}.key": f"{folder}/key",
    }
    recipe = nginx.RECIPE
    for before, after in changes.items():
        assert recipe.count(before) == 1
        recipe = recipe.replace(before, after)
    return recipe


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("prefix", ["", "/liveness"])
def test_a_verdict_by_tls_with_the_callers_own_address_in_the_log(
    front: Front, portrait: bytes, prefix: str
) -> None:
    lies = {"X-Forwarded-For": "8.8.8.8", "Forwarded": "for=8.8.8.8"}
    before = len(front.server.events("request"))
    with front.client() as client:
        answer = client.post(f"{prefix}{front.server.path}", files={"imageFile": portrait}, headers=lies)
    assert answer.json()["data"]["faceDetails"][0]["spoofing"] is False
    wait_until(lambda: len(front.server.events("request")) > before)
    line = front.server.events("request")[before]
    assert (line["client"], line["status"]) == (CALLER, 200)
    assert line["request_id"] == answer.headers["x-request-id"]


def test_the_audit_trail_has_the_callers_own_address(front: Front) -> None:
    with Database(front.server.storage) as database:
        _, token = AdminTokens(database).create("proxied", actor=ACTOR)
        headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "8.8.8.8"}
        with front.client() as client:
            made = client.post("/liveness/admin/v1/applications", json={"name": "shop"}, headers=headers)
        assert made.status_code == 201, made.text
        (newest,) = AuditRepository(database).entries(limit=1)
    assert (newest.actor, newest.action, newest.origin) == ("token:proxied", "application.create", CALLER)


def test_whoever_goes_round_the_proxy_is_seen_as_it_is(front: Front) -> None:
    before = len(front.server.events("request"))
    address = f"http://127.0.0.1:{front.server.address[1]}/healthz"
    transport = httpx2.HTTPTransport(local_address=CALLER)
    with httpx2.Client(transport=transport) as client:
        client.get(address, headers={"X-Forwarded-For": "8.8.8.8"})
    wait_until(lambda: len(front.server.events("request")) > before)
    assert front.server.events("request")[before]["client"] == CALLER


def test_the_console_behind_the_prefix_finds_its_files(front: Front) -> None:
    with front.client() as client:
        page = client.get("/liveness/", headers={"Accept": "text/html"}, follow_redirects=True)
        assert page.url.path == "/liveness/console"
        names = re.findall(r'(?:src|href)="(console/[^"]+)"', page.text)
        assert len(names) > 4
        assert {client.get(f"/liveness/{name}").status_code for name in names} == {200}


def test_what_is_too_large_is_told_as_the_api_tells_it_and_nothing_is_kept(front: Front) -> None:
    with front.client() as client:
        large = client.post(front.server.path, files={"imageFile": bytes(5_300_000)})
        largest = client.post(front.server.path, files={"imageFile": bytes(3_000_000)})
    assert large.status_code == 200
    assert large.json()["header"]["resultCode"] == -45020
    assert largest.json()["header"]["resultCode"] == -45040
    assert list((front.folder / "body").iterdir()) == []
    assert "buffered to a temporary file" not in (front.folder / "error.log").read_text("utf-8")


def test_connections_to_the_server_are_kept(front: Front) -> None:
    with front.client() as client:
        for _ in range(20):
            assert client.get("/readyz").status_code == 200
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()
    behind = f"0100007F:{front.server.address[1]:04X}"
    ended = [line for line in lines if line.split()[2] == behind and line.split()[3] == "06"]
    assert len(ended) < 10  # TIME_WAIT: one a request without keep-alive


def test_a_server_that_is_away_is_told_to_be_tried_again(front: Front) -> None:
    nowhere = adapted(front.folder, port := free_port(), free_port())
    other = front.folder / "away"
    other.mkdir()
    nginx.write_config(other, nowhere)
    with started(nginx.command(other), stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: listens(port))
            with Front(port, other, front.authority, front.server).client() as client:
                answer = client.post(front.server.path, files={"imageFile": b"x"})
        finally:
            process.terminate()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    header = json.loads(answer.text)["header"]
    assert header == {"isSuccessful": False, "resultCode": -50000, "resultMessage": "ServiceUnavailable"}
