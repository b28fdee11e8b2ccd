"""Lines that nobody waits for, into real pipes."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from structlog.testing import capture_logs

from bonaface.observability.log_writer import LogWriter
from support.waiting import wait_until

FULL = Path("/dev/full")


@pytest.fixture
def pipe() -> Iterator[tuple[TextIO, TextIO]]:
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as writer:
        yield reader, writer


def fill(writer: TextIO) -> int:
    """Write until the pipe takes no more; how many bytes that were."""
    os.set_blocking(writer.fileno(), False)
    written = 0
    try:
        while True:
            written += os.write(writer.fileno(), b".")
    except BlockingIOError:
        os.set_blocking(writer.fileno(), True)
        return written


def test_lines_come_out_in_order_and_all_before_the_end(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    with LogWriter(writer) as lines:
        assert lines.write("가 1\n") == 4
        for number in range(2, 100):
            lines.write(f"{number}\n")
        lines.flush()
        assert not lines.isatty()
    writer.close()
    assert reader.read().splitlines() == ["가 1", *map(str, range(2, 100))]


def test_a_pipe_that_nobody_reads_costs_lines_and_no_time(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    stuffed = fill(writer)
    lines = LogWriter(writer, capacity=3)
    with capture_logs() as logs:
        for number in range(100):
            lines.write(f"{number}\n")
        lines.close()  # gives up: it is full
        assert os.read(reader.fileno(), stuffed) == b"." * stuffed  # somebody reads again
        wait_until(lambda: bool(logs))
    assert logs[0]["event"] == "log.dropped"
    assert 95 <= logs[0]["lines"] <= 97
    lines.close()
    writer.close()
    assert reader.read().split()[:3] == ["0", "1", "2"]


def test_a_reader_that_died_is_no_error(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    reader.close()
    assert nothing_is_said_of(writer)


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_nor_is_a_full_disk() -> None:
    with FULL.open("w") as full:
        assert nothing_is_said_of(full)


def nothing_is_said_of(stream: TextIO) -> bool:
    with capture_logs() as logs, LogWriter(stream) as lines:
        for number in range(10):
            lines.write(f"{number}\n")
    return not logs
