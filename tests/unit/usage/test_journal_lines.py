"""A batch as a line of a journal."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bonaface.usage.journal_lines import Record, decode, encode
from bonaface.usage.types import Reply, ReplyBatch

COUNT = some.integers(0, 2**31 - 1)
TIME = some.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=some.just(UTC))
REPLY = some.builds(Reply, COUNT, some.none() | COUNT, some.text(max_size=20), COUNT, COUNT, COUNT, TIME)
BATCH = some.builds(ReplyBatch, some.integers(1, 2**63 - 1), some.lists(REPLY, max_size=5).map(tuple))
OWNER = "0123456789abcdef" * 2
ONE = ReplyBatch(3, (Reply(1, 7, "faces", 1, 0, 12, datetime(2026, 2, 3, 12, 0, 0, 5, tzinfo=UTC)),))


@given(BATCH)
def test_what_is_written_is_read(batch: ReplyBatch) -> None:
    line = encode(batch, OWNER)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line[:-1]) == Record(batch, OWNER)


def test_what_was_written_before_databases_had_an_id_is_read() -> None:
    line = b'73fa550a [3,[[1,7,"faces",1,0,12,"2026-02-03T12:00:00.000005+00:00"]]]'
    assert decode(line) == Record(ONE, None)


@pytest.mark.parametrize("owner", ["", "../../elsewhere", OWNER.upper(), OWNER + "0"])
def test_an_id_that_is_none_is_refused(owner: str) -> None:
    with pytest.raises(ValueError, match="id"):
        decode(encode(ONE, owner)[:-1])


def test_times_are_read_in_utc() -> None:
    there = timezone(timedelta(hours=9))
    abroad = ReplyBatch(
        1, tuple(Reply(1, None, "faces", 1, 0, 1, each.at.astimezone(there)) for each in ONE.replies)
    )
    (read,) = decode(encode(abroad, OWNER)[:-1]).batch.replies
    assert (read.at, read.at.tzinfo) == (ONE.replies[0].at, UTC)


@given(some.integers(min_value=0), some.integers(1, 255))
def test_a_changed_byte_is_refused(place: int, change: int) -> None:
    line = bytearray(encode(ONE, OWNER)[:-1])
    line[place % len(line)] ^= change
    with pytest.raises(ValueError, match="checksum"):
        decode(bytes(line))


@pytest.mark.parametrize("line", [b"", b"00000000", b"00000000 ", encode(ONE, OWNER)[:-5]])
def test_what_is_no_record_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the checksum or of JSON
        decode(line)
