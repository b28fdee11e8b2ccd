"""The whole server against a name server that changes its mind, and in an environment full of temptations.

On an island (`support.network.island`): the name server is a real one, the addresses are those of the
internet, and the test sees each packet that leaves.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import need_service
from support.http.tour import Tour, sent
from support.http.wire import RawAnswer
from support.network.island import PRIVATE, PUBLIC
from support.network.overseas import Overseas, overseas
from support.network.tls import TestAuthority
from support.network.web import Exchange, LocalServer
from support.servers.environment import QUICK
from support.servers.home import Home
from support.servers.process import ServerProcess

NAMES = {
    "images.example": [PUBLIC],
    "rebind.example": [PUBLIC, PRIVATE],
    "local.example": [PUBLIC, "127.0.0.1"],
    "mixed.example": [f"{PUBLIC} {PRIVATE}"],
    "mixed6.example": [f"{PUBLIC} fd00::1"],
    "mapped.example": [f"{PUBLIC} ::ffff:10.9.9.9"],
    "private.example": [PRIVATE],
    "metadata.example": ["169.254.169.254"],
    "empty.example": [""],
}
URL_ERROR = -45050


@dataclass(frozen=True)
class Trap:
    """A server on the island, two image hosts, and an authority that only the environment trusts."""

    world: Overseas
    server: ServerProcess
    tour: Tour
    public: LocalServer
    private: LocalServer
    authority: TestAuthority
    folder: Path

    def ask(self, url: str) -> RawAnswer:
        """Have the image at `url` analysed."""
        with self.world.island.inside.entered():
            return sent(self.server.address, self.tour.spoofing("URL", {"image": {"url": url}}))

    @contextmanager
    def connections(self) -> Iterator[list[str]]:
        """Addresses to which connections were opened in the block."""
        self.world.island.leaks()
        self.world.take_asked()
        opened: list[str] = []
        yield opened
        opened += [packet.to for packet in self.world.island.leaks() if packet.opens]


@pytest.fixture(scope="module")
def trap(models_directory: Path, portrait: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    folder, authority = tmp_path_factory.mktemp("trap"), TestAuthority()

    async def redirect(exchange: Exchange) -> None:
        if exchange.path == "/again":
            await exchange.answer("302 Found", location="/a.png")
        await exchange.answer(body=portrait)

    with ExitStack() as stack:
        world = stack.enter_context(overseas(folder, NAMES, need_service))
        public = stack.enter_context(world.serving(redirect))
        private = stack.enter_context(world.serving(portrait, host=PRIVATE))
        extra = _temptations(folder, authority, f"http://{PRIVATE}:{private.port}")
        home = Home(folder, models_directory, world.island.inside.command, extra)
        tour = Tour(*home.keys(), "", portrait)
        server = stack.enter_context(home.served())
        yield Trap(world, server, tour, public, private, authority, folder)
        assert private.accepted == 0


def _temptations(folder: Path, authority: TestAuthority, proxy: str) -> dict[str, str]:
    """An environment that other HTTP clients obey."""
    trusted, netrc = folder / "authority.pem", folder / "netrc"
    authority.write(trusted)
    netrc.write_text("default login canary password canary\n", "ascii")
    netrc.chmod(0o600)
    (folder / "home").mkdir()
    (folder / "home" / ".netrc").write_text(netrc.read_text("ascii"), "ascii")
    (folder / "home" / ".netrc").chmod(0o600)
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    bundles = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    return {
        **QUICK,
        **dict.fromkeys(proxies, proxy),
        **dict.fromkeys(bundles, str(trusted)),
        "SSL_CERT_DIR": str(folder),
        "SSLKEYLOGFILE": str(folder / "keys.log"),
        "NETRC": str(netrc),
    }


def test_a_name_is_asked_once_and_its_checked_address_is_used(trap: Trap) -> None:
    """Public when it is checked, private a moment later: the second answer is never asked for."""
    with trap.connections() as opened:
        answer = trap.ask(trap.public.url("/a.png", "rebind.example"))
        assert sorted(trap.world.take_asked()) == [("rebind.example", "A"), ("rebind.example", "AAAA")]
    assert answer.json["data"]["faceDetailCount"] == 1
    assert opened == [PUBLIC]
    with trap.connections() as opened:
        assert trap.ask(trap.private.url("/a.png", "rebind.example")).code == URL_ERROR
    assert opened == []


def test_a_name_that_turns_to_loopback_before_a_redirect_is_refused(trap: Trap) -> None:
    with trap.connections() as opened:
        assert trap.ask(trap.public.url("/again", "local.example")).code == URL_ERROR
    assert opened == [PUBLIC]


@pytest.mark.parametrize(
    "name",
    ["mixed.example", "mixed6.example", "mapped.example", "private.example", "metadata.example"],
)
def test_one_address_that_is_refused_refuses_the_name(trap: Trap, name: str) -> None:
    with trap.connections() as opened:
        assert trap.ask(trap.public.url("/a.png", name)).code == URL_ERROR
        assert sorted(trap.world.take_asked()) == [(name, "A"), (name, "AAAA")]
    assert opened == []


@pytest.mark.parametrize("name", ["empty.example", "unknown.example"])
def test_a_name_without_an_address_gets_the_same_answer(trap: Trap, name: str) -> None:
    with trap.connections() as opened:
        answer = trap.ask(trap.public.url("/a.png", name))
    refused = trap.ask(trap.public.url("/a.png", "private.example"))
    assert answer.code == URL_ERROR
    assert answer.headers["x-error-detail"] == refused.headers["x-error-detail"]
    assert opened == []


def test_the_host_hears_the_name_of_the_url_and_nothing_of_the_environment(trap: Trap) -> None:
    heard = len(trap.public.exchanges)
    with trap.connections() as opened:
        answer = trap.ask(trap.public.url("/a.png", "IMAGES.example"))
    assert answer.json["data"]["faceDetailCount"] == 1
    (exchange,) = trap.public.exchanges[heard:]
    assert exchange.headers == {
        "host": f"images.example:{trap.public.port}",
        "accept": "image/png, image/jpeg, */*;q=0.5",
        "accept-encoding": "identity",
        "connection": "close",
        "user-agent": "bonaface",
    }
    assert opened == [PUBLIC]  # not the proxy


def test_an_authority_of_the_environment_is_not_trusted(trap: Trap, portrait: bytes) -> None:
    with trap.world.serving(portrait, trap.authority.server("images.example")) as host:
        assert trap.ask(host.url("/a.png", "images.example", "https")).code == URL_ERROR
        assert host.server_names == ["images.example"]  # it came as far as the certificate
        assert host.exchanges == []
    assert not (trap.folder / "keys.log").exists()
