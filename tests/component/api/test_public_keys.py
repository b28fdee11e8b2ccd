"""The public keys that anyone may read."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.evidence.key_file import make_key_file
from bonaface.evidence.signing_key import read_public_keys
from bonaface.evidence.verification import verify
from support.security.answers import answer, key
from support.servers.thread import RunningServer, running, settings_in

PATH = "/.well-known/jwks.json"
KEY = key()


@pytest.fixture(scope="module")
def signing_server(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder: Path = tmp_path_factory.mktemp("signing")
    make_key_file(folder / "signing.json", KEY)
    settings = settings_in(folder, signing={"key_file": folder / "signing.json"})
    with running(analyzer, settings) as server:
        yield server


def test_they_verify_what_the_server_signs(signing_server: RunningServer) -> None:
    with signing_server.client() as client:
        published = client.get(PATH)
    keys = read_public_keys(published.content)
    assert keys.keys() == {KEY.kid}
    assert verify(signing_server.services.signer.sign(answer()) or "", keys).holds
    assert b'"d"' not in published.content


def test_an_answer_of_v2_is_proved_with_its_image(signing_server: RunningServer, portrait: bytes) -> None:
    headers = {"X-App-Key": signing_server.app_key, "Authorization": f"Bearer {signing_server.secret}"}
    with signing_server.client() as client:
        keys = read_public_keys(client.get(PATH).content)
        told = client.post("/v2/liveness", headers=headers, files={"imageFile": ("a.png", portrait)})
    found = verify(told.content, keys, image=portrait, max_age=timedelta(minutes=5))
    assert found.holds, found.findings
    assert not verify(told.content, keys, image=portrait + b"\0").holds


def test_they_may_be_kept_and_asked_for_again(signing_server: RunningServer) -> None:
    with signing_server.client() as client:
        first = client.get(PATH)
        again = client.get(PATH, headers={"If-None-Match": first.headers["etag"]})
        other = client.get(PATH, headers={"If-None-Match": '"other"'})
        head = client.head(PATH)
    assert first.headers["content-type"] == "application/jwk-set+json"
    assert first.headers["cache-control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")
    assert (other.status_code, other.content) == (200, first.content)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]


def test_without_a_key_the_set_is_empty(server: RunningServer) -> None:
    with server.client() as client:
        assert client.get(PATH).json() == {"keys": []}
    assert server.services.signer.sign(answer()) is None
