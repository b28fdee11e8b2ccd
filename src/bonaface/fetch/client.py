"""The guarded image download: one GET, redirects checked hop by hop, limits on time and bytes."""

import ssl
from collections.abc import AsyncIterator, Hashable
from contextlib import aclosing, asynccontextmanager

import anyio
import anyio.lowlevel
import httpcore2
import httpx2

from bonaface.errors import DownloadTooLargeError, ImageTimeoutError, ImageUrlError, UrlRefusal
from bonaface.fetch.backend import GuardedBackend
from bonaface.fetch.location import redirected
from bonaface.fetch.places import Places
from bonaface.fetch.policy import Target, check_url
from bonaface.fetch.resolver import Resolver
from bonaface.fetch.stream import BODY_READ
from bonaface.settings import FetchSettings

REDIRECTS = frozenset((301, 302, 303, 307, 308))
CHOICES = 300
"""A redirect where it names a place: curl and Firefox follow it (RFC 9110, 15.4.1)."""

CODINGS = frozenset(
    (
        *("aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "zstd"),
        *("x-compress", "x-gzip"),
    )
)
"""Content codings of the IANA registry, but for `identity`, which changes nothing."""

ANSWER_HEAD_BYTES = 32 * 1024
"""Longest head of an answer, and trailer: parsed in one go. The longest URL, and as much for all the rest."""

PIECES_A_TURN = 4
"""Chunks of a body (RFC 9112, 7.1) that are joined before everybody else has a turn: they may be tiny."""

_HEADERS = (
    ("Accept", "image/png, image/jpeg, */*;q=0.5"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
    ("User-Agent", "bonaface"),
)

TIMEOUT = "The image URL did not give its whole image in time; try again or send the image itself."
TOO_LARGE = "The image behind the URL is over the limit of {limit} bytes; use a smaller one."
REDIRECTED_TOO_OFTEN = "The image URL redirects too many times; give the final address."
STATUS = (
    "The server of the image URL answered with a status other than 200; check that the URL gives the image."
)
ENCODED = "The server of the image URL sent a compressed answer that was not asked for; use another server."
BROKEN = "The server of the image URL broke off or did not speak HTTP; check that the URL gives the image."
INSECURE = "No secure connection to the server of the image URL was possible; check its certificate."


class ImageFetcher:
    """Downloads images from URLs that strangers give. One object serves any number of calls side by side.

    Every hop has a connection of its own: nothing (connections, cookies, credentials) goes from one call
    to another, and no proxy, `.netrc` or other environment variable is looked at.
    """

    def __init__(
        self,
        settings: FetchSettings,
        max_bytes: int,
        downloads: Places,
        resolver: Resolver,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`max_bytes` is the largest body taken, `downloads` how many are under way at once.

        `ssl_context` is the trust to verify servers with: the system's unless given.
        """
        self._settings = settings
        self._max_bytes = max_bytes
        self._downloads = downloads
        self._resolver = resolver
        self._ssl_context = ssl_context or httpx2.create_ssl_context(trust_env=False)
        self._ssl_context.set_alpn_protocols(["http/1.1"])

    async def fetch(self, url: str, owner: Hashable) -> bytes:
        """The bytes behind `url`, at most `max_bytes` of them, as the server sent them.

        `owner` is whose download it is: places are shared out among owners.

        Raises ImageUrlError when the URL may not be fetched or its server does not give the image,
        ImageTimeoutError when all of it takes longer than `settings.timeout`, DownloadTooLargeError when
        the body is, or says it is, over `max_bytes`, OverloadedError when there is no place for it.
        """
        target = check_url(url, self._settings.max_url_length)
        try:
            with self._downloads.admit(owner), anyio.fail_after(self._settings.timeout):
                return await self._follow(target, owner)
        except (TimeoutError, httpcore2.TimeoutException) as error:
            raise ImageTimeoutError(TIMEOUT) from error
        except httpcore2.ConnectError as error:  # the TCP connection stood: TLS failed
            raise ImageUrlError(INSECURE, UrlRefusal.TLS) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise ImageUrlError(BROKEN, UrlRefusal.PROTOCOL) from error

    async def aclose(self) -> None:
        """Give up the resolver; the object cannot fetch after this."""
        self._resolver.close()

    async def _follow(self, target: Target, owner: Hashable) -> bytes:
        for _ in range(self._settings.max_redirects + 1):
            answer = await self._get(target, owner)
            if isinstance(answer, bytes):
                return answer
            target = answer
        raise ImageUrlError(REDIRECTED_TOO_OFTEN, UrlRefusal.REDIRECTS)

    async def _get(self, target: Target, owner: Hashable) -> bytes | Target:
        """The body behind `target`, or where it redirects to."""
        url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        headers = [("Host", target.host_header), *_HEADERS]
        async with (
            self._connected(target, owner) as stream,
            _Connection(url.origin, stream) as connection,
            connection.stream("GET", url, headers=headers) as response,
        ):
            return await self._read(target, response)

    @asynccontextmanager
    async def _connected(
        self, target: Target, owner: Hashable
    ) -> AsyncIterator[httpcore2.AsyncNetworkStream]:
        limit, allowed = self._settings.timeout, self._settings.allowed_networks
        async with aclosing(GuardedBackend(self._resolver, allowed, owner)) as backend:
            stream = await backend.connect_tcp(target.host, target.port, limit)
            if target.scheme == "https":
                stream = await stream.start_tls(self._ssl_context, target.host, limit)
            yield stream

    async def _read(self, target: Target, response: httpcore2.Response) -> bytes | Target:
        headers = httpx2.Headers(response.headers)
        if response.status in REDIRECTS or (response.status == CHOICES and "location" in headers):
            return redirected(target, _locations(response), self._settings.max_url_length)
        self._check_answer(response.status, headers)
        return await self._body(response)

    def _check_answer(self, status: int, headers: httpx2.Headers) -> None:
        if status != 200:
            raise ImageUrlError(STATUS, UrlRefusal.STATUS)
        codings = headers.get_list("content-encoding", split_commas=True)
        if any(coding.lower() in CODINGS for coding in codings):
            raise ImageUrlError(ENCODED, UrlRefusal.CODING)
        if int(headers.get("content-length", 0)) > self._max_bytes:
            raise self._too_large()

    async def _body(self, response: httpcore2.Response) -> bytes:
        response.extensions["network_stream"].most = BODY_READ
        body, pieces = bytearray(), 0
        async with aclosing(response.aiter_stream()) as stream:
            async for piece in stream:
                body += piece
                if len(body) > self._max_bytes:
                    raise self._too_large()
                pieces += 1
                if pieces % PIECES_A_TURN == 0:
                    await anyio.lowlevel.checkpoint()
        return bytes(body)

    def _too_large(self) -> DownloadTooLargeError:
        return DownloadTooLargeError(TOO_LARGE.format(limit=self._max_bytes))


class _Connection(httpcore2.AsyncHTTP11Connection):
    """The library's, with another limit on heads and trailers."""

    MAX_INCOMPLETE_EVENT_SIZE = ANSWER_HEAD_BYTES


def _locations(response: httpcore2.Response) -> list[bytes]:
    """The bytes of each `Location`: their coding is not known."""
    return [value for name, value in response.headers if name.lower() == b"location"]
