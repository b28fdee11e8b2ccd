"""Which URLs may be fetched at all, decided from their text alone.

Strict on purpose: a spelling that two URL parsers could read differently is refused, never repaired.
What is returned is what is connected to; the text is not parsed a second time.
"""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import httpx2

from bonaface.errors import ImageUrlError, UrlRefusal

DEFAULT_PORTS = {"http": 80, "https": 443}
HIGH_PORTS = range(10_000, 12_001)
"""With 80 and 443, all that a URL may name (wire contract, *Input guide*)."""

_PLAIN = re.compile(r"[!-\[\]-~]*", re.ASCII)  # what can be seen, but for the backslash
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
_URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?:[/?#]|\Z)", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(
    r"(?P<host>\[[0-9a-f:.]+\]|[^\[\]:@%]+)(?::[1-9][0-9]{0,4})?", re.IGNORECASE | re.ASCII
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_LONGEST_NAME = 253  # RFC 1035, without the root's dot

FORM = "The image URL is not one that can be fetched; give a plain http:// or https:// address."
LENGTH = "The image URL is too long; use a shorter one."
CREDENTIALS = "The image URL holds a user name or password; use one without credentials."
PORT = "The image URL names a port that is not allowed; use 80, 443 or 10000 to 12000."
DOWNGRADE = "The image URL leads from https to http; give the final address."


@dataclass(frozen=True, slots=True)
class Target:
    """One checked address to fetch.

    `host` is an ASCII name in lower case without a trailing dot, or an IP address without brackets;
    `path` begins with a slash and holds the query.
    """

    scheme: str
    host: str
    port: int
    path: bytes

    @property
    def host_header(self) -> str:
        """The value of `Host` (RFC 9110, 7.2): brackets around IPv6, no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, max_length: int) -> Target:
    """The target that `url` names.

    Refuses other schemes than http and https, other ports than 80, 443 and 10000-12000, credentials,
    white space and control characters, backslashes, percent-encoded or zoned hosts, IPv4 addresses in any
    spelling but four plain decimal numbers, and names that IDNA 2008 does not allow; more than `max_length`
    characters, as given or with path and query percent-encoded. Raises ImageUrlError.
    """
    _check_text(url, max_length)
    _check_authority(url)
    parsed = _parsed(url)
    port = parsed.port or DEFAULT_PORTS[parsed.scheme]
    if port not in DEFAULT_PORTS.values() and port not in HIGH_PORTS:
        raise ImageUrlError(PORT, UrlRefusal.PORT)
    if len(parsed.raw_path) > max_length:
        raise ImageUrlError(LENGTH, UrlRefusal.LENGTH)
    return Target(parsed.scheme, _checked_host(parsed), port, parsed.raw_path)


def _check_text(text: str, max_length: int) -> None:
    if len(text) > max_length:
        raise ImageUrlError(LENGTH, UrlRefusal.LENGTH)
    if _PLAIN.fullmatch(text) is None and any(map(_is_unseen, text)):
        raise ImageUrlError(FORM)


def _is_unseen(character: str) -> bool:
    return character == "\\" or unicodedata.category(character)[0] in "CZ"


def _check_authority(url: str) -> None:
    match = _URL.match(url)
    if match is None:
        raise ImageUrlError(FORM, UrlRefusal.SCHEME if _OTHER_SCHEME.match(url) else UrlRefusal.FORM)
    if "@" in match["authority"]:
        raise ImageUrlError(CREDENTIALS, UrlRefusal.CREDENTIALS)
    if _AUTHORITY.fullmatch(match["authority"]) is None:
        raise ImageUrlError(FORM)


def _parsed(url: str) -> httpx2.URL:
    try:
        return httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise ImageUrlError(FORM) from error


def _checked_host(parsed: httpx2.URL) -> str:
    host = parsed.raw_host.decode("ascii").removesuffix(".")
    if ":" in host:
        return IPv6Address(host).compressed
    labels = host.split(".")
    if len(host) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise ImageUrlError(FORM)
    if _NUMBER.fullmatch(labels[-1]):  # an IPv4 address, by the URL Standard's "ends in a number"
        return _plain_ipv4(host)
    return host


def _plain_ipv4(host: str) -> str:
    try:
        return str(IPv4Address(host))
    except ValueError as error:
        raise ImageUrlError(FORM) from error
