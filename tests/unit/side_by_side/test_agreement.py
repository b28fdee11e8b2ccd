"""What agrees and what does not, counted by hand."""

import pytest

from bonaface.side_by_side.agreement import Compared, Difference, Share, find_agreement
from bonaface.side_by_side.service_answer import Corners, FaceAnswer, ServiceAnswer

HERE, THERE = (0.1, 0.4), (0.6, 0.9)
Place = tuple[float, float]


def answer(*faces: tuple[Place, bool | None], seconds: float = 1) -> ServiceAnswer:
    told = [
        FaceAnswer(bbox=Corners(x0=x0, y0=0, x1=x1, y1=1), spoofing=spoofing) for (x0, x1), spoofing in faces
    ]
    return ServiceAnswer(code=0, message="Success", faces=tuple(told), seconds=seconds)


def refusal(code: int | None) -> ServiceAnswer:
    return ServiceAnswer(code=code, message="a name")


ALIKE = Compared("alike", answer((HERE, True), (THERE, False)), answer((THERE, False), (HERE, True)))
CASES = {
    "alike": (ALIKE, None),
    "both refuse": (Compared("a", refusal(-45040), refusal(-45040)), None),
    "other code": (Compared("a", refusal(-45040), answer()), Difference.CODE),
    "one away": (Compared("a", refusal(None), answer()), Difference.NO_ANSWER),
    "both away": (Compared("a", refusal(None), refusal(None)), Difference.NO_ANSWER),
    "one face more": (Compared("a", answer((HERE, True)), answer()), Difference.FACES),
    "elsewhere": (Compared("a", answer((HERE, True)), answer((THERE, True))), Difference.FACES),
    "other verdict": (Compared("a", answer((HERE, True)), answer((HERE, False))), Difference.VERDICT),
    "no verdict": (Compared("a", answer((HERE, None)), answer((HERE, False))), Difference.VERDICT),
}


@pytest.mark.parametrize(("compared", "difference"), CASES.values(), ids=CASES)
def test_the_first_difference(compared: Compared, difference: Difference | None) -> None:
    assert compared.difference is difference
    assert find_agreement([compared]).is_full is (difference is None)


def test_the_figures_of_all_cases() -> None:
    found = find_agreement([compared for compared, _ in CASES.values()])
    assert found.images == 9
    assert found.answered == Share(7, 9)
    assert found.same_code == Share(6, 7)
    assert found.same_faces == Share(3, 5)
    assert found.same_verdict == Share(2, 4)
    assert (found.attack_by_nhn_alone, found.attack_by_own_alone) == (Share(1, 4), Share(0, 4))
    assert (found.faces_by_nhn_alone, found.faces_by_own_alone) == (2, 1)
    assert found.codes == {(0, 0): 5, (-45040, -45040): 1, (-45040, 0): 1}
    assert found.overlap == 1


def test_attacks_that_bonaface_alone_tells() -> None:
    found = find_agreement([Compared("a", answer((HERE, False)), answer((HERE, True)))])
    assert (found.attack_by_nhn_alone, found.attack_by_own_alone) == (Share(0, 1), Share(1, 1))


def test_seconds_are_medians() -> None:
    found = find_agreement(Compared("a", answer(seconds=nhn), answer(seconds=nhn / 10)) for nhn in (1, 2, 9))
    assert (found.nhn_seconds, found.own_seconds) == (2, 0.2)


def test_nothing_was_asked() -> None:
    found = find_agreement([])
    assert (found.overlap, found.nhn_seconds, found.own_seconds) == (None, None, None)
