#!/usr/bin/env bash
# httptools 0.9.0 (llhttp): a request that offers an upgrade and has a body, as Java's default HttpClient (JDK 11 and
# later, over plain HTTP) and `curl --http2` send it. RFC 9110, 7.8 lets a server ignore the offer and read on.
# Seen: feed_data() raises HttpParserUpgrade when the headers end; the body, of declared length, is never given to
# on_body, so whoever ignores the exception reads an empty request. The same bytes without the offer give the body.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check httptools==0.9.0
"$scratch/venv/bin/python" - <<'PY'
import httptools


class Request:
    def __init__(self) -> None:
        self.body, self.complete = b"", False

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.complete = True


def read(*lines: bytes) -> tuple[bytes, bool, bool]:
    request, raised = Request(), False
    parser = httptools.HttpRequestParser(request)
    head = (b"POST / HTTP/1.1", b"Host: example.org", b"Content-Length: 5", *lines)
    try:
        parser.feed_data(b"\r\n".join(head) + b"\r\n\r\nhello")
    except httptools.HttpParserUpgrade:
        raised = True
    return request.body, request.complete, raised


plain = read()
offer = read(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAEAAEAAAAIAAAAB")
print("without the offer (body, complete, raised):", plain)
print("with the offer:                            ", offer)
assert plain == (b"hello", True, False), "a plain request is read otherwise now"
assert offer[0] == b"" and offer[2], "the body of a request that offers an upgrade is given now"
PY
