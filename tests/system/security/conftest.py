"""The server process that the tests with bombs share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.http.wire import form
from support.pictures import images
from support.security.bombed import Bombed, bombed

GROWTH_MB = 600


@pytest.fixture(scope="package")
def shared_target(models_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bombed]:
    """Real server, real models."""
    with bombed(tmp_path_factory.mktemp("bombed"), models_directory) as target:
        yield target


@pytest.fixture
def target(shared_target: Bombed) -> Iterator[Bombed]:
    """The server; after the test it still answers, and its memory has never grown past the bound."""
    yield shared_target
    assert shared_target.post(*form(("imageFile", "a", images.png()))).code == 0
    assert shared_target.growth_mb() < GROWTH_MB
