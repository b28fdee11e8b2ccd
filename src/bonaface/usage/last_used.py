"""When secrets were last used: noted with the count of a reply, once a minute at most."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, update

from bonaface.storage.tables import secrets
from bonaface.usage.types import Reply

USED_EVERY = timedelta(minutes=1)
MAX_SECRETS = 10_000


class LastUsed:
    """Which secrets were noted as used, and when: each is noted once a minute at most. For one thread."""

    def __init__(self) -> None:
        self._noted: dict[int, datetime] = {}

    def due(self, replies: Iterable[Reply]) -> dict[int, datetime]:
        """The secrets to note, with the time of their latest reply."""
        latest: dict[int, datetime] = {}
        for reply in replies:
            if reply.secret_id is not None:
                latest[reply.secret_id] = max(reply.at, latest.get(reply.secret_id, reply.at))
        return {secret: at for secret, at in latest.items() if self._is_due(secret, at)}

    def remember(self, noted: dict[int, datetime]) -> None:
        """These are in the database now."""
        self._noted.update(noted)
        while len(self._noted) > MAX_SECRETS:
            del self._noted[next(iter(self._noted))]

    def _is_due(self, secret: int, at: datetime) -> bool:
        before = self._noted.get(secret)
        return before is None or at - before >= USED_EVERY


def mark_used(connection: Connection, used: Mapping[int, datetime]) -> None:
    """Note when secrets (by id) were last used; a time that is later already stays."""
    if used:
        rows = [{"secret": secret, "at": used[secret]} for secret in sorted(used)]
        connection.execute(_MARK, rows)


_MARK = (
    update(secrets)
    .where(
        secrets.c.id == bindparam("secret"),
        or_(secrets.c.last_used_at.is_(None), secrets.c.last_used_at < bindparam("at")),
    )
    .values(last_used_at=bindparam("at"))
)
