"""How the answers of two services about the same images agree."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from statistics import median

from bonaface.side_by_side.face_pairs import FacePair, pair_faces
from bonaface.side_by_side.service_answer import ServiceAnswer

Codes = tuple[int, int]
"""Result codes of NHN Cloud and of bonaface."""


class Difference(StrEnum):
    """The first thing in which two answers differ; what comes behind it cannot be compared."""

    NO_ANSWER = "no_answer"
    CODE = "code"
    FACES = "faces"
    VERDICT = "verdict"


@dataclass(frozen=True)
class Compared:
    """One image and what both said of it."""

    name: str
    nhn: ServiceAnswer
    own: ServiceAnswer

    @property
    def is_answered(self) -> bool:
        """Whether both gave an answer that will stay."""
        return self.nhn.code is not None and self.own.code is not None

    @property
    def is_analysed(self) -> bool:
        """Whether both analysed it."""
        return self.nhn.is_success and self.own.is_success

    @cached_property
    def pairs(self) -> Sequence[FacePair]:
        """The faces that both found."""
        return pair_faces(self.nhn.faces, self.own.faces) if self.is_analysed else ()

    @property
    def difference(self) -> Difference | None:
        """In what they differ; none where they agree."""
        if not self.is_answered:
            return Difference.NO_ANSWER
        if self.nhn.code != self.own.code:
            return Difference.CODE
        if not len(self.nhn.faces) == len(self.own.faces) == len(self.pairs):
            return Difference.FACES
        return (
            None if all(one.spoofing == other.spoofing for one, other in self.pairs) else Difference.VERDICT
        )


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    of: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """The images of a run counted. `overlap` and the seconds are medians, none where there is nothing."""

    images: int
    answered: Share
    same_code: Share
    same_faces: Share
    same_verdict: Share
    attack_by_nhn_alone: Share
    attack_by_own_alone: Share
    faces_by_nhn_alone: int
    faces_by_own_alone: int
    codes: Mapping[Codes, int]
    overlap: float | None
    nhn_seconds: float | None
    own_seconds: float | None

    @property
    def is_full(self) -> bool:
        """Whether all was answered, and alike."""
        shares = (self.answered, self.same_code, self.same_faces, self.same_verdict)
        return all(share.part == share.of for share in shares)


def find_agreement(compared: Iterable[Compared]) -> Agreement:
    """The figures. `same_code` is of images that both answered, `same_faces` of those that both analysed,
    verdicts of the faces that both found."""
    images = list(compared)
    answered = [one for one in images if one.is_answered]
    analysed = [one for one in answered if one.is_analysed]
    pairs = [pair for one in analysed for pair in one.pairs]
    return Agreement(
        images=len(images),
        answered=Share(len(answered), len(images)),
        same_code=_share(answered, lambda one: one.nhn.code == one.own.code),
        same_faces=_share(analysed, lambda one: one.difference is not Difference.FACES),
        same_verdict=Share(sum(one.spoofing == other.spoofing for one, other in pairs), len(pairs)),
        attack_by_nhn_alone=Share(sum(bool(a.spoofing) > bool(b.spoofing) for a, b in pairs), len(pairs)),
        attack_by_own_alone=Share(sum(bool(a.spoofing) < bool(b.spoofing) for a, b in pairs), len(pairs)),
        faces_by_nhn_alone=sum(len(one.nhn.faces) - len(one.pairs) for one in analysed),
        faces_by_own_alone=sum(len(one.own.faces) - len(one.pairs) for one in analysed),
        codes=_codes(answered),
        overlap=_median(one.bbox.overlap(other.bbox) for one, other in pairs),
        nhn_seconds=_median(one.nhn.seconds for one in answered),
        own_seconds=_median(one.own.seconds for one in answered),
    )


def _share(images: Sequence[Compared], holds: Callable[[Compared], bool]) -> Share:
    return Share(sum(map(holds, images)), len(images))


def _codes(answered: Iterable[Compared]) -> Mapping[Codes, int]:
    """How often each pair of codes came, the most frequent first."""
    found = [(one.nhn.code, one.own.code) for one in answered]
    return dict(
        Counter((nhn, own) for nhn, own in found if nhn is not None and own is not None).most_common()
    )


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return median(found) if found else None
