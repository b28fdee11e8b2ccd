import json

from bonaface.bulk.item import Item, Place


def test_a_place_is_named_as_it_was_given_and_a_member_behind_its_tar() -> None:
    assert Place("scans/a.jpg").name == "scans/a.jpg"
    assert Place("set.tar", "0/a.jpg", 512, 9).name == "set.tar/0/a.jpg"
    assert Place("b\udcff.jpg").name == "b\\xff.jpg"


def test_a_file_is_found_from_the_root_unless_it_says_where_it_is() -> None:
    assert Place("a.jpg").located("/data") == "/data/a.jpg"
    assert Place("/b/a.jpg").located("/data") == "/b/a.jpg"
    assert Place("s3://bucket/a.jpg").located("/data") == "s3://bucket/a.jpg"
    assert Place("a.jpg").located("s3://bucket/set") == "s3://bucket/set/a.jpg"


def test_an_item_is_the_same_after_a_way_through_json() -> None:
    frames = (Place("1.jpg"), Place("t.tar", "2\udcff.jpg", 512, 9))
    item = Item(3, 7, frames, "someone", {"label": "attack"})
    assert Item.of_list(3, json.loads(json.dumps(item.to_list()))) == item
