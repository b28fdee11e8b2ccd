"""Capture tokens: short-lived, with a number of uses.

Revisions are frozen: they name their columns themselves and import nothing of the package.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "capture_tokens",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("application_id", sa.Integer, nullable=False),
        sa.Column("secret_id", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("uses_left", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_capture_tokens_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["secret_id"], ["secrets.id"], name=op.f("fk_capture_tokens_secret_id_secrets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_capture_tokens_digest")),
    )
    op.create_index(op.f("ix_capture_tokens_expires_at"), "capture_tokens", ["expires_at"])


def downgrade() -> None:
    """Drop it, with every token."""
    op.drop_table("capture_tokens")
