"""A real server process that takes one bomb after the other, and what it costs it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.process import Home
from support.wire import RawAnswer, exchange, head

SETTINGS = {
    "BONAFACE_SERVING__WORKERS": "1",
    "BONAFACE_SERVING__DEADLINE": "60",
    "BONAFACE_SERVER__BODY_TIMEOUT": "2",
    "BONAFACE_SERVER__APPLICATION_SHARE": "1",
    "BONAFACE_LOG__LEVEL": "error",
}
"""One worker, so that the memory is that of one image; two seconds for a body; all places for the one
application; a log of faults alone."""


@dataclass(frozen=True)
class Bombed:
    """Where the process listens, keys to it, an administrator's token, its memory before the first bomb."""

    address: tuple[str, int]
    pid: int
    app_key: str
    secret: str
    token: str
    warm_mb: int

    def head(self, *lines: str) -> bytes:
        """The head of a request with the right keys."""
        return head(f"/v1.0/appkeys/{self.app_key}/spoofing", f"Authorization: {self.secret}", *lines)

    def request(self, content_type: str, body: bytes) -> bytes:
        """A whole request."""
        return self.head(f"Content-Type: {content_type}", f"Content-Length: {len(body)}") + body

    def post(self, content_type: str, body: bytes) -> RawAnswer:
        """The answer to a body, on a connection of its own."""
        return exchange(self.address, self.request(content_type, body))

    def growth_mb(self) -> int:
        """How far the memory was ever above that before the first bomb."""
        return _peak_mb(self.pid) - self.warm_mb


@contextmanager
def bombed(folder: Path, models: Path) -> Iterator[Bombed]:
    """A server until the end of the block; it must have logged no fault of its own by then."""
    home = Home(folder, models, extra=SETTINGS)
    app_key, secret = home.keys()
    token = home.token()
    with home.served() as served:
        pid = served.process.pid
        yield Bombed(served.address, pid, app_key, secret, token, _peak_mb(pid))
    assert home.log.read_text() == ""


def _peak_mb(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) // 1024
