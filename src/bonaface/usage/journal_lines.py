"""A batch of replies as one line of a journal: its checksum (CRC-32, hexadecimal), a space, and JSON.

The JSON is an array: the id of the database that is to count the batch, its number, its replies. Lines that
were written before databases had an id lack the first.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zlib import crc32

import orjson

from bonaface.usage.types import Reply, ReplyBatch

CHECKSUM = 8
DATABASE_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Record:
    """A line read: a batch, and the id of its database where the line tells it."""

    batch: ReplyBatch
    database_id: str | None


def encode(batch: ReplyBatch, database_id: str) -> bytes:
    """The line, with its end."""
    replies = [
        (
            reply.application_id,
            reply.secret_id,
            reply.outcome,
            reply.bona_fide,
            reply.attacks,
            reply.duration_ms,
            reply.at,
        )
        for reply in batch.replies
    ]
    content = orjson.dumps([database_id, batch.number, replies])
    return b"%08x %s\n" % (crc32(content), content)


def decode(line: bytes) -> Record:
    """What a line without its end says. Raises ValueError when it is not what `encode` gave."""
    checksum, content = line[:CHECKSUM], line[CHECKSUM + 1 :]
    if line[CHECKSUM : CHECKSUM + 1] != b" " or checksum != b"%08x" % crc32(content):
        raise ValueError("the checksum is not that of the line")
    *owner, number, replies = orjson.loads(content)
    database_id = owner[0] if owner else None
    if database_id is not None and not DATABASE_ID.fullmatch(database_id):
        raise ValueError("the id of the database is none")
    return Record(ReplyBatch(number, tuple(_reply(*members) for members in replies)), database_id)


def _reply(
    application_id: int,
    secret_id: int | None,
    outcome: str,
    bona_fide: int,
    attacks: int,
    duration_ms: int,
    at: str,
) -> Reply:
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return Reply(application_id, secret_id, outcome, bona_fide, attacks, duration_ms, moment)
