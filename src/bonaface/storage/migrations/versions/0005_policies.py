"""Decision policies: their versions, which only grow, and whose they are.

Revisions are frozen: they name their columns themselves and import nothing of the package.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("policy_assignments", "policy_versions", "policies")

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER policy_versions_no_update BEFORE UPDATE ON policy_versions"
        " BEGIN SELECT RAISE(ABORT, 'policy_versions is append-only'); END",
        "CREATE TRIGGER policy_versions_no_delete BEFORE DELETE ON policy_versions"
        " BEGIN SELECT RAISE(ABORT, 'policy_versions is append-only'); END",
        # INSERT OR REPLACE removes a row without the trigger above
        "CREATE TRIGGER policy_versions_no_replace BEFORE INSERT ON policy_versions"
        " WHEN EXISTS (SELECT 1 FROM policy_versions"
        " WHERE policy_id = NEW.policy_id AND version = NEW.version)"
        " BEGIN SELECT RAISE(ABORT, 'policy_versions is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION policy_versions_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'policy_versions is append-only'; END $$",
        "CREATE TRIGGER policy_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_versions"
        " FOR EACH STATEMENT EXECUTE FUNCTION policy_versions_append_only()",
    ),
}


def upgrade() -> None:
    """Make the tables."""
    _make_policies()
    _make_versions()
    _make_assignments()
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drop them, with what they hold."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION policy_versions_append_only()")


def _make_policies() -> None:
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("name", name=op.f("uq_policies_name")),
    )


def _make_versions() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("policy_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("reject_below", sa.Float, nullable=False),
        sa.Column("accept_from", sa.Float, nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "0 <= reject_below AND reject_below <= accept_from AND accept_from <= 1",
            name=op.f("ck_policy_versions_order"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_policy_versions_policy_id_policies")
        ),
        sa.PrimaryKeyConstraint("policy_id", "version", name=op.f("pk_policy_versions")),
    )


def _make_assignments() -> None:
    op.create_table(
        "policy_assignments",
        sa.Column("application_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("policy_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_policy_assignments_policy_id_policies")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_policy_assignments")),
    )
