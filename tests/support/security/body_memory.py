"""How far reading one JSON body makes a process of its own grow: prints the bytes, a line for each body.

python -m support.security.body_memory FILE...
"""

import asyncio
import base64
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.types import Message

from bonaface.api.v1.body import read_submission

LARGEST = 3_000_000
PIECE = 64 * 1024


def _folded(text: bytes) -> bytes:
    return rb"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def _escaped(text: bytes) -> bytes:
    return text.replace(b"/", rb"\/")


WRITINGS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "plain": (LARGEST, bytes),
    "padded": (LARGEST - 1, bytes),
    "unpadded": (LARGEST - 1, lambda text: text.rstrip(b"=")),
    "escaped slashes": (LARGEST, _escaped),
    "folded, with escaped slashes": (LARGEST, lambda text: _escaped(_folded(text))),
    "folded, with escaped pluses": (LARGEST, lambda text: _folded(text).replace(b"+", rb"\u002B")),
    "escaped pluses": (LARGEST, lambda text: text.replace(b"+", rb"\u002B")),
    "folded": (LARGEST, _folded),
}
"""How clients write Base64: the bytes that stand in it, and the text for the encoder's."""
IMAGES: dict[str, Callable[[int], bytes]] = {"random": os.urandom, "white": lambda length: b"\xff" * length}
"""What stands in the image: the Base64 of white is nothing but slashes."""
OTHERS = b'"other": ["' + b"\xea\xb0\x80" * 40_000 + b'", {"a": [1, 2]}], '
"""What nobody asked for stands before it."""


def body(writing: str, image: str) -> Iterator[bytes]:
    """A body with the largest image, in pieces as a server gives them."""
    length, write = WRITINGS[writing]
    text = b"{" + OTHERS + b'"image": {"bytes": "' + write(base64.b64encode(IMAGES[image](length))) + b'"}}'
    for at in range(0, len(text), PIECE):
        yield text[at : at + PIECE]


async def read(pieces: Iterator[bytes]) -> int:
    """Read a body as the route does. How far the memory was ever above that before, in bytes."""

    async def receive() -> Message:
        piece = next(pieces, b"")
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    before = status("VmRSS")
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [(b"content-type", b"application/json")],
    }
    submission = await read_submission(Request(scope, receive), LARGEST)
    assert submission.image
    return status("VmHWM") - before


def status(name: str) -> int:
    """A figure of this process's memory, in bytes."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


async def main(file: Path) -> None:
    """Read a small body, for what is loaded and started once, and then the one in `file`."""
    await read(iter([b'{"image": {"bytes": "QUJD"}}', b" " * 4 * PIECE]))
    with file.open("rb") as pieces:
        print(await read(iter(lambda: pieces.read(PIECE), b"")), flush=True)  # noqa: T201 - the answer


def in_a_process_of_its_own(file: Path) -> None:
    """As if it alone had been started for this body, but that nothing is imported anew. Raises OSError."""
    process = os.fork()
    if process == 0:
        asyncio.run(main(file))
        sys.exit()
    if os.waitpid(process, 0)[1]:
        raise ChildProcessError(file)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        in_a_process_of_its_own(Path(name))
