"""Points, boxes and landmarks."""

import dataclasses

from bonaface.geometry import Box, Landmarks, Point

BOX = Box(10, 20, 40.5, 60)
LANDMARKS = Landmarks(Point(1, 2), Point(3, 4), Point(5, 6), Point(7, 8), Point(9, 10))


def test_a_rounded_box_is_on_whole_pixels() -> None:
    assert Box(10.4, 19.6, 40.49, 60.51).rounded() == Box(10, 20, 40, 61)


def test_sides_and_area_of_a_box() -> None:
    assert (BOX.width, BOX.height, BOX.area) == (30.5, 40, 1220)


def test_landmarks_in_the_order_of_the_contract() -> None:
    names = [field.name for field in dataclasses.fields(Landmarks)]
    assert names == ["left_eye", "right_eye", "nose", "left_lip", "right_lip"]
    assert [(point.x, point.y) for point in LANDMARKS] == [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)]
