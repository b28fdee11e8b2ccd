from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Label, limited, read_dataset


def _manifest(folder: Path, text: str, encoding: str = "utf-8") -> str:
    path = folder / "manifest.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_a_manifest_with_every_column(tmp_path: Path) -> None:
    text = (
        "label,path,extra,source,attack_type,subject,use,scene\n"
        "attack, a/1.jpg ,x,cam,replay,p7,mine,full\nbona_fide,b.png,,cam,replay,,,\n"
    )
    attack, live = read_dataset(_manifest(tmp_path, text, "utf-8-sig"))

    assert (attack.path, attack.name) == (tmp_path / "a/1.jpg", "a/1.jpg")
    assert (attack.label, attack.source, attack.kind) == (Label.ATTACK, "cam", "replay")
    assert (attack.subject, attack.use, attack.scene) == ("p7", "mine", "full")
    assert (live.label, live.kind, live.subject, live.use) == (Label.BONA_FIDE, "", "", "")


def test_a_manifest_with_the_two_columns_that_it_needs(tmp_path: Path) -> None:
    live, attack = read_dataset(_manifest(tmp_path, "path,label\n/x/1.jpg,bona_fide\n2.jpg,attack\n"))

    assert live.path == Path("/x/1.jpg")
    assert (live.source, attack.source, attack.kind) == ("all", "all", "unknown")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("path,kind\na,b\n", "has no column called label"),
        ("a\n", "has no column called path and none called label"),
        ("", "has no column called path"),
        ("path,label\n", "has no labelled image"),
        (
            "path,label\na.jpg,attack\nb.jpg,live\n",
            "Line 3 of the manifest has the label 'live'; write bona_fide",
        ),
        ("path,label\na.jpg\n", "Line 2 of the manifest has the label ''"),
        ("path,label\n,attack\n", "Line 2 of the manifest has no path"),
        ("path,label\n" + "x" * 200_000 + ",attack\n", "is not a CSV file in UTF-8"),
    ],
)
def test_a_manifest_that_does_not_hold(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InvalidParameterError, match=sentence):
        read_dataset(_manifest(tmp_path, text))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(InvalidParameterError, match="is not a CSV file in UTF-8"):
        read_dataset(str(tmp_path / "x.csv"))


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    target = _manifest(tmp_path_factory.getbasetemp(), "path,label\n" + text, "utf-8")
    try:
        samples = read_dataset(target)
    except InvalidParameterError as error:
        sentence = str(error)
        samples = ()
    else:
        sentence = "."
    assert sentence.endswith(".")
    assert bool(samples) is (sentence == ".")


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in (
        "bona_fide/b.JPG",
        "bona_fide/deep/a.png",
        "attack/print/1.jpeg",
        "attack/2.png",
        "attack/no.txt",
    ):
        path = tmp_path / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "set"


def test_a_folder_with_both_classes(folders: Path) -> None:
    told = [(one.name, one.label.value, one.kind, one.source) for one in read_dataset(str(folders))]

    assert told == [
        ("bona_fide/b.JPG", "bona_fide", "", "set"),
        ("bona_fide/deep/a.png", "bona_fide", "", "set"),
        ("attack/2.png", "attack", "unknown", "set"),
        ("attack/print/1.jpeg", "attack", "print", "set"),
    ]


def test_a_pair_of_folders(folders: Path) -> None:
    samples = read_dataset(f"{folders / 'bona_fide'}:{folders / 'attack'}")

    assert Counter(one.label.value for one in samples) == {"bona_fide": 2, "attack": 2}
    assert {one.source for one in samples} == {"folders"}
    assert all(one.path.is_file() for one in samples)


@pytest.mark.parametrize("target", ["nowhere", "nowhere:", ":nowhere", ""])
def test_a_target_that_is_nothing(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidParameterError):
        read_dataset(target)


def test_a_folder_without_a_class(tmp_path: Path) -> None:
    (tmp_path / "bona_fide").mkdir()
    with pytest.raises(
        InvalidParameterError, match="attack is not a folder; it should hold the images of one class"
    ):
        read_dataset(str(tmp_path))


def test_folders_without_images(tmp_path: Path) -> None:
    for name in Label:
        (tmp_path / name).mkdir()
    with pytest.raises(InvalidParameterError, match="has no labelled image"):
        read_dataset(str(tmp_path))


def test_a_limit_is_spread_over_sources_and_labels(tmp_path: Path) -> None:
    rows = [f"{n}.jpg,{label},{source}" for n in range(20) for label in Label for source in ("a", "b")]
    rows += ["x.jpg,attack,rare"]
    samples = read_dataset(_manifest(tmp_path, "path,label,source\n" + "\n".join(rows)))
    chosen = limited(samples, 9, seed=1)

    assert sorted(Counter((one.source, one.label) for one in chosen).values()) == [1, 2, 2, 2, 2]
    assert [samples.index(one) for one in chosen] == sorted(samples.index(one) for one in chosen)
    assert limited(samples, 9, seed=1) == chosen
    assert limited(samples, 9, seed=2) != chosen
    assert limited(samples, None, 1) == limited(samples, 1000, 1) == samples
