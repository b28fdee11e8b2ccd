"""Reports of what presentations really were, in the database: each answer once for an application."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, and_, func, select, update

from bonaface.clock import Clock
from bonaface.errors import ConflictError, InvalidParameterError
from bonaface.feedback.judged_answer import JudgedAnswer
from bonaface.feedback.reported_errors import ReportedCount
from bonaface.policies.decision_policy import Decision
from bonaface.storage.database import SOON, Database
from bonaface.storage.dialect import insert_into
from bonaface.storage.tables import applications, feedback
from bonaface.usage.retention import FEEDBACK

OLDEST = FEEDBACK - timedelta(days=1)
"""A row outlives the time in which its answer is taken, so that none is counted again."""
SKEW = timedelta(minutes=1)
"""How far another replica's clock may be ahead."""

TOO_OLD = f"The answer is over {OLDEST.days} days old; what it was counts no more."
YET_TO_COME = "The answer is of a time that is yet to come; look at the clocks of the servers."
OTHERWISE = "The answer was reported to be something else; send `correct` to put this in its place."


class AlreadyReportedError(ConflictError):
    """Another report about the same answer is there."""

    code = "already_reported"


class Recorded(StrEnum):
    """What became of a report."""

    COUNTED = "counted"
    REPEATED = "repeated"
    CORRECTED = "corrected"


class FeedbackRepository:
    """Reports in `database`, which must be migrated. Thread-safe. Every method raises StorageError."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or database.clock

    def record(
        self, application_id: int, answer: JudgedAnswer, attack_kind: str = "", *, correct: bool = False
    ) -> Recorded:
        """Count an answer for an application; the same report again changes nothing.

        attack_kind: empty for bona fide. Another report about the answer takes the place of the one that is
        there where `correct` says so. Raises AlreadyReportedError else, and InvalidParameterError for an
        answer that is too old, or not of the past.
        """
        now = self._clock()
        _check_time(answer.answered_at, now)
        told = {"policy": answer.policy, "version": answer.version}
        told |= {"decision": answer.decision.value, "attack_kind": attack_kind}
        with self._database.writing(SOON) as connection:
            if _is_added(connection, application_id, answer, told, now):
                return Recorded.COUNTED
            is_it = and_(
                feedback.c.application_id == application_id, feedback.c.answer_digest == answer.digest
            )
            row = connection.execute(select(feedback).where(is_it).with_for_update()).one()
            if all(row._mapping[name] == value for name, value in told.items()):
                return Recorded.REPEATED
            if not correct:
                raise AlreadyReportedError(OTHERWISE)
            changed = update(feedback).where(is_it)
            corrections = feedback.c.corrections + 1
            connection.execute(changed.values(**told, reported_at=now, corrections=corrections))
        return Recorded.CORRECTED

    def counts(
        self, begin: datetime, end: datetime, application_id: int | None = None
    ) -> list[ReportedCount]:
        """Of answers from `begin` to before `end`, of one application or of all."""
        keys = (
            applications.c.app_key,
            feedback.c.policy,
            feedback.c.version,
            feedback.c.attack_kind,
            feedback.c.decision,
        )
        within = [feedback.c.answered_at >= begin, feedback.c.answered_at < end]
        if application_id is not None:
            within.append(feedback.c.application_id == application_id)
        query = select(*keys, func.count(), func.sum(feedback.c.corrections)).where(*within)
        joined = query.join_from(feedback, applications).group_by(*keys)
        with self._database.reading() as connection:
            rows = connection.execute(joined).all()
        return [_count_of(*row) for row in rows]


def _count_of(
    app_key: str, policy: str, version: str, attack_kind: str, decision: str, count: int, corrections: int
) -> ReportedCount:
    return ReportedCount(
        app_key, policy, version, attack_kind, Decision(decision), int(count), int(corrections)
    )


def _check_time(answered_at: datetime, now: datetime) -> None:
    if answered_at < now - OLDEST:
        raise InvalidParameterError(TOO_OLD)
    if answered_at > now + SKEW:
        raise InvalidParameterError(YET_TO_COME)


def _is_added(
    connection: Connection, application_id: int, answer: JudgedAnswer, told: dict[str, str], now: datetime
) -> bool:
    """Whether the answer is new to the application."""
    new = insert_into(feedback, connection.dialect.name).values(
        application_id=application_id,
        answer_digest=answer.digest,
        answered_at=answer.answered_at,
        reported_at=now,
        corrections=0,
        **told,
    )
    added = new.on_conflict_do_nothing().returning(feedback.c.id)
    return connection.execute(added).first() is not None
