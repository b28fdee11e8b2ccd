import pytest

from bonaface.accounts.repository import ApplicationRepository
from bonaface.storage.database import Database


@pytest.fixture
def repository(database: Database) -> ApplicationRepository:
    return ApplicationRepository(database)
