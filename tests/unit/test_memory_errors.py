"""Out of memory: which errors mean it. What libraries really say: tests/component."""

import resource

import pytest

from bonaface.errors import InvalidImageError
from bonaface.memory_errors import is_memory_error, memory_errors_told, require_memory


@pytest.mark.parametrize(
    "text",
    ["Insufficient memory (case 4)", "std::bad_alloc", "node '1' can't alloc", "can't start new thread"],
)
def test_the_cause_of_an_error_counts(text: str) -> None:
    with pytest.raises(MemoryError) as caught, memory_errors_told():
        raise_from(InvalidImageError("The JPEG is corrupt."), ValueError(text))
    assert isinstance(caught.value.__cause__, InvalidImageError)


def test_other_errors_pass() -> None:
    with pytest.raises(InvalidImageError), memory_errors_told():
        raise_from(InvalidImageError("The JPEG is corrupt."), ValueError("Premature end of JPEG file"))
    assert not is_memory_error(KeyError("memory"))


def test_there_is_room_here() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    require_memory()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000  # KB: it is not touched


def raise_from(error: Exception, cause: Exception) -> None:
    raise error from cause
