"""The order of the tests: what takes long first, those that share a server or a browser side by side.

A process that is free takes the next file, so that short ones, at the end, even out how they finish.
Within a folder the order is that of chance, and so is that of the folders of a tier. Tests marked
`after_lint` come behind those of the system, when mypy, which runs beside them, remembers all types. Tests
marked `alone` come last; `make` has them run in a process of their own.
"""

from pathlib import Path

import pytest

from support.alone import is_alone

TIERS = ("slow", "journeys", "system", "component", "unit")
AFTER_LINT = "after_lint"


def tier_of(path: Path) -> int:
    """The place of the tier that a test file belongs to; of any other file, that after them."""
    return next((place for place, tier in enumerate(TIERS) if tier in path.parts), len(TIERS))


def place_of(item: pytest.Item) -> tuple[bool, int, bool]:
    """What comes before what, whatever folder it is in."""
    waits = item.get_closest_marker(AFTER_LINT) is not None
    return is_alone(item), TIERS.index("system") if waits else tier_of(item.path), waits


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folders: dict[Path, int] = {}
    for item in items:
        folders.setdefault(item.path.parent, len(folders))
    items.sort(key=lambda item: (place_of(item), folders[item.path.parent]))
