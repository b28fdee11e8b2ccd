from collections.abc import Iterator

import pytest

from bonaface.bulk.captures import MOST_FRAMES, by_capture, singly
from bonaface.bulk.item import Place
from bonaface.errors import InvalidParameterError

IMAGES = [
    (Place("ann/1.jpg"), {"who": "A", "label": "attack"}),
    (Place("ann/2.jpg"), {"who": "A", "label": ""}),
    (Place("bob/1.jpg"), {"who": "B", "label": ""}),
]


def test_each_image_is_an_item() -> None:
    items = list(singly(IMAGES))
    assert [item.number for item in items] == [1, 2, 3]
    assert [item.capture for item in items] == ["", "", ""]
    assert items[0].labels == {"who": "A", "label": "attack"}


@pytest.mark.parametrize(("by", "names"), [("who", ["A", "B"]), ("folder", ["ann", "bob"])])
def test_images_next_to_each_other_are_frames_of_one_capture(by: str, names: list[str]) -> None:
    items = list(by_capture(IMAGES, by, ("who", "label")))
    assert [item.capture for item in items] == names
    assert [len(item.places) for item in items] == [2, 1]
    assert items[0].labels["label"] == "attack"


def test_of_a_capture_no_more_frames_are_held_than_tell_that_they_are_too_many() -> None:
    images: Iterator[tuple[Place, dict[str, str]]] = (
        (Place(f"a/{number}.jpg"), {}) for number in range(1000)
    )
    (item,) = by_capture(images, "folder", ())
    assert len(item.places) == MOST_FRAMES + 1


def test_a_column_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidParameterError, match="--frames person names no column"):
        next(by_capture(IMAGES, "person", ("who",)))
