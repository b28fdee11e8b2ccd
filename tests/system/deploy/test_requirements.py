"""The pinned requirements are whole: also for an old pip, on a day when something newer is out."""

from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement

from conftest import ROOT


def _pinned(name: str) -> dict[str, Requirement]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
    found = [Requirement(line.removesuffix("\\")) for line in lines if "==" in line and not line[0].isspace()]
    return {one.name: one for one in found}


def _asked(one: Requirement) -> list[Requirement]:
    """What a pinned distribution asks for, with its extras, in this environment; nothing where it is not."""
    try:
        asked = [Requirement(text) for text in requires(one.name) or ()]
    except PackageNotFoundError:
        return []
    extras = ["", *one.extras]
    return [
        each for each in asked if not each.marker or any(each.marker.evaluate({"extra": e}) for e in extras)
    ]


@pytest.mark.parametrize("name", ["run", "container", "test"])
def test_what_is_asked_for_with_an_extra_is_pinned_with_it(name: str) -> None:
    """Else pip 23.2.1, as Python 3.11 brings it, takes the newest for the extra: that has no hash here."""
    pinned = _pinned(name)
    asked = [each for one in pinned.values() for each in _asked(one) if each.extras]
    assert [str(each) for each in asked if not each.extras <= pinned[each.name].extras] == []
