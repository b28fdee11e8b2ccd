"""A service that speaks the v1.0 route: NHN Cloud's, or a server of bonaface."""

import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import httpx2

from bonaface.errors import InvalidParameterError, OverloadedError
from bonaface.side_by_side.pace import Pace
from bonaface.side_by_side.service_answer import ServiceAnswer, read_answer
from bonaface.types import Preset

ATTEMPTS = 3
"""Of one image, where the answer is none that will stay."""
FIRST_WAIT = 1.0
"""Seconds before the second attempt, where the service does not say; twice as long before the third."""
LONGEST_WAIT = 60.0
"""Seconds that a service may ask to wait; where it asks for more, the run ends."""
SECONDS = 30.0
"""An answer may take so long."""
TEMPORARY = (429, 503)
UNAUTHORIZED = -41005

BAD_URL = "{url!r} is not the address of a service; give https://host, without keys, path of a call or query."
PLAIN_HTTP = "{url} would carry the secret key in the clear; give an address that begins with https."
REFUSED = "{name} refuses the appKey or the secret key; nothing more was sent to it."
ASKS_TO_WAIT = "{name} asks to wait {seconds:.0f} seconds; run the same command again then."


@dataclass(frozen=True, slots=True)
class ServiceKeys:
    """What proves who asks. Neither is shown by `repr`."""

    app_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    def __post_init__(self) -> None:
        for key in (self.app_key, self.secret_key):
            if not (key and key.isascii() and key.isprintable() and " " not in key):
                raise InvalidParameterError("An appKey and a secret key are printable ASCII without spaces.")


class RemoteService:
    """Sends images as forms, at a pace; the keys go to this address alone: redirects are not followed."""

    def __init__(self, name: str, url: str, keys: ServiceKeys, pace: Pace) -> None:
        """name: as sentences call it. url: scheme and host, with the prefix of a proxy if there is one.

        Raises InvalidParameterError for another URL.
        """
        self.name = name
        self.identity = checked_url(url)
        self._route = f"{self.identity}/v1.0/appkeys/{quote(keys.app_key, safe='')}/spoofing"
        self._pace = pace
        headers = {"Authorization": keys.secret_key, "Accept": "application/json"}
        self._http = httpx2.Client(headers=headers, timeout=SECONDS, follow_redirects=False)

    def ask(self, image: bytes, preset: Preset) -> ServiceAnswer:
        """What it says of the image; asked again where it is away, overloaded, or wants to be.

        Raises InvalidParameterError where it refuses the keys, OverloadedError where it wants a long wait.
        """
        answer = self._attempt(image, preset, FIRST_WAIT)
        for attempt in range(1, ATTEMPTS):
            if answer.code is not None:
                break
            answer = self._attempt(image, preset, FIRST_WAIT * 2.0**attempt)
        if answer.code == UNAUTHORIZED:
            raise InvalidParameterError(REFUSED.format(name=self.name))
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _attempt(self, image: bytes, preset: Preset, wait: float) -> ServiceAnswer:
        """The answer to one request; the pace is held for `wait` seconds or more where none will stay."""
        self._pace.wait()
        began = time.perf_counter()
        try:
            response = self._http.post(
                self._route,
                files={"imageFile": ("image", image, "application/octet-stream")},
                data={"spoofingCondition": preset.value},
            )
        except httpx2.RequestError as error:  # its text may hold the appKey
            self._pace.hold(wait)
            return ServiceAnswer(code=None, message=type(error).__name__)
        seconds = time.perf_counter() - began
        answer = None if response.status_code in TEMPORARY else read_answer(response.content, seconds)
        if answer is None:
            self._hold(response, wait)
            return ServiceAnswer(code=None, message=f"HTTP {response.status_code}", seconds=seconds)
        return answer

    def _hold(self, response: httpx2.Response, wait: float) -> None:
        asked = response.headers.get("retry-after", "").strip()
        seconds = float(asked) if asked.isascii() and asked.isdecimal() else wait
        if seconds > LONGEST_WAIT:
            raise OverloadedError(ASKS_TO_WAIT.format(name=self.name, seconds=seconds), int(seconds))
        self._pace.hold(max(seconds, wait))


def checked_url(url: str) -> str:
    """The URL without a slash at its end. Raises InvalidParameterError where a secret must not go there."""
    parts = urlsplit(url)
    is_told = bool(parts.hostname) and not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in ("http", "https") or not is_told or "/appkeys/" in parts.path:
        raise InvalidParameterError(BAD_URL.format(url=parts.hostname or url[:20]))
    return url.rstrip("/")


def require_tls(url: str) -> None:
    """Raises InvalidParameterError for plain HTTP to any place but this machine."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise InvalidParameterError(PLAIN_HTTP.format(url=url))
