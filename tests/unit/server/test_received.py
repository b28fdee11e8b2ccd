"""Bytes that were received, in pieces in which no message ends but at the end."""

import pytest

from bonaface.server.received import PIECE_BYTES, Received

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def pieces(received: Received) -> list[bytes]:
    found = []
    while received:
        found.append(bytes(received.next_piece()))
    return found


@pytest.mark.parametrize("at", range(1, len(HEAD)))
def test_a_piece_ends_where_a_message_does_however_it_came(at: int) -> None:
    received, found = Received(), []
    for data in (HEAD[:at], HEAD[at:] + HEAD):
        received.add(data)
        found += pieces(received)
    assert b"".join(found) == HEAD * 2
    assert found[-1] == HEAD
    assert b"".join(found[:-1]) == HEAD


def test_a_body_is_taken_by_its_declared_length() -> None:
    received = Received()
    received.add(b"\r\n\r\n" * 2 * PIECE_BYTES + HEAD)
    received.body_left = 8 * PIECE_BYTES
    assert [len(piece) for piece in pieces(received)] == [8 * PIECE_BYTES, len(HEAD)]
    assert received.body_left == 0


def test_what_is_no_body_comes_in_small_pieces() -> None:
    received = Received()
    received.add(b"a" * (2 * PIECE_BYTES + 1))
    assert [len(piece) for piece in pieces(received)] == [PIECE_BYTES, PIECE_BYTES, 1]


def test_what_is_put_back_comes_first() -> None:
    received = Received()
    received.add(HEAD + b"rest")
    received.next_piece()
    received.put_back(b"again ")
    assert pieces(received) == [b"again rest"]


def test_empty_lines_are_dropped_at_the_front_alone() -> None:
    received = Received()
    received.add(HEAD + b"\r\n\r\na\r\n")
    received.next_piece()
    received.drop_empty_lines()
    assert pieces(received) == [b"a\r\n"]


def test_nothing_is_left_of_what_is_cleared() -> None:
    received = Received()
    received.add(HEAD)
    received.clear()
    assert not received
