"""Where statements of SQLite and PostgreSQL differ."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.engine import make_url

from bonaface.storage.dialect import insert_into

TABLE = Table("things", MetaData(), Column("id", Integer, primary_key=True))


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_an_insert_may_say_what_a_conflict_does(name: str) -> None:
    statement = insert_into(TABLE, name).values(id=1).on_conflict_do_nothing()
    text = str(statement.compile(dialect=make_url(f"{name}://").get_dialect()()))
    assert "INSERT INTO things (id)" in text
    assert "ON CONFLICT DO NOTHING" in text
