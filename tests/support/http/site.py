"""A site of another origin: one page, what it asks for, and the files of a folder."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SCRIPT = "text/javascript"


@dataclass
class Site:
    """What is given at `origin`: texts by their path, with headers for all, and scripts of `folder`."""

    origin: str
    folder: Path
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By path: the media type and the text."""
    headers: dict[str, str] = field(default_factory=dict)

    def found(self, path: str) -> tuple[str, bytes] | None:
        """Media type and content."""
        if path in self.texts:
            kind, text = self.texts[path]
            return kind, text.encode()
        file = self.folder / Path(path).name
        return (SCRIPT, file.read_bytes()) if file.is_file() else None


@contextmanager
def hosted(folder: Path) -> Iterator[Site]:
    """A site on this machine until the end of the block."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.found(self.path)
            self.send_response(404 if found is None else 200)
            for name, value in site.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "text/plain" if found is None else found[0])
            self.end_headers()
            self.wfile.write(b"" if found is None else found[1])

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        site = Site(f"http://127.0.0.1:{listening.server_port}", folder)
        thread = threading.Thread(target=listening.serve_forever, name="site")
        thread.start()
        try:
            yield site
        finally:
            listening.shutdown()
            thread.join()
