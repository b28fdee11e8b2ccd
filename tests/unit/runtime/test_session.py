import pytest

from bonaface.errors import ConfigurationError
from bonaface.runtime.session import SessionOptions


def test_one_lane_and_the_shapes_of_the_file_by_default() -> None:
    assert SessionOptions() == SessionOptions(lanes=1, shapes=None)


@pytest.mark.parametrize("lanes", [0, -1])
def test_no_lane_is_refused_rather_than_waited_for_for_ever(lanes: int) -> None:
    with pytest.raises(ConfigurationError, match="at least one lane"):
        SessionOptions(lanes=lanes)
