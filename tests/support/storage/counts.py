"""What a ledger holds."""

from collections import Counter

from sqlalchemy import Table, func, select

from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from bonaface.storage.tables import usage_days, usage_hours, usage_totals
from bonaface.usage.types import EVERYONE


def counted(storage: StorageSettings) -> dict[int, Counter[str]]:
    """Replies in the ledger by application and outcome."""
    found: dict[int, Counter[str]] = {}
    with Database(storage) as database, database.reading() as connection:
        is_one = usage_days.c.application_id != EVERYONE
        for row in connection.execute(select(usage_days).where(is_one)):
            found.setdefault(row.application_id, Counter())[row.outcome] += row.requests
    return found


def tables_agree(storage: StorageSettings) -> bool:
    """Whether hours, days, and the sums of all callers tell the same number of replies."""
    with Database(storage) as database, database.reading() as connection:

        def total(table: Table, *wheres: object) -> int:
            query = select(func.coalesce(func.sum(table.c.requests), 0)).where(*wheres)  # type: ignore[arg-type]
            return int(connection.execute(query).scalar_one())

        everyone = usage_days.c.application_id == EVERYONE
        numbers = {
            total(usage_hours),
            total(usage_totals),
            total(usage_days, everyone),
            total(usage_days, ~everyone),
        }
    return len(numbers) == 1
