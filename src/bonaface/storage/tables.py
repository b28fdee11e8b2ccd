"""The tables, as SQLAlchemy Core objects. A change here needs a new revision in `migrations/versions`.

Times are UTC. A secret exists only as its SHA-256. An application has two slots for secrets, so that one
can be replaced while the other still works; the index keeps each slot to one secret that is not revoked.
A capture token is of one of them, exists only as its SHA-256 too, and its row goes soon after it has ended.

Usage is counted in one transaction by hour and by day, for each application and for all of them. Application
0 is whoever came with wrong keys; in `usage_days`, -1 is all callers together (their hours: `usage_totals`).
A ledger is a writer: `usage_writers` holds the last of its batches that is counted, so that each is once.
A removed application keeps its row, under which its usage stays; its secrets go after a time of grace.
`audit` and `policy_versions` take new rows only: triggers refuse the rest. In `policy_assignments`
application 0 is every one that has no policy of its own. `feedback` has a row for each answer that was
told back: the SHA-256 of what was signed, how it was decided, the attack kind, empty for bona fide.
`database_identity` has one row, made with the table: a random id that journals of counted replies carry, and
that goes with every copy of the database.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC; a naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From Python to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database to Python; SQLite gives the time back without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

applications = Table(
    "applications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("app_key", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("note", String(1000), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("rate", Integer, nullable=True),
    Column("burst", Integer, nullable=True),
    Column("monthly_quota", BigInteger, nullable=True),
    Column("removed_at", UtcDateTime, nullable=True),
    CheckConstraint("state IN ('active', 'disabled')", name="state"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_id", Integer, ForeignKey("applications.id"), nullable=False),
    Column("slot", Integer, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("last_used_at", UtcDateTime, nullable=True),
    CheckConstraint("slot IN (1, 2)", name="slot"),
    Index(
        "uq_secrets_live_slot",
        "application_id",
        "slot",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)


capture_tokens = Table(
    "capture_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_id", Integer, ForeignKey("applications.id"), nullable=False),
    Column("secret_id", Integer, ForeignKey("secrets.id"), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("uses_left", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_capture_tokens_expires_at", "expires_at"),
)


def _figures() -> tuple[Column[int], ...]:
    """What is counted of each reply; durations in milliseconds, summed and the longest."""
    return (
        Column("requests", BigInteger, nullable=False),
        Column("bona_fide", BigInteger, nullable=False),
        Column("attacks", BigInteger, nullable=False),
        Column("duration_ms", BigInteger, nullable=False),
        Column("slowest_ms", BigInteger, nullable=False),
    )


usage_hours = Table(
    "usage_hours",
    metadata,
    Column("application_id", Integer, primary_key=True, autoincrement=False),
    Column("hour", UtcDateTime, primary_key=True),
    Column("outcome", String(20), primary_key=True),
    *_figures(),
    Index("ix_usage_hours_hour", "hour"),
)

usage_days = Table(
    "usage_days",
    metadata,
    Column("application_id", Integer, primary_key=True, autoincrement=False),
    Column("day", UtcDateTime, primary_key=True),
    Column("outcome", String(20), primary_key=True),
    *_figures(),
)

usage_totals = Table(
    "usage_totals",
    metadata,
    Column("hour", UtcDateTime, primary_key=True),
    Column("outcome", String(20), primary_key=True),
    *_figures(),
)

usage_writers = Table(
    "usage_writers",
    metadata,
    Column("writer_id", String(32), primary_key=True),
    Column("last_group", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

database_identity = Table(
    "database_identity",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("database_id", String(32), nullable=False),
    CheckConstraint("id = 1", name="one"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(40), nullable=False),
    Column("target", String(64), nullable=False),
    Column("detail", String(4000), nullable=False),
    Column("origin", String(64), nullable=False),
    Index("ix_audit_target_id", "target", "id"),
)

admin_tokens = Table(
    "admin_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("last_used_at", UtcDateTime, nullable=True),
    Column("role", String(16), nullable=False, server_default=text("'owner'")),
)

policies = Table(
    "policies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(50), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime, nullable=True),
)

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("policy_id", Integer, ForeignKey("policies.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("reject_below", Float, nullable=False),
    Column("accept_from", Float, nullable=False),
    Column("note", String(1000), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("0 <= reject_below AND reject_below <= accept_from AND accept_from <= 1", name="order"),
)

policy_assignments = Table(
    "policy_assignments",
    metadata,
    Column("application_id", Integer, primary_key=True, autoincrement=False),
    Column("policy_id", Integer, ForeignKey("policies.id"), nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_id", Integer, ForeignKey("applications.id"), nullable=False),
    Column("answer_digest", LargeBinary(32), nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    Column("reported_at", UtcDateTime, nullable=False),
    Column("policy", String(50), nullable=False),
    Column("version", String(64), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("attack_kind", String(40), nullable=False),
    Column("corrections", Integer, nullable=False),
    UniqueConstraint("application_id", "answer_digest"),
    Index("ix_feedback_answered_at", "answered_at"),
)

rate_windows = Table(
    "rate_windows",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("expires_at", Float, nullable=False),  # seconds since 1970
    Index("ix_rate_windows_expires_at", "expires_at"),
)
