"""A decision policy: what it is, what it may be, and what it makes of a score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from bonaface.accounts.application import is_one_line, seen_text
from bonaface.errors import InvalidParameterError, NotFoundError

MAX_NAME = 50
MAX_NOTE = 1000
RESERVED = frozenset({".", "..", "presets", "weak", "balanced", "strict", "default", "none"})
"""Names that would be mistaken for something else: a step of a path, the presets, the default, nothing."""
UNKNOWN = "No policy in force has this name; `bonaface policies list` tells those of this server."


class Decision(StrEnum):
    """What is made of a score, or that nothing is."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """Two thresholds on the calibrated liveness score, 0 <= reject_below <= accept_from <= 1.

    `version` counts up from 1 under each name; the thresholds of a version never change.
    """

    name: str
    version: int
    reject_below: float
    accept_from: float

    def decide(self, score: float) -> Decision:
        """Accept from `accept_from` on, reject below `reject_below`; what is no number is rejected."""
        if score >= self.accept_from:
            return Decision.ACCEPT
        return Decision.REVIEW if score >= self.reject_below else Decision.REJECT


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a policy as it is kept. Times are aware, in UTC; `retired_at` is of the whole policy."""

    policy: DecisionPolicy
    note: str
    created_at: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PoliciesInForce:
    """What decides now: the policies that are not retired, and which is whose.

    assigned: name by `Application.id`; `EVERYONE` stands for applications that have none of their own.
    """

    policies: Mapping[str, DecisionPolicy]
    assigned: Mapping[int, str]

    EVERYONE: ClassVar[int] = 0

    def chosen(self, application_id: int, wanted: str | None) -> DecisionPolicy | None:
        """The policy that is wanted by name, else the application's, else the default, if there is one.

        Raises UnknownPolicyError where none in force has the name.
        """
        if wanted is not None:
            if wanted not in self.policies:
                raise UnknownPolicyError(UNKNOWN)
            return self.policies[wanted]
        name = self.assigned.get(application_id, self.assigned.get(self.EVERYONE))
        return None if name is None else self.policies.get(name)


class UnknownPolicyError(NotFoundError):
    """No policy has this name, or no version of it this number."""

    code = "unknown_policy"


def checked_name(name: str) -> str:
    """`name` without blanks around it, as `seen_text` checks it. Raises InvalidParameterError."""
    wanted = f"Give the policy a name of 1 to {MAX_NAME} characters on one line"
    checked = seen_text(name, wanted, longest=MAX_NAME)
    if "/" in checked or checked.lower() in RESERVED:
        raise InvalidParameterError(f"{wanted}, without a slash, and none of: {', '.join(sorted(RESERVED))}.")
    return checked


def may_be_name(name: str) -> bool:
    """Whether a policy can have this name, so that a database may be asked for it."""
    return is_one_line(name, MAX_NAME)


def checked_note(note: str) -> str:
    """`note` without blanks around it, as `seen_text` checks it. Raises InvalidParameterError."""
    return seen_text(note, f"Give a note of at most {MAX_NOTE} characters on one line", 0, MAX_NOTE)


def check_thresholds(reject_below: float, accept_from: float) -> None:
    """Raises InvalidParameterError unless 0 <= reject_below <= accept_from <= 1."""
    if not 0 <= reject_below <= accept_from <= 1:  # false for what is no number, too
        raise InvalidParameterError(
            "Give thresholds of 0 to 1, rejectBelow no higher than acceptFrom: between them is for review."
        )
