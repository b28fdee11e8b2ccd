"""What ssrfguard, another guard against the same attacks, makes of a URL: the oracle of the URL tables."""

import socket
from collections.abc import Mapping, Sequence
from enum import StrEnum

from ssrfguard import Policy, SSRFGuardError, resolve

from bonaface.fetch.policy import DEFAULT_PORTS, HIGH_PORTS
from bonaface.settings import FetchSettings

Answers = list[tuple[int, int, int, str, tuple[object, ...]]]


class Opinion(StrEnum):
    """How far a URL gets."""

    REFUSED = "refused"
    UNRESOLVED = "unresolved"
    """Let through to the resolver, which knows no such name."""
    PERMITTED = "permitted"


def opinion_on(url: str, names: Mapping[str, str | Sequence[str]]) -> Opinion:
    """The oracle's, under our rule for ports, where `names` are all the names there are."""
    ports = frozenset({*DEFAULT_PORTS.values(), *HIGH_PORTS})
    policy = Policy(allowed_ports=ports, max_url_length=FetchSettings().max_url_length)
    try:
        resolve(policy.check_url(url), policy=policy, resolver=_Names(names))
    except (SSRFGuardError, UnicodeError):
        return Opinion.REFUSED
    except socket.gaierror:
        return Opinion.UNRESOLVED
    return Opinion.PERMITTED


class _Names:
    """`getaddrinfo` as the C library has it, numbers in every spelling included, over names of the test."""

    def __init__(self, names: Mapping[str, str | Sequence[str]]) -> None:
        self._names = names

    def __call__(self, host: str, port: int, *_rest: object) -> Answers:
        answer = self._names.get(host.removesuffix("."), host)
        numbers = answer.split() if isinstance(answer, str) else list(answer)
        return [found for number in numbers for found in _numeric(number, port)]


def _numeric(number: str, port: int) -> Answers:
    kind, flags = socket.SOCK_STREAM, socket.AI_NUMERICHOST
    return list(socket.getaddrinfo(number, port, type=kind, flags=flags))
