import pytest

from bonaface.errors import ModelMissingError
from bonaface.models.card import read_card
from bonaface.models.catalog import PadEntry, load_catalog
from support.models.catalog import entry, pair


def test_a_model_without_a_card() -> None:
    assert read_card(entry()) is None
    assert read_card(pair()) is None


def test_a_card_that_the_installation_lacks() -> None:
    with pytest.raises(ModelMissingError, match="model card of pair is missing"):
        read_card(pair().model_copy(update={"card": "nowhere.md"}))


def test_every_card_of_the_catalog_is_there() -> None:
    for one in load_catalog().entries:
        if isinstance(one, PadEntry) and one.card is not None:
            text = read_card(one)
            assert text is not None
            assert one.name in text
