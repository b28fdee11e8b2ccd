"""One request to everything that a server has, and one for every way to be refused."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from support.http.wire import RawAnswer, exchange, form, head
from support.pictures import images

JSON = "Content-Type: application/json"
PAGES = (
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/docs/swagger-ui.css",
    "/console",
    "/console/overview",
    "/console/script/try-page.js",
    "/console/style/base.css",
)
LISTS = ("/applications", "/usage?by=day", "/usage/callers", "/audit", "/models", "/status")
REFUSED_URLS = (
    "",
    "ftp://public.example/",
    "http://user:password@public.example/",
    "http://127.0.0.1:{closed}/a.png",
    "http://169.254.169.254/latest/meta-data/",
    "http://0x7f000001/",
)


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent, and how it is called in a failure."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Tour:
    """The requests of a caller with keys and an administrator with a token.

    `extra` are headers that each request carries besides.
    """

    app_key: str
    secret: str
    token: str
    portrait: bytes
    extra: Mapping[str, str] = field(default_factory=dict)

    def successes(self) -> Iterator[Request]:
        """Each way to give the bytes of an image, each page, each list of the administrator."""
        encoded = base64.b64encode(self.portrait).decode()
        yield self.spoofing("JSON", {"image": {"bytes": encoded}, "spoofingCondition": "strict"})
        yield self.file("form", self.portrait)
        for path in PAGES:
            yield self.request(f"page {path}", "GET", path)
        for path in LISTS:
            yield self.admin("GET", path)
        yield self.admin("GET", f"/applications/{self.app_key}")
        yield self.admin("GET", f"/applications/{self.app_key}/quota")

    def refusals(self) -> Iterator[Request]:
        """What the contract's error table names, as far as one request brings it about."""
        yield from self._bodies()
        yield from self._images()
        yield from self._strangers()
        yield from self._nowhere()
        yield from self._administration()
        yield from self._protocol()

    def spoofing(self, name: str, body: object) -> Request:
        """A JSON body for the v1.0 route."""
        return self.body(name, orjson.dumps(body), JSON)

    def file(self, name: str, image: bytes) -> Request:
        """A form with an image for the v1.0 route."""
        content_type, body = form(("imageFile", "face.png", image))
        return self.body(name, body, f"Content-Type: {content_type}")

    def body(self, name: str, body: bytes, *lines: str, secret: str | None = None) -> Request:
        """Any body for the v1.0 route."""
        keys = f"Authorization: {self.secret if secret is None else secret}"
        return self.request(name, "POST", self._path, keys, *lines, body=body)

    def admin(self, method: str, path: str, body: bytes = b"", token: str | None = None) -> Request:
        """A request to the admin API."""
        bearer = f"Authorization: Bearer {self.token if token is None else token}"
        name = " ".join(
            [
                "admin",
                method,
                path,
                *([f"{len(body)} bytes"] if body else []),
                *(["stranger"] if token else []),
            ]
        )
        return self.request(name, method, f"/admin/v1{path}", bearer, JSON, body=body)

    def preview(self, name: str, body: bytes, secret: str | None = None) -> Request:
        """A request for the console's look at a URL."""
        keys = f"Authorization: {self.secret if secret is None else secret}"
        lines = (keys, f"X-App-Key: {self.app_key}", JSON)
        return self.request(f"preview {name}", "POST", "/console/preview", *lines, body=body)

    def request(self, name: str, method: str, path: str, *lines: str, body: bytes = b"") -> Request:
        """Any request."""
        extra = [f"{header}: {value}" for header, value in self.extra.items()]
        length = f"Content-Length: {len(body)}"
        return Request(name, head(path, *lines, *extra, length, method=method) + body)

    @property
    def _path(self) -> str:
        return f"/v1.0/appkeys/{self.app_key}/spoofing"

    def _bodies(self) -> Iterator[Request]:
        yield self.body("no JSON", b'{"image": {"bytes": "', JSON)
        yield self.body("no body", b"", JSON)
        yield self.spoofing("wrong type", {"image": {"bytes": 5}})
        yield self.spoofing("no source", {"image": {}})
        yield self.body("wrong content type", b"{}", "Content-Type: text/plain")
        yield self.body("cut form", b"--x\r\nContent-Disp", "Content-Type: multipart/form-data; boundary=x")
        yield self.body("JSON too long", bytes(9_000_000), JSON)
        for url in REFUSED_URLS:
            yield self.spoofing(f"URL {url}", {"image": {"url": url.replace("{closed}", "12000")}})

    def _images(self) -> Iterator[Request]:
        yield self.spoofing("no Base64", {"image": {"bytes": "***"}})
        yield self.file("cut PNG", images.png()[:-20])
        yield self.file("GIF", images.gif())
        yield self.file("small", images.png(20, 20))
        yield self.file("too many pixels", images.png_header_of(10_000, 5_001))
        yield self.file("too large", images.padded(images.png(), 3_000_001))

    def _strangers(self) -> Iterator[Request]:
        yield self.body("wrong secret", b"{}", JSON, secret="wrong")
        yield self.request("unknown appKey", "POST", "/v1.0/appkeys/nobody/spoofing", JSON, body=b"{}")
        yield self.preview("wrong secret", b"{}", secret="wrong")
        yield self.preview("no URL", b"{}")
        yield self.preview("refused URL", b'{"url": "http://10.0.0.1/"}')

    def _nowhere(self) -> Iterator[Request]:
        for path in ("/", "/nowhere", "/docs/nothing.js", "/console/script/nothing.js", "/admin/v1/nothing"):
            yield self.request(f"no such path {path}", "GET", path)
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            yield self.request(f"no such method {method}", method, self._path)
        yield self.request("no such method of a page", "POST", "/healthz")

    def _administration(self) -> Iterator[Request]:
        yield self.admin("GET", "/models", token="wrong")
        yield self.admin("GET", "/applications/nobody")
        yield self.admin("GET", "/usage?by=never")
        yield self.admin("GET", "/applications?after=***")
        yield self.admin("DELETE", "/models")
        yield self.admin("POST", "/applications", b"{")
        yield self.admin("POST", "/applications", b'{"name": "a", "nme": "b"}')
        yield self.admin("POST", "/applications", bytes(70_000))
        yield self.admin("POST", "/applications", bytes(9_000_000))
        yield self.admin("PATCH", f"/applications/{self.app_key}", b'{"state": "gone"}')
        yield self.admin("PUT", f"/applications/{self.app_key}/quota", b'{"requestsPerSecond": -1}')
        yield self.admin("DELETE", f"/applications/{self.app_key}/secrets/99")

    def _protocol(self) -> Iterator[Request]:
        yield Request("no HTTP", b"\x16\x03\x01\x00\x05hello\r\n\r\n")
        yield Request("no such version", b"GET / HTTP/9.9\r\n\r\n")
        yield Request("two lengths", head("/", "Content-Length: 1", "Content-Length: 2"))
        yield Request("no header", head("/healthz", "no header", method="GET"))
        yield Request("head too long", head("/healthz", "X-Long: " + "a" * 70_000, method="GET"))


def sent(address: tuple[str, int], request: Request) -> RawAnswer:
    """The answer to `request` on a connection of its own."""
    return exchange(address, request.data)
