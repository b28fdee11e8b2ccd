"""Counts the bytes of HTTP around bodies: heads, chunk sizes, extensions and trailers; each has a bound."""

from bonaface.server.refusal import HEAD_BYTES, HEAD_LINES

FRAMING_BYTES = 1024 * 1024
"""Chunk sizes, extensions and trailers of one body: 200,000 chunks of a byte."""


class ExcessError(Exception):
    """More than the bounds allow was received."""


class Framing:
    """Of one connection. What was parsed of a piece is counted once, at the first event that tells enough."""

    __slots__ = ("_body_bytes", "_bytes", "_piece_bytes", "_stray_bytes", "has_excess")

    def __init__(self) -> None:
        self._piece_bytes = 0
        self._body_bytes = 0
        self._stray_bytes = 0
        """Since the last byte of a body, or the last message."""
        self._bytes = 0
        """Since the head of this message."""
        self.has_excess = False

    @property
    def is_begun(self) -> bool:
        """Whether something was received that is no body, and neither its message nor a body ended it."""
        return self._stray_bytes > 0

    def begin_piece(self, length: int) -> None:
        """So many bytes are parsed now."""
        self._piece_bytes, self._body_bytes = length, 0

    def add_body(self, length: int) -> None:
        """So many of them are a body's."""
        self._body_bytes += length

    def end_head(self, lines: int) -> None:
        """A head of so many lines has ended. Raises ExcessError."""
        self._count(lines)
        self._stray_bytes = self._bytes = 0

    def end_message(self, lines: int) -> None:
        """A message has ended, with so many lines of trailers. Raises ExcessError."""
        self.end_piece(lines)
        self._stray_bytes = 0

    def end_piece(self, lines: int) -> None:
        """The piece is parsed; so many lines of head or trailers are there by now. Raises ExcessError."""
        if self._piece_bytes:
            self._count(lines)

    def _count(self, lines: int) -> None:
        around = self._piece_bytes - self._body_bytes
        if self._body_bytes:
            self._stray_bytes = 0
        self._piece_bytes = self._body_bytes = 0
        if not around:
            return
        self._stray_bytes += around
        self._bytes += around
        if lines > HEAD_LINES or self._stray_bytes > HEAD_BYTES or self._bytes > FRAMING_BYTES:
            self.has_excess = True
            raise ExcessError
