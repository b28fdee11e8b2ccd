"""Roles of administrators' tokens, and applications that are removed.

Revisions are frozen: they name their columns themselves and import nothing of the package.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Tokens that are there may do everything, as before; no application is removed."""
    role = sa.Column("role", sa.String(16), nullable=False, server_default=sa.text("'owner'"))
    op.add_column("admin_tokens", role)
    op.add_column("applications", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop both: removed applications are there again, and every token may do everything."""
    op.drop_column("applications", "removed_at")
    op.drop_column("admin_tokens", "role")
