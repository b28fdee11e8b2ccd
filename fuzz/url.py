"""Fuzzing target: the text of an image URL, as a first address and as a redirect. Nothing is looked up."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fuzz import contract, harness
from fuzz.contract import ToldAs

with harness.instrumented():
    from bonaface.errors import ImageUrlError
    from bonaface.fetch.address import may_connect
    from bonaface.fetch.location import redirected
    from bonaface.fetch.policy import DEFAULT_PORTS, HIGH_PORTS, Target, check_url

MAX_LENGTH = 2048
IS_ANSWER = ToldAs(contract.INVALID_URL)
STARTS = ("http://public.example/a/b?c", "https://public.example:10000/", "http://[2606:4700::1111]/")
PORTS = frozenset((*DEFAULT_PORTS.values(), *HIGH_PORTS))


class Url:
    """Checks every input as a URL, and as where a redirect from some addresses leads to."""

    def __init__(self) -> None:
        self._starts = [check_url(start, MAX_LENGTH) for start in STARTS]

    def __call__(self, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        for start in self._starts:
            try:
                check(redirected(start, [data.strip(b" \t")], MAX_LENGTH))
            except ImageUrlError:
                continue
        target = check_url(text, MAX_LENGTH)
        check(target)
        if text.isascii() and ":" not in target.host:
            assert (urlsplit(text).hostname or "").removesuffix(".") == target.host


def check(target: Target) -> None:
    """Hold a target against what a connection and a request line may be made of."""
    assert target.scheme in DEFAULT_PORTS
    assert target.port in PORTS
    assert target.path.startswith(b"/")
    assert all(0x20 < byte < 0x7F for byte in target.path + target.host_header.encode("ascii"))
    assert target.host == target.host.lower()
    if ":" in target.host or target.host.rpartition(".")[2].isdigit():
        _check_address(target.host)
    spelled = f"{target.scheme}://{target.host_header}{target.path.decode()}"
    assert urlsplit(spelled).hostname == target.host
    again = check_url(spelled, len(spelled))
    assert (again.host, again.port, again.path) == (target.host, target.port, target.path)


def _check_address(host: str) -> None:
    """It is one to the last letter."""
    address = ip_address(host)
    assert str(address) == host
    assert isinstance(may_connect(address), bool)


if __name__ == "__main__":
    harness.main(harness.Target(Url(), IS_ANSWER))
