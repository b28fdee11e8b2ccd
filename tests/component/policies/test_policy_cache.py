"""Policies in force over a real database, which goes away."""

import asyncio
from pathlib import Path

from bonaface.accounts.credential_cache import TIME_TO_LIVE
from bonaface.policies.policy_cache import PolicyCache
from bonaface.policies.repository import PolicyRepository
from bonaface.storage.database import FILE_NAME
from support.storage.accounts import ACTOR, database_in
from support.waiting import wait_until


def test_the_last_that_is_known_decides_until_the_database_is_back(tmp_path: Path) -> None:
    now = [0.0]
    with database_in(tmp_path) as database:
        database.migrate()
        repository = PolicyRepository(database)
        repository.put("staff", 0.2, 0.8, actor=ACTOR)
        cache = PolicyCache(repository.in_force, database.breaker, lambda: now[0])
        file, gone = tmp_path / FILE_NAME, tmp_path / "gone"

        def version() -> int:
            now[0] += TIME_TO_LIVE
            decider = asyncio.run(cache.chosen(1, "staff"))
            return 0 if decider is None else decider.version

        assert version() == 1
        repository.put("staff", 0.2, 0.9, actor=ACTOR)
        database.close()
        file.rename(gone)
        assert [version() for _ in range(3)] == [1, 1, 1]
        gone.rename(file)
        wait_until(lambda: version() == 2)
        cache.close()
