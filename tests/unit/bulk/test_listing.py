from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface.bulk.item import Item, Place
from bonaface.bulk.listing import Part, read_listing, write_listing
from bonaface.errors import InvalidParameterError

WHOLE = Part()


def _items(count: int) -> Iterator[Item]:
    for number in range(1, count + 1):
        yield Item(0, number, (Place(f"{number}\udcff.jpg"),), labels={"label": "é"})


def test_items_come_back_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "listing"
    write_listing(file, "/root", ["label"], _items(3), None, WHOLE)
    listing = read_listing(file)

    assert (listing.root, listing.columns, listing.count) == ("/root", ("label",), 3)
    assert [(item.index, item.number) for item in listing.items()] == [(0, 1), (1, 2), (2, 3)]
    assert next(listing.items()).labels == {"label": "é"}


def test_one_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    def items() -> Iterator[Item]:
        yield from _items(2)
        raise InvalidParameterError("broken")

    with pytest.raises(InvalidParameterError):
        write_listing(tmp_path / "listing", "/", [], items(), None, WHOLE)
    assert list(tmp_path.iterdir()) == []


def test_parts_share_the_input_without_a_gap_in_whatever_order_it_is_found(tmp_path: Path) -> None:
    found = []
    for number in (1, 2, 3):
        items = list(_items(200))
        ordered = items if number % 2 else reversed(items)
        write_listing(tmp_path / str(number), "/", [], ordered, None, Part(number, 3))
        found.append({item.number for item in read_listing(tmp_path / str(number)).items()})
    assert set.union(*found) == set(range(1, 201))
    assert sum(map(len, found)) == 200
    assert min(map(len, found)) > 40


def test_a_limit_is_of_the_whole_input(tmp_path: Path) -> None:
    counts = []
    for number in (1, 2):
        write_listing(tmp_path / str(number), "/", [], _items(50), 10, Part(number, 2))
        counts.append(read_listing(tmp_path / str(number)).count)
    assert sum(counts) == 10


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="as in 2/8"):
        Part.parse(text)


def test_a_part_is_parsed() -> None:
    assert Part.parse("2/8") == Part(2, 8)
