"""Which errors are an answer of the wire contract."""

from fuzz.harness import instrumented

with instrumented():
    from bonaface.api.errors import outcome_of
    from bonaface.errors import BonafaceError

INVALID_PARAMETER = -40000
IMAGE_TOO_LARGE = -45020
INVALID_IMAGE = -45030
INVALID_FORMAT = -45040
INVALID_URL = -45050


class ToldAs:
    """Whether an error is one of ours and goes out as one of these codes."""

    def __init__(self, *codes: int) -> None:
        self._codes = frozenset(codes)

    def __call__(self, error: Exception) -> bool:
        return isinstance(error, BonafaceError) and outcome_of(error).code in self._codes
