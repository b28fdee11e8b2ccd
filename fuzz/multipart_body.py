"""Fuzzing target: a form of the public route as it comes over ASGI, its Content-Type included."""

from fuzz import contract, harness
from fuzz.contract import ToldAs
from fuzz.request import Sender

IS_ANSWER = ToldAs(contract.INVALID_PARAMETER, contract.IMAGE_TOO_LARGE, contract.INVALID_IMAGE)


class FormBody:
    """Sends the first line of every input as the Content-Type and the rest as the body."""

    def __init__(self) -> None:
        self._sender = Sender()

    def __call__(self, data: bytes) -> None:
        content_type, _, body = data.partition(b"\n")
        submission = self._sender.send(content_type, body)
        if submission.image is not None and b"form-data" in content_type.lower():
            assert submission.image in body


if __name__ == "__main__":
    harness.main(harness.Target(FormBody(), IS_ANSWER))
