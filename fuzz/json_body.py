"""Fuzzing target: a JSON body of the public route, as it comes over ASGI."""

from fuzz import contract, harness
from fuzz.contract import ToldAs
from fuzz.request import Sender

IS_ANSWER = ToldAs(contract.INVALID_PARAMETER, contract.IMAGE_TOO_LARGE, contract.INVALID_IMAGE)


class JsonBody:
    """Sends every input as the body of a request that says it is JSON."""

    def __init__(self) -> None:
        self._sender = Sender()

    def __call__(self, data: bytes) -> None:
        self._sender.send(b"application/json; charset=utf-8", data)


if __name__ == "__main__":
    harness.main(harness.Target(JsonBody(), IS_ANSWER))
