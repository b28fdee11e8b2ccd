"""A random id of the database, so that what was counted for one is never counted into another.

Revisions are frozen: they name their columns themselves and import nothing of the package.
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the table and its one row. `Database.migrate` lets one process at a time do so."""
    identity = op.create_table(
        "database_identity",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("database_id", sa.String(32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_database_identity_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_database_identity")),
    )
    op.bulk_insert(identity, [{"id": 1, "database_id": uuid.uuid4().hex}])


def downgrade() -> None:
    """Drop it, with the id."""
    op.drop_table("database_identity")
