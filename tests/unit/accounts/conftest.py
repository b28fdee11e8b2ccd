from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface.accounts.repository import ApplicationRepository
from bonaface.storage.database import Database
from support.accounts import database_in


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_in(tmp_path / "store") as database:
        database.migrate()
        yield database


@pytest.fixture
def repository(database: Database) -> ApplicationRepository:
    return ApplicationRepository(database)
