"""Error rates of a policy as they follow from what presentations were reported to be."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from math import isnan

from bonaface.interval import Figure, share
from bonaface.policies.decision_policy import Decision


@dataclass(frozen=True, slots=True)
class ReportedCount:
    """So many presentations of one kind were decided so by one policy; attack_kind: empty for bona fide."""

    app_key: str
    policy: str
    version: str
    attack_kind: str
    decision: Decision
    presentations: int
    corrections: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many presentations were decided how."""

    accept: int = 0
    review: int = 0
    reject: int = 0
    undecidable: int = 0

    @property
    def decided(self) -> int:
        """All but those on which there was no decision (non-responses)."""
        return self.accept + self.review + self.reject


@dataclass(frozen=True, slots=True)
class ReportedErrors:
    """Of one application and one version of a policy. attacks: by kind, in the order of the names."""

    app_key: str
    policy: str
    version: str
    bona_fide: Decisions
    attacks: Mapping[str, Decisions]
    corrections: int

    @property
    def bpcer(self) -> Figure:
        """Share of the decided bona fide presentations that were rejected."""
        return share(self.bona_fide.reject, self.bona_fide.decided)

    def apcer(self, attack_kind: str) -> Figure:
        """Share of the decided attacks of that kind that were accepted."""
        attacks = self.attacks[attack_kind]
        return share(attacks.accept, attacks.decided)

    @property
    def worst_kind(self) -> str | None:
        """The kind whose APCER is the largest, the first by name of several; None where none was decided."""
        decided = [kind for kind, attacks in self.attacks.items() if attacks.decided]
        return max(sorted(decided), key=lambda kind: self.apcer(kind).value, default=None)


def reported_errors(counts: Iterable[ReportedCount]) -> list[ReportedErrors]:
    """Those of each application, policy and version, in the order of these three."""

    def key(count: ReportedCount) -> tuple[str, str, str]:
        return count.app_key, count.policy, count.version

    return [_errors_of(*whose, list(group)) for whose, group in groupby(sorted(counts, key=key), key)]


def _errors_of(app_key: str, policy: str, version: str, counts: list[ReportedCount]) -> ReportedErrors:
    by_kind: dict[str, dict[str, int]] = {}
    for count in counts:
        by_kind.setdefault(count.attack_kind, {})[count.decision.value] = count.presentations
    decisions = {kind: Decisions(**found) for kind, found in sorted(by_kind.items())}
    bona_fide = decisions.pop("", Decisions())
    corrections = sum(count.corrections for count in counts)
    return ReportedErrors(app_key, policy, version, bona_fide, decisions, corrections)


def error_members(found: ReportedErrors) -> dict[str, object]:
    """By the names that they have in JSON; rates and their intervals as fractions, None where unknown."""
    attacks = [
        {"attackKind": kind, **asdict(decisions), "apcer": _members(found.apcer(kind))}
        for kind, decisions in found.attacks.items()
    ]
    return {
        "appKey": found.app_key,
        "policy": found.policy,
        "version": found.version,
        "bonaFide": {**asdict(found.bona_fide), "bpcer": _members(found.bpcer)},
        "attacks": attacks,
        "worstKind": found.worst_kind,
        "corrections": found.corrections,
    }


def _members(figure: Figure) -> dict[str, float | None]:
    ends = {"rate": figure.value, "low": figure.interval.low, "high": figure.interval.high}
    return {name: None if isnan(value) else value for name, value in ends.items()}
