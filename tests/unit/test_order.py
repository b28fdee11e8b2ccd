"""In which order the tests are run."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from support.order import pytest_collection_modifyitems


def test_heavy_tiers_come_first_a_folder_stays_together_and_alone_is_last() -> None:
    places = ["unit/a", "system/b", "component/c", "system/d", "system/b", "unit/e", "unit/a", "slow"]
    items = [_item(place, number, alone=place == "system/d") for number, place in enumerate(places)]
    pytest_collection_modifyitems(cast(list[pytest.Item], items))
    assert [item.number for item in items] == [7, 1, 4, 2, 0, 6, 5, 3]


def test_what_comes_after_lint_is_behind_the_system_wherever_it_is() -> None:
    places = ["unit/a", "slow", "component/c", "system/d", "slow"]
    items = [_item(place, number, after_lint=number == 1) for number, place in enumerate(places)]
    pytest_collection_modifyitems(cast(list[pytest.Item], items))
    assert [item.number for item in items] == [4, 3, 1, 2, 0]


def _item(place: str, number: int, **marks: bool) -> Any:  # noqa: ANN401 - stands for a test
    path = Path("tests") / place / "test_it.py"
    return SimpleNamespace(
        path=path, number=number, get_closest_marker=lambda name: object() if marks.get(name) else None
    )
