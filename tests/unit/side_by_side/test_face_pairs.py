"""Faces of two answers, paired by where they are."""

from bonaface.side_by_side.face_pairs import pair_faces
from bonaface.side_by_side.service_answer import Corners, FaceAnswer


def face(x0: float, x1: float) -> FaceAnswer:
    return FaceAnswer(bbox=Corners(x0=x0, y0=0, x1=x1, y1=1))


def test_each_face_is_paired_with_the_nearest_whatever_the_order() -> None:
    left, right = face(0, 0.3), face(0.5, 0.9)
    beside_left, beside_right = face(0.02, 0.3), face(0.5, 0.8)
    pairs = pair_faces([left, right], [beside_right, beside_left])
    assert pairs == [(left, beside_left), (right, beside_right)]


def test_no_face_is_paired_twice() -> None:
    one, nearer, farther = face(0, 0.5), face(0, 0.49), face(0, 0.4)
    assert pair_faces([one], [farther, nearer]) == [(one, nearer)]
    assert pair_faces([farther, nearer], [one]) == [(nearer, one)]


def test_what_hardly_overlaps_is_another_face() -> None:
    assert pair_faces([face(0, 0.5)], [face(0.4, 0.9)]) == []
    assert pair_faces([], [face(0, 1)]) == []
