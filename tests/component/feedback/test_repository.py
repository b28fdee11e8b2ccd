"""Reports on both engines: each answer once, corrected where that is said, and what they sum up to."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import InvalidParameterError
from bonaface.feedback.judged_answer import JudgedAnswer
from bonaface.feedback.reported_errors import ReportedCount
from bonaface.feedback.repository import OLDEST, AlreadyReportedError, FeedbackRepository, Recorded
from bonaface.policies.decision_policy import Decision
from bonaface.storage.database import Database
from support.storage.accounts import ACTOR

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
ANSWER = JudgedAnswer(b"a" * 32, NOON, "onboarding", "3", Decision.ACCEPT)
EVER = (NOON - timedelta(days=400), NOON + timedelta(days=400))


@pytest.fixture
def application_ids(database: Database) -> tuple[int, int]:
    applications = ApplicationRepository(database)
    first, second = (applications.create_application(name, actor=ACTOR)[0].id for name in ("shop", "bank"))
    return first, second


@pytest.fixture
def repository(database: Database, application_ids: tuple[int, int]) -> FeedbackRepository:
    return FeedbackRepository(database, lambda: NOON)


def presentations(repository: FeedbackRepository, whose: int | None = None) -> list[tuple[str, int, int]]:
    found = repository.counts(*EVER, whose)
    return [(each.attack_kind, each.presentations, each.corrections) for each in found]


def test_an_answer_counts_once_for_each_application(
    repository: FeedbackRepository, application_ids: tuple[int, int]
) -> None:
    shop, bank = application_ids
    told = [repository.record(shop, ANSWER, "print") for _ in range(3)]
    assert told == [Recorded.COUNTED, Recorded.REPEATED, Recorded.REPEATED]
    assert repository.record(bank, ANSWER, "print") is Recorded.COUNTED
    assert presentations(repository, shop) == presentations(repository, bank) == [("print", 1, 0)]
    assert repository.record(shop, replace(ANSWER, digest=b"b" * 32), "print") is Recorded.COUNTED
    assert presentations(repository, shop) == [("print", 2, 0)]
    assert len(repository.counts(*EVER)) == 2


def test_something_else_needs_to_be_said_to_correct(
    repository: FeedbackRepository, application_ids: tuple[int, int]
) -> None:
    shop, _ = application_ids
    repository.record(shop, ANSWER, "print")
    with pytest.raises(AlreadyReportedError):
        repository.record(shop, ANSWER)
    assert presentations(repository) == [("print", 1, 0)]
    assert repository.record(shop, ANSWER, correct=True) is Recorded.CORRECTED
    assert repository.record(shop, ANSWER, correct=True) is Recorded.REPEATED
    assert presentations(repository) == [("", 1, 1)]
    other_face = replace(ANSWER, decision=Decision.REJECT)
    assert repository.record(shop, other_face, correct=True) is Recorded.CORRECTED
    assert repository.counts(*EVER, shop)[0].decision is Decision.REJECT


def test_at_once_it_is_counted_once(repository: FeedbackRepository, application_ids: tuple[int, int]) -> None:
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda _: repository.record(application_ids[0], ANSWER), range(8)))
    assert sorted(told) == [Recorded.COUNTED] + [Recorded.REPEATED] * 7
    assert presentations(repository) == [("", 1, 0)]


def test_by_policy_version_and_time(
    repository: FeedbackRepository, application_ids: tuple[int, int], database: Database
) -> None:
    shop, _ = application_ids
    old = replace(ANSWER, digest=b"c" * 32, version="2", answered_at=NOON - timedelta(days=3))
    repository.record(shop, ANSWER)
    repository.record(shop, old)
    app_key = next(iter(ApplicationRepository(database).list_applications())).app_key
    (found,) = repository.counts(NOON - timedelta(days=4), NOON)
    assert found == ReportedCount(app_key, "onboarding", "2", "", Decision.ACCEPT, 1, 0)
    assert len(repository.counts(*EVER)) == 2


@pytest.mark.parametrize("age", [OLDEST + timedelta(seconds=1), timedelta(minutes=-2)])
def test_an_answer_that_is_too_old_or_yet_to_come_is_refused(
    repository: FeedbackRepository, application_ids: tuple[int, int], age: timedelta
) -> None:
    with pytest.raises(InvalidParameterError):
        repository.record(application_ids[0], replace(ANSWER, answered_at=NOON - age))
    assert presentations(repository) == []
