"""Quotas, usage, the audit trail, administrators' tokens, and rates that many processes share.

Revisions are frozen: they name their columns themselves and import nothing of the package.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

QUOTAS = (("rate", sa.Integer), ("burst", sa.Integer), ("monthly_quota", sa.BigInteger))
TABLES = ("rate_windows", "admin_tokens", "audit", "usage_totals", "usage_days", "usage_hours")

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
        " BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
        " BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        # INSERT OR REPLACE removes a row without the trigger above
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit"
        " WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)"
        " BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
    ),
}


def upgrade() -> None:
    """Add the columns and tables."""
    for name, kind in QUOTAS:
        op.add_column("applications", sa.Column(name, kind, nullable=True))
    _make_usage("usage_hours", _application_id(), _time("hour"))
    op.create_index("ix_usage_hours_hour", "usage_hours", ["hour"])
    _make_usage("usage_days", _application_id(), _time("day"))
    _make_usage("usage_totals", _time("hour"))
    _make_audit()
    _make_tokens()
    _make_rates()


def downgrade() -> None:
    """Drop them, with what they hold."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_append_only()")
    for name, _ in QUOTAS:
        op.drop_column("applications", name)


def _application_id() -> sa.Column[int]:
    return sa.Column("application_id", sa.Integer, nullable=False, autoincrement=False)


def _time(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _make_usage(table: str, *keys: sa.Column[object] | sa.Column[int]) -> None:
    columns = (*keys, sa.Column("outcome", sa.String(20), nullable=False))
    figures = ("requests", "bona_fide", "attacks", "duration_ms", "slowest_ms")
    op.create_table(
        table,
        *columns,
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in figures),
        sa.PrimaryKeyConstraint(*(column.name for column in columns), name=op.f(f"pk_{table}")),
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        _time("at"),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(4000), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_target_id", "audit", ["target", "id"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _make_tokens() -> None:
    op.create_table(
        "admin_tokens",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        _time("created_at"),
        _time("expires_at", nullable=True),
        _time("revoked_at", nullable=True),
        _time("last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_admin_tokens_digest")),
    )


def _make_rates() -> None:
    op.create_table(
        "rate_windows",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_windows")),
    )
    op.create_index("ix_rate_windows_expires_at", "rate_windows", ["expires_at"])
