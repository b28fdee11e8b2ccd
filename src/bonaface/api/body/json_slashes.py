r"""Slashes in the strings of a JSON text, which some encoders escape: `\/` is the same as `/` (RFC 8259, 7).

Base64 has as many slashes as its image makes of it: a white picture that is stored unpacked is nothing else,
and an encoder that escapes them (PHP's, as it comes) doubles its text.
"""

_BACKSLASHES = b"\\\\"
_STAND_IN = b"\0\0"
"""Stands in no JSON text."""


class PlainSlashes:
    """Gives a text, which comes in pieces, without the backslashes before slashes; it means the same."""

    def __init__(self) -> None:
        self._rest = b""

    def add(self, piece: bytes) -> bytes:
        """`piece`, but for a backslash at its end whose escape is in the next one."""
        piece = self._rest + piece
        self._rest = b""
        if b"\\" not in piece:
            return piece
        if (len(piece) - len(piece.rstrip(b"\\"))) % 2:
            piece, self._rest = piece[:-1], b"\\"
        if _STAND_IN[:1] in piece:  # no JSON text
            return piece
        plain = piece.replace(_BACKSLASHES, _STAND_IN).replace(b"\\/", b"/")
        return plain.replace(_STAND_IN, _BACKSLASHES)

    def end(self) -> bytes:
        """What is left when no piece follows."""
        return self._rest
