"""A group of replies as one line of a journal: its checksum (CRC-32, hexadecimal), a space, and JSON."""

from datetime import UTC, datetime
from zlib import crc32

import orjson

from bonaface.accounts.once import Group
from bonaface.accounts.usage import Reply

CHECKSUM = 8


def encode(group: Group) -> bytes:
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
        for reply in group.replies
    ]
    content = orjson.dumps([group.number, replies])
    return b"%08x %s\n" % (crc32(content), content)


def decode(line: bytes) -> Group:
    """The group of a line without its end. Raises ValueError when it is not what `encode` gave."""
    checksum, content = line[:CHECKSUM], line[CHECKSUM + 1 :]
    if line[CHECKSUM : CHECKSUM + 1] != b" " or checksum != b"%08x" % crc32(content):
        raise ValueError("the checksum is not that of the line")
    number, replies = orjson.loads(content)
    return Group(number, tuple(_reply(*members) for members in replies))


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
