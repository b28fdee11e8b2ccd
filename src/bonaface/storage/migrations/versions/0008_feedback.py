"""Feedback: what presentations really were, one row for each answer of an application.

Revisions are frozen: they name their columns themselves and import nothing of the package.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("application_id", sa.Integer, nullable=False),
        sa.Column("answer_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy", sa.String(50), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("attack_kind", sa.String(40), nullable=False),
        sa.Column("corrections", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_feedback_application_id_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint(
            "application_id", "answer_digest", name=op.f("uq_feedback_application_id_answer_digest")
        ),
    )
    op.create_index(op.f("ix_feedback_answered_at"), "feedback", ["answered_at"])


def downgrade() -> None:
    """Drop it, with every report."""
    op.drop_table("feedback")
