"""Replies and batches for tests of counting."""

from datetime import UTC, datetime
from zlib import crc32

import orjson

from bonaface.storage.database import Database
from bonaface.usage.journal_lines import CHECKSUM, encode
from bonaface.usage.periods import Period
from bonaface.usage.queries import UsageRepository
from bonaface.usage.types import Reply, ReplyBatch, ReplyLabel

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
OWNER = "0123456789abcdef" * 2
"""The id of no database that there is."""
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


def reply(secret: int | None = None, at: datetime = NOON, application: int = 1) -> Reply:
    """A success of application 1 at noon."""
    return Reply(application, secret, ReplyLabel.FACES, 1, 0, 5, at)


def batch(number: int, replies: int = 1) -> ReplyBatch:
    """So many of them."""
    return ReplyBatch(number, tuple(reply() for _ in range(replies)))


def line(number: int, replies: int = 1) -> bytes:
    """Such a batch in a journal of the database `OWNER`."""
    return encode(batch(number, replies), OWNER)


def old_line(number: int, replies: int = 1) -> bytes:
    """The same as the version before databases had an id wrote it."""
    checked = orjson.loads(line(number, replies)[CHECKSUM + 1 :])[1:]
    content = orjson.dumps(checked)
    return b"%08x %s\n" % (crc32(content), content)


def counted(database: Database) -> int:
    """How many replies the database holds, whoever they went to."""
    return sum(row.requests for row in UsageRepository(database).usage(Period.DAY, *EVER))
