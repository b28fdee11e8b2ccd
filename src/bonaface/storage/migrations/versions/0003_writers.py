"""How far each writer of usage is, so that nothing it wrote is counted twice.

Revisions are frozen: they name their columns themselves and import nothing of the package.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "usage_writers",
        sa.Column("writer_id", sa.String(32), nullable=False),
        sa.Column("last_group", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("writer_id", name=op.f("pk_usage_writers")),
    )


def downgrade() -> None:
    """Drop it, with what it holds."""
    op.drop_table("usage_writers")
