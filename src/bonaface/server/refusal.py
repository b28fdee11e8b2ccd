"""Answers to what never becomes a request: no middleware sees them, so they get their headers here."""

from http import HTTPStatus

from bonaface.api.envelope import failure
from bonaface.api.middleware.request_context import HEADER, chosen_id
from bonaface.api.middleware.security_headers import DEFAULTS
from bonaface.api.outcome import Outcome

HEAD_BYTES = 64 * 1024
HEAD_LINES = 256
"""What the head of a request may have."""

NO_HTTP = "This is no HTTP/1.1 request; let an HTTP library write it."
TOO_LONG = f"The request's head is over {HEAD_BYTES:,} bytes or {HEAD_LINES} header lines; send less."
FULL = "The server has as many connections as it takes; try again after the seconds that Retry-After names."
RETRY_AFTER = 1
NO_TUNNEL = "This server opens no tunnels; send the request itself."


def refusal(status: HTTPStatus, outcome: Outcome, sentence: str) -> bytes:
    """The whole answer, which ends the connection, as it goes over the wire."""
    headers = {"Connection": "close", HEADER: chosen_id(None), **DEFAULTS}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER)
    answer = failure(outcome, status, sentence, headers)
    lines = [b"%b: %b\r\n" % header for header in answer.raw_headers]
    return b"".join([f"HTTP/1.1 {status} {status.phrase}\r\n".encode("ascii"), *lines, b"\r\n", answer.body])
