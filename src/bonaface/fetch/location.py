"""Where a redirect leads: its `Location` as browsers and curl read it (RFC 9110, 10.2.2).

They take more than a URI may hold (RFC 3986): spaces, letters of any script, bytes of any coding, empty
ports. What they read alike is written as a URI here. What they read differently is left as it is, and refused
as in any other URL.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

from bonaface.errors import ImageUrlError, UrlRefusal
from bonaface.fetch.policy import DOWNGRADE, FORM, Target, check_url

NOWHERE = "The server of the image URL redirects to nowhere; give the final address."
CONTRADICTORY = "The server of the image URL redirects to several places at once; give the final address."

_PARTS = re.compile(
    rb"(?P<scheme>[a-z][a-z0-9+.-]*:)?(?P<authority>//[^/?]*)?(?P<path>[^?]*)(?P<query>.*)",
    re.IGNORECASE | re.DOTALL,
)
_DOTS = re.compile(rb"(?:.*/)?\.\.?", re.DOTALL)
_ODD_PORT = re.compile(r":0+(?=[0-9]+\Z)|:\Z")
_KEPT_IN_PATH = "".join(map(chr, (*range(0x20), *range(0x21, 0x80))))
"""All of ASCII but the space: what is no part of a URL is not hidden from `check_url`."""
_KEPT_IN_QUERY = _KEPT_IN_PATH.replace("\\", "")


def redirected(target: Target, locations: Iterable[bytes], max_length: int) -> Target:
    """The target that a redirect from `target` leads to, checked like a first URL.

    `locations` are the values of its `Location` fields: one, or the same one several times. A redirect from
    https to http is refused. Raises ImageUrlError.
    """
    following = check_url(_resolved(target, _only(locations)), max_length)
    if target.scheme == "https" and following.scheme == "http":
        raise ImageUrlError(DOWNGRADE, UrlRefusal.DOWNGRADE)
    return following


def _only(locations: Iterable[bytes]) -> bytes:
    given = {location for location in locations if location}
    if not given:
        raise ImageUrlError(NOWHERE, UrlRefusal.LOCATION)
    if len(given) > 1:
        raise ImageUrlError(CONTRADICTORY, UrlRefusal.LOCATION)
    return given.pop()


def _resolved(target: Target, location: bytes) -> str:
    """The text of the URL that `location` names, seen from `target` (RFC 3986, 5.2.2).

    Without a fragment: a client keeps it to itself.
    """
    parts = _PARTS.fullmatch(location.partition(b"#")[0])
    assert parts is not None  # noqa: S101 - every part may be empty
    scheme, authority, path, query = parts.groups()
    if authority is not None:
        return _beginning(target, scheme, authority) + _quoted(path, query)
    if scheme is not None:
        return scheme.decode() + _quoted(path, query)
    return f"{target.scheme}://{target.host_header}" + _quoted(*_merged(target, path, query))


def _beginning(target: Target, scheme: bytes | None, authority: bytes) -> str:
    try:
        named = authority.decode()
    except UnicodeDecodeError as error:
        raise ImageUrlError(FORM) from error
    return (f"{target.scheme}:" if scheme is None else scheme.decode()) + _ODD_PORT.sub(_plain, named)


def _plain(port: re.Match[str]) -> str:
    """An empty port is none, and zeros before a port say nothing."""
    return ":" if port.end() < len(port.string) else ""


def _merged(target: Target, path: bytes, query: bytes) -> tuple[bytes, bytes]:
    base, mark, asked = target.path.partition(b"?")
    if not path:
        return base, query or mark + asked
    return path if path.startswith(b"/") else base[: base.rindex(b"/") + 1] + path, query


def _quoted(path: bytes, query: bytes) -> str:
    slash = b"/" if _DOTS.fullmatch(path) else b""  # `/a/..` is a folder (5.2.4), which the library forgets
    return quote(path + slash, _KEPT_IN_PATH) + quote(query, _KEPT_IN_QUERY)
