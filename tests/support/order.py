"""The order of the tests: what takes long first, those that share a server or a browser side by side.

The processes of a run take from each other's end what is left, so that short tests even out how they finish.
Within a folder the order is that of chance, and so is that of the folders of a tier. Tests marked `alone`
come last: the others wait for them once.
"""

from pathlib import Path

import pytest

from support.alone import is_alone

TIERS = ("slow", "journeys", "system", "component", "unit")


def tier_of(path: Path) -> int:
    """The place of the tier that a test file belongs to; of any other file, that after them."""
    return next((place for place, tier in enumerate(TIERS) if tier in path.parts), len(TIERS))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folders: dict[Path, int] = {}
    for item in items:
        folders.setdefault(item.path.parent, len(folders))
    items.sort(key=lambda item: (is_alone(item), tier_of(item.path), folders[item.path.parent]))
