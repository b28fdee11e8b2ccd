import tarfile
from pathlib import Path

import pytest

from bonaface.bulk.inputs import identity_of, open_input
from bonaface.errors import InvalidParameterError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With two images, a tar with one, and a manifest of one; it is the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.jpg", "b.png"):
        (tmp_path / "set").mkdir(exist_ok=True)
        (tmp_path / "set" / name).write_bytes(b"x")
    with tarfile.open(tmp_path / "set" / "c.tar", "w") as tar:
        tar.add(tmp_path / "set" / "a.jpg", "inside.jpg")
    (tmp_path / "set" / "m.csv").write_text("path,label\na.jpg,attack\n", "utf-8")
    return tmp_path


def _names(given: str) -> list[str]:
    with open_input(given) as found:
        return [place.name for place, _ in found.images]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("set", ["set/a.jpg", "set/b.png", "set/c.tar/inside.jpg"]),
        ("set/*.[jp][pn]g", ["set/a.jpg", "set/b.png"]),
        ("set/?.tar", ["set/c.tar/inside.jpg"]),
        ("set/c.tar", ["set/c.tar/inside.jpg"]),
        ("set/m.csv", ["a.jpg"]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_each_kind_of_input_is_the_images_that_it_means(given: str, names: list[str]) -> None:
    assert _names(given) == names


def test_paths_of_a_manifest_are_relative_to_it_and_labels_come_along(folder: Path) -> None:
    with open_input("set/m.csv") as found:
        assert (found.root, found.columns) == (str(folder / "set"), ("label",))
        assert [labels for _, labels in found.images] == [{"label": "attack"}]


@pytest.mark.parametrize("given", ["nowhere", "set/a.jpg", "set/*.gif"])
@pytest.mark.usefixtures("folder")
def test_what_is_none_of_these_is_one_sentence(given: str) -> None:
    with pytest.raises(InvalidParameterError, match="is neither a folder"):
        _names(given)


@pytest.mark.parametrize("given", ["nowhere.csv", "nowhere.tar"])
@pytest.mark.usefixtures("folder")
def test_what_is_not_there_cannot_be_read(given: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"cannot be read: No such file or directory\.$"):
        _names(given)


def test_an_input_is_the_same_from_whichever_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = identity_of("set")
    monkeypatch.chdir(folder / "set")
    assert identity_of("../set") == here == str(folder / "set")
    assert identity_of("s3://b/set") == "s3://b/set"
