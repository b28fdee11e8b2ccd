"""Fuzzing target: a form with what the standard says to ignore: preamble, epilogue, other parts and fields.

Four pieces of an input are put round an image and a preset, which must come out as they were.
"""

from fuzz import contract, harness
from fuzz.contract import ToldAs
from fuzz.request import Sender

with harness.instrumented():
    from bonaface.api.v1.body import Submission
    from bonaface.errors import BonafaceError
    from bonaface.types import Preset

CONTENT_TYPE = b"multipart/form-data; boundary=xyz"
BOUNDARY = b"xyz"
CUT = b"\n\n--\n\n"
"""Stands between the pieces of an input."""
PIECES = 4
IMAGE = b"\x89PNG\r\n\x1a\n\r\n--xy"
LONGEST_FIELD = 4_000
IS_ANSWER = ToldAs(contract.INVALID_PARAMETER, contract.IMAGE_TOO_LARGE)


class NoisyForm:
    """Sends every input as the noise in a form."""

    def __init__(self) -> None:
        self._sender = Sender()

    def __call__(self, data: bytes) -> None:
        preamble, field, content, epilogue = (data.split(CUT, PIECES - 1) + [b""] * PIECES)[:PIECES]
        body = form(preamble, field, content, epilogue)
        if BOUNDARY in preamble or BOUNDARY in content:
            self._sender.send(CONTENT_TYPE, body)
            return
        try:
            submission = self._sender.send(CONTENT_TYPE, body)
        except BonafaceError as error:
            raise AssertionError("a form with noise is refused") from error
        assert submission == Submission(IMAGE, None, Preset.STRICT)


def form(preamble: bytes, field: bytes, content: bytes, epilogue: bytes) -> bytes:
    """A form with these before it, in the head of each part, in a part of another name, and behind it."""
    value = b"".join(field.splitlines())[:LONGEST_FIELD]
    head = b"X-Noise: " + value + b"\r\n\t" + b"folded\r\nContent-Disposition: form-data; name="
    parts = ((b"other", content), (b"imageFile", IMAGE), (b"spoofingCondition", b"strict"))
    lines = (b"\r\n--" + BOUNDARY + b" \t\r\n" + head + name + b"\r\n\r\n" + inside for name, inside in parts)
    return preamble + b"".join(lines) + b"\r\n--" + BOUNDARY + b"--" + epilogue


if __name__ == "__main__":
    harness.main(harness.Target(NoisyForm(), IS_ANSWER))
