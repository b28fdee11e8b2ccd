"""What a connection has received and not parsed yet, in pieces that hold the end of one message at most."""

HEAD_END = b"\n\r\n"
LINE_ENDS = b"\r\n"
PIECE_BYTES = 4 * 1024


class Received:
    """Bytes in the order in which they came; true while there are any.

    No message ends within a piece, so that none is parsed with the one before it. A message ends with its
    declared length, of which `body_left` bytes are to come, or with an empty line: that of its head, or of
    its chunks.
    """

    __slots__ = ("_data", "_line_end", "_start", "body_left")

    def __init__(self) -> None:
        self._data = b""
        self._start = 0
        self._line_end = b""
        self.body_left = 0

    def __bool__(self) -> bool:
        return bool(self._data)

    def add(self, data: bytes) -> None:
        """`data` has come."""
        self._data = self._data[self._start :] + data if self._data else data
        self._start = 0

    def put_back(self, data: bytes) -> None:
        """`data` was in the last piece and is to be in the next one again."""
        self._data = data + self._data[self._start :]
        self._start = 0

    def clear(self) -> None:
        """Forget it all."""
        self._data, self._start = b"", 0

    def drop_empty_lines(self) -> None:
        """At the front: they are no request."""
        self._data = self._data[self._start :].lstrip(LINE_ENDS)
        self._start = 0

    def next_piece(self) -> bytes | memoryview:
        """What to parse next, which is taken."""
        data, start = self._data, self._start
        length = len(data)
        if self.body_left:
            end = min(length, start + self.body_left)
            self.body_left -= end - start
        else:
            end = self._empty_line_end(data, start, min(length, start + PIECE_BYTES))
        if end == length:
            self.clear()
        else:
            self._start = end
        return data[start:end] if end - start <= PIECE_BYTES else memoryview(data)[start:end]

    def _empty_line_end(self, data: bytes, start: int, end: int) -> int:
        """Where the first empty line ends, also one that began in the piece before; else `end`."""
        if self._line_end:
            for had in (2, 1):
                rest = HEAD_END[had:]
                if self._line_end.endswith(HEAD_END[:had]) and data.startswith(rest, start, end):
                    self._line_end = b""
                    return start + len(rest)
        empty_line = data.find(HEAD_END, start, end)
        if empty_line >= 0:
            self._line_end = b""
            return empty_line + len(HEAD_END)
        self._line_end = (self._line_end + data[max(start, end - 2) : end])[-2:]
        return end
