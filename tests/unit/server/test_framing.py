"""Bytes around bodies are counted once each, and bounded."""

import pytest

from bonaface.server.framing import FRAMING_BYTES, ExcessError, Framing
from bonaface.server.refusal import HEAD_BYTES, HEAD_LINES


def _piece(framing: Framing, length: int, body: int = 0, lines: int = 0) -> None:
    framing.begin_piece(length)
    framing.add_body(body)
    framing.end_piece(lines)


def test_a_head_may_have_so_many_bytes_and_lines_and_no_more() -> None:
    framing = Framing()
    _piece(framing, HEAD_BYTES, lines=HEAD_LINES)
    assert framing.is_begun
    for length, lines in ((1, 0), (1, HEAD_LINES + 1)):
        with pytest.raises(ExcessError):
            _piece(framing, length, lines=lines)
    assert framing.has_excess


def test_what_came_before_a_body_counts_for_the_whole_message_alone() -> None:
    framing = Framing()
    for _ in range(FRAMING_BYTES // HEAD_BYTES):
        _piece(framing, HEAD_BYTES)
        _piece(framing, 10, body=10)
    with pytest.raises(ExcessError):
        _piece(framing, 2, body=1)


def test_the_end_of_a_head_or_a_message_begins_anew() -> None:
    framing = Framing()
    framing.begin_piece(HEAD_BYTES)
    framing.end_head(HEAD_LINES)
    assert not framing.is_begun
    _piece(framing, HEAD_BYTES)
    framing.begin_piece(0)
    framing.end_message(0)
    assert not framing.is_begun
    assert not framing.has_excess


def test_a_body_is_no_framing() -> None:
    framing = Framing()
    for _ in range(4):
        _piece(framing, FRAMING_BYTES, body=FRAMING_BYTES)
    assert not framing.is_begun
