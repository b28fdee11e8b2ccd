"""Fuzzing target: a body of /v2 of either kind as it comes over ASGI, with one image or several frames."""

from fuzz import contract, harness
from fuzz.contract import ToldAs
from fuzz.request import MAX_BYTES, BodySender

with harness.instrumented():
    from bonaface.api.v2.body import LivenessSubmission, read_submission

IS_ANSWER = ToldAs(contract.INVALID_PARAMETER, contract.IMAGE_TOO_LARGE, contract.INVALID_IMAGE)
MOST = 10


class FramesBody:
    """Sends the first line of every input as the Content-Type and the rest as the body."""

    def __init__(self) -> None:
        self._sender: BodySender[LivenessSubmission] = BodySender(read_submission)

    def __call__(self, data: bytes) -> None:
        content_type, _, body = data.partition(b"\n")
        submission = self._sender.send(content_type, body)
        assert (submission.url is None) == bool(submission.frames)
        assert len(submission.frames) <= MOST
        assert sum(map(len, submission.frames)) <= MAX_BYTES
        if b"form-data" in content_type.lower():
            assert all(frame in body for frame in submission.frames)


if __name__ == "__main__":
    harness.main(harness.Target(FramesBody(), IS_ANSWER))
