"""ssrfguard, another guard of downloads, as an oracle that confirms: what we fetch, it permits.

It is asked about nothing that we refuse: our guard is tested against our own expectations.
"""

import socket
from collections.abc import Mapping, Sequence

from ssrfguard import Policy, SSRFGuardError, resolve

from bonaface.fetch.policy import DEFAULT_PORTS, HIGH_PORTS
from bonaface.settings import FetchSettings

Answers = list[tuple[int, int, int, str, tuple[object, ...]]]


def permits(url: str, names: Mapping[str, str | Sequence[str]]) -> bool:
    """Whether the oracle does, under our rule for ports, where `names` are all the names there are."""
    ports = frozenset({*DEFAULT_PORTS.values(), *HIGH_PORTS})
    policy = Policy(allowed_ports=ports, max_url_length=FetchSettings().max_url_length)
    try:
        resolve(policy.check_url(url), policy=policy, resolver=_Names(names))
    except (SSRFGuardError, UnicodeError, socket.gaierror):
        return False
    return True


class _Names:
    """`getaddrinfo` as the C library has it over names of the test; numbers are addresses."""

    def __init__(self, names: Mapping[str, str | Sequence[str]]) -> None:
        self._names = names

    def __call__(self, host: str, port: int, *_rest: object) -> Answers:
        answer = self._names.get(host.removesuffix("."), host)
        numbers = answer.split() if isinstance(answer, str) else list(answer)
        return [found for number in numbers for found in _numeric(number, port)]


def _numeric(number: str, port: int) -> Answers:
    kind, flags = socket.SOCK_STREAM, socket.AI_NUMERICHOST
    return list(socket.getaddrinfo(number, port, type=kind, flags=flags))
