import random
from pathlib import Path

import pytest

from bonaface.bulk.image_files import files_in, is_image, is_tar, sorted_names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.JPG",
        "a.png",
        "z/c.jpeg",
        "z/more.tar",
        "m/d.jpg",
        ".hidden.jpg",
        ".h/e.jpg",
        "note.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "link").symlink_to(tmp_path / "z")
    return tmp_path


def test_images_and_tars_come_by_name_and_folder_by_folder(folder: Path) -> None:
    found = [str(Path(name).relative_to(folder)) for name in files_in(folder)]
    assert found == ["a.png", "b.JPG", "m/d.jpg", "z/c.jpeg", "z/more.tar"]


def test_what_a_file_is_taken_for_its_ending_says() -> None:
    assert [is_image(name) for name in ("x/A.JPG", "a.jfif", "x/.a.jpg", "a.txt")] == [
        True,
        True,
        False,
        False,
    ]
    assert is_tar("set-000.TAR")


def test_more_names_than_are_held_at_once_are_sorted_all_the_same() -> None:
    names = [f"é{number:04}\udcff\n" for number in range(1000)]
    shuffled = random.Random(1).sample(names, 1000)
    assert list(sorted_names(shuffled, at_once=30)) == names


def test_a_folder_that_cannot_be_listed_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(files_in(tmp_path / "nowhere"))
