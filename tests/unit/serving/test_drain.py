from bonaface.serving.drain import Drain


def test_begins_once_and_stays() -> None:
    drain = Drain()
    assert not drain.is_on
    drain.begin()
    drain.begin()
    assert drain.is_on
