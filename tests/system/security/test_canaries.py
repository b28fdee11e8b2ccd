"""Secrets, images and what callers send are planted, a server is run through all that it does, and then every
byte that it wrote is searched: logs, database with its write-ahead log, temporary files, home folder.
"""

import base64
import io
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from anyio.from_thread import start_blocking_portal

from bonaface.api.body.content_type import MULTIPART
from bonaface.observability.logging import configure
from bonaface.settings import LogSettings
from support.faults.spoiled import spoil
from support.http.tour import JSON, Tour, sent
from support.http.wire import connected, exchange, form, head
from support.models.analyses import BrokenAnalyzer
from support.network.web import Exchange, LocalServer, serve
from support.observability.logs import restored_logging
from support.security.cage import Cage
from support.security.canary import Canary, found_in
from support.servers.home import Home
from support.servers.process import ServerProcess
from support.servers.thread import running, settings_in
from support.waiting import wait_until

HEADERS = ("Cookie", "Proxy-Authorization", "User-Agent", "Referer", "X-Forwarded-For", "X-App-Secret")


@dataclass(frozen=True)
class Run:
    """One server, its caller, and what it was told."""

    home: Home
    server: ServerProcess
    tour: Tour
    cage: Cage
    host: LocalServer

    def everything(self, portrait: bytes) -> None:
        """Send every kind of request, each with canaries of its own."""
        for request in (*self.tour.successes(), *self.tour.refusals()):
            sent(self.server.address, request)
        self._images(portrait)
        self._urls()
        self._broken_bodies(portrait)
        self._strangers()
        self._administration()

    def _images(self, portrait: bytes) -> None:
        sources = [self.cage.image(portrait, "PNG"), self.cage.photograph(portrait, "JPEG")]
        for image in sources:
            encoded = base64.b64encode(image).decode()
            content_type, body = form(
                (self.cage.plant("name of a part"), self.cage.plant("file name of a part"), b"x"),
                ("other", None, self.cage.plant("content of a part").encode()),
                ("imageFile", f"{self.cage.plant('file name')}.png", image),
            )
            json = self.tour.spoofing("JSON", {"image": {"bytes": encoded}, "x": self.cage.plant("member")})
            asked = self.tour.body("form", body, f"Content-Type: {content_type}")
            for request in (json, asked, self.tour.file("cut", image[:-30])):
                assert sent(self.server.address, request).status == 200

    def _urls(self) -> None:
        plant = self.cage.plant
        good = self.host.url(f"/{plant('path of a URL')}?token={plant('query of a URL')}#{plant('fragment')}")
        urls = [
            good,
            self.host.url(f"/redirect/{plant('path of a redirect')}"),
            self.host.url(f"/stall/{plant('path of a slow URL')}"),
            self.host.url(f"/{plant('path of a URL with credentials')}").replace(
                "//", f"//{plant('user name of a URL')}:{plant('password of a URL')}@"
            ),
            f"http://{plant('host')}.invalid/{plant('path at a host that is not there')}",
            f"http://10.0.0.1/{plant('path of a refused URL')}",
            f"gopher://{plant('host of a foreign scheme')}/",
        ]
        codes = []
        for url in urls:
            body = orjson.dumps({"url": url})
            sent(self.server.address, self.tour.preview("URL", body))
            codes.append(sent(self.server.address, self.tour.spoofing("URL", {"image": {"url": url}})).code)
        assert codes == [0, 0, -45060, -45050, -45050, -45050, -45050]

    def _broken_bodies(self, portrait: bytes) -> None:
        plant = self.cage.plant
        bodies = [
            self.tour.body("JSON", f'{{"image": {{"url": "{plant("broken JSON")}'.encode(), JSON),
            self.tour.spoofing("type", {"image": plant("member of a wrong type")}),
            self.tour.spoofing("condition", {"image": {}, "spoofingCondition": plant("condition")}),
            self.tour.spoofing("Base64", {"image": {"bytes": plant("text that is no Base64") + "*"}}),
            self.tour.body("type", plant("text").encode(), f"Content-Type: text/{plant('content type')}"),
            self.tour.body(
                "form", f"--x\r\n{plant('form')}".encode(), f"Content-Type: {MULTIPART}; boundary=x"
            ),
        ]
        for request in bodies:
            assert sent(self.server.address, request).code < 0
        half = self.tour.file("half", self.cage.image(portrait, "half upload")).data[:-1000]
        with connected(self.server.address) as wire:
            wire.send(half)
        with connected(self.server.address) as wire:
            wire.send(f"{plant('no HTTP')}\r\n\r\n".encode())
            assert wire.read().status == 400

    def _strangers(self) -> None:
        plant, address = self.cage.plant, self.server.address
        path = f"/v1.0/appkeys/{plant('unknown appKey')}/spoofing?{plant('query')}={plant('value')}"
        lines = (f"Authorization: {plant('secret of a stranger')}", JSON)
        for request in (
            self.tour.request("stranger", "POST", path, *lines, body=b"{}"),
            self.tour.body("secret", b"{}", JSON, secret=plant("wrong secret")),
            self.tour.request("nowhere", "GET", f"/{plant('path')}/{plant('path')}?{plant('query')}"),
            self.tour.request("method", plant("method").upper(), "/healthz"),
            self.tour.admin("GET", "/models", token=plant("wrong token")),
        ):
            sent(address, request)

    def _administration(self) -> None:
        plant, address = self.cage.plant, self.server.address
        made = sent(address, self.tour.admin("POST", "/applications", b'{"name": "second"}')).json
        self.cage.keep("secret made by the admin API", made["secretKey"])
        secret = sent(
            address, self.tour.admin("POST", f"/applications/{self.tour.app_key}/secrets", b"{}")
        ).json
        self.cage.keep("second secret", secret["secretKey"])
        for path, body in (
            ("/applications", {"name": "a", plant("member"): 1}),
            ("/applications", {"name": [plant("name of a wrong type")]}),
            (f"/applications/{self.tour.app_key}/secrets", {"expiresAt": plant("time")}),
        ):
            assert sent(address, self.tour.admin("POST", path, orjson.dumps(body))).status == 400
        sent(address, self.tour.admin("GET", f"/applications/{plant('appKey asked by an administrator')}"))

    def break_down(self) -> None:
        """Take the tables out from under the server, and ask for what needs them."""
        spoil(self.home.data / "bonaface.db")
        body = orjson.dumps({"name": self.cage.plant("name"), "note": self.cage.plant("note")})
        assert sent(self.server.address, self.tour.admin("POST", "/applications", body)).status >= 500
        stranger = self.tour.body("stranger", b"{}", JSON, secret=self.cage.plant("secret in trouble"))
        assert sent(self.server.address, stranger).code == -50000


@contextmanager
def _running(home: Home, portrait: bytes) -> Iterator[Run]:
    cage = Cage()
    app_key, secret = home.keys()
    cage.keep("secretKey", secret)
    token = home.token()
    cage.keep("token", token)
    extra = {name: cage.plant(name) for name in HEADERS}
    extra["X-Request-Id"] = f"{cage.plant('X-Request-Id that is not sane')} !"
    image = cage.image(portrait, "image behind a URL")

    async def answer(exchange: Exchange) -> None:
        if exchange.path.startswith("/stall"):
            await exchange.reader.read()
        if exchange.path.startswith("/redirect"):
            await exchange.answer("302 Found", location=f"/a?{cage.plant('query of a redirect')}")
        await exchange.answer(body=image, set_cookie=cage.plant("cookie of an image host"))

    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        host = stack.enter_context(portal.wrap_async_context_manager(serve(answer)))
        server = stack.enter_context(home.served())
        yield Run(home, server, Tour(app_key, secret, token, portrait, extra), cage, host)


@pytest.mark.parametrize("layout", ["json", "console"])
def test_nothing_planted_comes_out(
    layout: str, portrait: bytes, models_directory: Path, tmp_path: Path
) -> None:
    settings = {
        "BONAFACE_LOG__LEVEL": "debug",
        "BONAFACE_LOG__FORMAT": layout,
        "BONAFACE_FETCH__ALLOWED_NETWORKS": '["127.0.0.1/32"]',
        "BONAFACE_FETCH__TIMEOUT": "0.5",
        "BONAFACE_METRICS__PORT": "0",
        "PYTHONASYNCIODEBUG": "1",
    }
    home = Home(tmp_path / "home", models_directory, extra=settings)
    with _running(home, portrait) as run:
        run.everything(portrait)
        asked = run.tour.request("last", "GET", "/healthz")
        sent(run.server.address, asked)
        wait_until(lambda: b"/healthz" in home.log.read_bytes())
        assert found_in(home.folder, run.cage.canaries) == []
        (home.folder / "tmp" / "metrics").write_bytes(_metrics(home))
        assert found_in(home.folder / "tmp", run.cage.canaries) == []
        (home.folder / "tmp" / "metrics").unlink()
        _assert_only_accounts(home)
        run.break_down()
    assert found_in(home.folder, run.cage.canaries) == []
    log = home.log.read_text("utf-8")
    assert run.tour.app_key in log  # by design: this is the log of that traffic
    assert "-45060" in log
    assert len(run.cage.canaries) > 60


def _metrics(home: Home) -> bytes:
    """What the server tells Prometheus, where its log says that it does."""
    found = re.search(r"http://([\d.]+):(\d+)/metrics", home.log.read_text("utf-8"))
    assert found is not None
    told = exchange((found[1], int(found[2])), head("/metrics", method="GET")).body
    assert b"bonaface_requests_total" in told
    return told


def _assert_only_accounts(home: Home) -> None:
    """Nothing was written but the database and the log."""
    files = {str(path.relative_to(home.folder)) for path in home.folder.rglob("*") if path.is_file()}
    assert {path for path in files if not path.startswith(("data/bonaface.db", "data/journal/"))} == {"log"}


def test_a_crash_is_logged_without_what_the_request_held(portrait: bytes, tmp_path: Path) -> None:
    """The traceback is there; the image and the secret, which its frames hold, are not."""
    cage, log = Cage(), io.StringIO()
    image = cage.image(portrait, "image")
    with restored_logging():
        for layout in ("json", "console"):
            configure(LogSettings.model_validate({"level": "debug", "format": layout}), log)
            broken = BrokenAnalyzer(RuntimeError("out of order"))
            with running(broken, settings_in(tmp_path / layout)) as server:
                cage.keep("secretKey", server.secret)
                tour = Tour(server.app_key, server.secret, "", portrait)
                assert sent(server.address, tour.file("image", image)).code == -50000
    assert log.getvalue().count("RuntimeError: out of order") == 2
    assert [canary.name for canary in cage.canaries if canary.is_in(log.getvalue().encode())] == []


@pytest.mark.parametrize("before", range(4))
def test_the_search_finds_what_it_looks_for(before: int, tmp_path: Path) -> None:
    canary = Canary("it", secrets.token_bytes(24))
    around = (secrets.token_bytes(before), secrets.token_bytes(9))
    data = canary.value.join(around)
    texts = [data.hex(), repr(data), quote(data)]
    shown = [data, base64.b64encode(data), base64.urlsafe_b64encode(data), *map(str.encode, texts)]
    for number, each in enumerate(shown):
        (tmp_path / str(number)).write_bytes(b"log " + each)
    assert len(found_in(tmp_path, [canary])) == len(shown)
    assert found_in(tmp_path, [Canary("another", secrets.token_bytes(24))]) == []
