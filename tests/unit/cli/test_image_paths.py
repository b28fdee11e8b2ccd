"""Files, folders, patterns and standard input become the images that they mean, each once."""

import os
from pathlib import Path

import pytest

from bonaface.cli.image_paths import STANDARD_INPUT, find_images

FILES = ("b.png", "a.JPG", "notes.txt", ".hidden.png", "deep/er/c.jpeg", "deep/d.gif", ".git/e.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_folder_is_its_images_by_name_and_those_of_its_folders(folder: Path) -> None:
    expected = [folder / "a.JPG", folder / "b.png", folder / "deep" / "er" / "c.jpeg"]
    assert find_images([str(folder)]) == expected


def test_each_image_is_meant_once_where_it_was_named_first(folder: Path) -> None:
    given = [str(folder / "b.png"), str(folder), str(folder / "a.JPG")]
    assert [path.name for path in find_images(given)] == ["b.png", "a.JPG", "c.jpeg"]


def test_patterns_are_what_they_match_whatever_its_name(folder: Path) -> None:
    assert find_images([str(folder / "*.png")]) == [folder / "b.png"]
    assert [path.name for path in find_images([str(folder / "**" / "*.*")])] == [
        "a.JPG", "b.png", "d.gif", "c.jpeg", "notes.txt",
    ]  # fmt: skip
    assert find_images([str(folder / "[ab].*")]) == [folder / "a.JPG", folder / "b.png"]


def test_a_file_that_looks_like_a_pattern_is_itself(folder: Path) -> None:
    odd = folder / "[ab].png"
    odd.touch()
    assert find_images([str(odd)]) == [odd]


@pytest.mark.parametrize("name", ["none.png", "*.webp", "empty"])
def test_what_gives_no_image_stays_to_be_told(folder: Path, name: str) -> None:
    assert find_images([str(folder / name)]) == [folder / name]


def test_standard_input_is_one_image() -> None:
    assert find_images(["-", "-"]) == [STANDARD_INPUT]


def test_a_link_that_leads_round_is_not_followed(folder: Path) -> None:
    (folder / "deep" / "round").symlink_to(folder)
    assert len(find_images([str(folder)])) == 3


def test_a_name_that_is_no_text(folder: Path) -> None:
    (folder / "empty" / os.fsdecode(b"\xff.png")).touch()
    assert [os.fsencode(path.name) for path in find_images([str(folder / "empty")])] == [b"\xff.png"]
