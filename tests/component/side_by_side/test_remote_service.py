"""A service asked over a real socket: the stand-in of NHN Cloud's, and a server of bonaface."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bonaface import Analyzer, Preset
from bonaface.errors import InvalidParameterError, OverloadedError
from bonaface.side_by_side.pace import Pace
from bonaface.side_by_side.remote_service import RemoteService, ServiceKeys
from support.network.ports import free_port
from support.pictures import images
from support.servers.nhn import NhnService, nhn_service
from support.servers.thread import running, settings_in

BOX = (0.25, 0.1, 0.5, 0.6)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def standing_in() -> Iterator[NhnService]:
    with nhn_service() as service:
        yield service


@pytest.fixture
def nhn(standing_in: NhnService) -> NhnService:
    standing_in.busy.clear()
    standing_in.asked.clear()
    return standing_in


class Waits:
    """A pace whose waits are noted and not waited."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.pace = Pace(1000, lambda: self.now, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def waits() -> Waits:
    return Waits()


Asking = Callable[..., RemoteService]


@pytest.fixture
def service(nhn: NhnService, waits: Waits) -> Iterator[Asking]:
    """Makes the service as a client asks it, with other keys or elsewhere; closed at the end."""
    with ExitStack() as stack:

        def made(app_key: str = nhn.app_key, secret: str = nhn.secret, url: str = nhn.url) -> RemoteService:
            one = RemoteService("NHN Cloud", url, ServiceKeys(app_key, secret), waits.pace)
            stack.callback(one.close)
            return one

        yield made


def test_faces_are_told(nhn: NhnService, service: Asking, portrait: bytes) -> None:
    nhn.says(portrait, (BOX, True))
    answer = service().ask(portrait, Preset.STRICT)
    (face,) = answer.faces
    assert (answer.code, face.spoofing, face.bbox.x0) == (0, True, 0.25)
    assert [condition for _, condition in nhn.asked] == ["strict"]


def test_refusals_are_answers(service: Asking) -> None:
    assert service().ask(images.gif(), Preset.WEAK).code == -45040
    assert service().ask(images.padded(images.png(), 3_000_001), Preset.WEAK).code == -45020


def test_wrong_keys_end_it_without_telling_them(nhn: NhnService, service: Asking, portrait: bytes) -> None:
    with pytest.raises(InvalidParameterError, match="NHN Cloud refuses the appKey") as raised:
        service(secret="another-secret").ask(portrait, Preset.WEAK)
    assert "another-secret" not in str(raised.value)


def test_a_busy_service_is_asked_again_when_it_says(
    nhn: NhnService, waits: Waits, service: Asking, portrait: bytes
) -> None:
    nhn.busy += [(503, {"Retry-After": "7"}), (429, {})]
    assert service().ask(portrait, Preset.WEAK).code == 0
    assert [round(seconds) for seconds in waits.slept] == [7, 2]


def test_three_attempts_are_all(nhn: NhnService, service: Asking, portrait: bytes) -> None:
    nhn.busy += [(503, {})] * 4
    answer = service().ask(portrait, Preset.WEAK)
    assert (answer.code, answer.message, len(nhn.busy)) == (None, "HTTP 503", 1)


def test_a_service_that_asks_to_wait_for_long_ends_it(
    nhn: NhnService, service: Asking, portrait: bytes
) -> None:
    nhn.busy.append((429, {"Retry-After": "3600"}))
    with pytest.raises(OverloadedError, match="asks to wait 3600 seconds"):
        service().ask(portrait, Preset.WEAK)


def test_a_redirect_is_not_followed(nhn: NhnService, service: Asking, portrait: bytes) -> None:
    nhn.busy += [(307, {"Location": nhn.url})] * 3
    assert service().ask(portrait, Preset.WEAK).message == "HTTP 307"
    assert nhn.asked == []


def test_nobody_listens(service: Asking, portrait: bytes) -> None:
    answer = service(url=f"http://127.0.0.1:{free_port()}").ask(portrait, Preset.WEAK)
    assert (answer.code, answer.message) == (None, "ConnectError")


def test_a_server_of_bonaface_is_asked_alike(
    analyzer: Analyzer, tmp_path: Path, service: Asking, portrait: bytes
) -> None:
    with running(analyzer, settings_in(tmp_path)) as server:
        own = service(server.app_key, server.secret, server.url)
        assert own.ask(portrait, Preset.BALANCED).faces[0].spoofing is False
