"""Nothing leaves the machine but look-ups and downloads of image URLs.

The real server and the real command, with real weights, on an island: whatever they send goes over one cable,
and the test looks at each packet on it. The environment is full of proxies, credentials and certificates.
"""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from conftest import ROOT, need_service
from support.http.tour import Tour, sent
from support.network.island import NAME_SERVER, PUBLIC
from support.network.overseas import Overseas, overseas
from support.network.packet import Packet
from support.servers.home import Home
from support.servers.process import ServerProcess

NAME = "images.example"
CLOSED = Packet("tcp", PUBLIC, 9, opens=True)
"""Nothing listens there."""
SERVICE = f"http://{CLOSED.to}:{CLOSED.port}"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
TEMPTATIONS = {
    **dict.fromkeys(PROXIES, SERVICE),
    "PIP_INDEX_URL": SERVICE,
    "OTEL_EXPORTER_OTLP_ENDPOINT": SERVICE,
    "CI": "",
    "BONAFACE_METRICS__PORT": "0",
}
"""Well-known ways to talk a process into calling someone. Some reporters fall silent under CI.

Metrics are on: they are asked for, never sent."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Overseas]:
    with overseas(tmp_path_factory.mktemp("island"), {NAME: [PUBLIC]}, need_service) as world:
        yield world


@pytest.fixture(scope="module")
def home(world: Overseas, models_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("home")
    return Home(folder, models_directory, world.island.inside.command, TEMPTATIONS)


@pytest.fixture(scope="module")
def tour(home: Home, portrait: bytes) -> Tour:
    return Tour(*home.keys(), home.token(), portrait)


def test_a_server_from_its_start_to_its_end_calls_nobody(world: Overseas, home: Home, tour: Tour) -> None:
    world.island.leaks()
    with home.served() as server, world.island.inside.entered():
        for request in (*tour.successes(), *tour.refusals()):
            answer = sent(server.address, request)
            assert answer.status, request.name
        assert _faces(server, tour) == 1
    assert world.island.leaks() == []
    assert world.asked == []


def test_an_image_url_makes_its_look_up_and_its_connection_and_no_more(
    world: Overseas, home: Home, tour: Tour, portrait: bytes
) -> None:
    """Also the proof that the trap of the test above catches what leaves."""
    with world.serving(portrait) as host, home.served() as server, world.island.inside.entered():
        world.island.leaks()
        request = tour.spoofing("URL", {"image": {"url": host.url("/a.png", NAME)}})
        assert sent(server.address, request).json["data"]["faceDetailCount"] == 1
        packets = world.island.leaks()
    gone_to = {(packet.kind, packet.to, packet.port) for packet in packets}
    assert gone_to == {("udp", NAME_SERVER, 53), ("tcp", PUBLIC, host.port)}
    assert [packet for packet in packets if packet.opens] == [Packet("tcp", PUBLIC, host.port, opens=True)]
    assert sorted(world.take_asked()) == [(NAME, "A"), (NAME, "AAAA")]
    assert [exchange.path for exchange in host.exchanges] == ["/a.png"]


COMMANDS = {
    "check": ["-m", "bonaface", "check", str(ROOT / "examples" / "astronaut.png")],
    "doctor": ["-m", "bonaface", "doctor"],
    "models list": ["-m", "bonaface", "models", "list"],
    "models verify": ["-m", "bonaface", "models", "verify"],
    "version": ["-m", "bonaface", "--version"],
    "import": ["-c", "import bonaface; bonaface.Analyzer().warm_up()"],
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_the_command_and_the_library_call_nobody(world: Overseas, home: Home, arguments: list[str]) -> None:
    world.island.leaks()
    done = home.python(*arguments)
    assert done.returncode == 0, done.stderr
    assert world.island.leaks() == []
    assert world.asked == []


def test_an_engine_that_bonaface_does_not_restrain_calls_home(world: Overseas, home: Home) -> None:
    """Why `runtime/telemetry.py` is there, and the proof that its report would be seen here."""
    world.island.leaks()
    assert home.python("-c", "import openvino").returncode == 0
    assert world.island.leaks() != []
    world.take_asked()


def test_a_mirror_that_the_operator_names_is_called_and_nobody_else(world: Overseas, home: Home) -> None:
    """Also the proof that the trap of the test above catches a command that calls."""
    plain = Home(home.folder / "plain", home.folder / "none", home.wrap)
    world.island.leaks()
    done = plain.python("-m", "bonaface", "models", "pull", "minifasnet", "--from", SERVICE)
    assert done.returncode == 2
    assert {packet for packet in world.island.leaks() if packet.opens} == {CLOSED}
    assert world.asked == []


def _faces(server: ServerProcess, tour: Tour) -> int:
    answer = orjson.loads(sent(server.address, next(tour.successes())).body)
    return int(answer["data"]["faceDetailCount"])
