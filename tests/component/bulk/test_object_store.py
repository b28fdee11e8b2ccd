"""A real S3 server: what lies there is found, read and judged as what lies here."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from s3fs import S3FileSystem

from bonaface.bulk.image_bytes import read_image
from bonaface.bulk.inputs import open_input
from bonaface.bulk.item import Place
from bonaface.bulk.object_store import file_system
from bonaface.errors import ConfigurationError, InvalidParameterError
from bonaface.settings import ImageLimits
from support.bulk.jobs import rows_of
from support.bulk.store import BUCKET, Store, running_store
from support.command import run
from support.network.ports import free_port
from support.pictures.picture import picture, png

LIMITS = ImageLimits(max_bytes=100)
ROOT = f"s3://{BUCKET}"


def _tar(data: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        member = tarfile.TarInfo("inside.jpg")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return file.getvalue()


@pytest.fixture(scope="module")
def running() -> Iterator[Store]:
    with running_store() as store:
        store.put(
            **{
                "set/a.jpg": b"first",
                "set/b/c.png": b"x" * 500,
                "set/note.txt": b"no image",
                "set/empty.jpg": b"",
                "set/z.tar": _tar(b"member"),
                "m.csv": b"path,label\nset/a.jpg,attack\ns3://captures/set/b/c.png,bona_fide\nset/no.jpg,attack\n",
            }
        )
        yield store


@pytest.fixture(autouse=True)
def store(running: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()  # or it goes on with what the variables were at the first test
    return running


def _read(given: str) -> dict[str, bytes]:
    with open_input(given) as found:
        return {place.name: read_image(place, found.root, LIMITS) for place, _ in found.images}


SET = {
    f"{ROOT}/set/a.jpg": b"first",
    f"{ROOT}/set/empty.jpg": b"",
    f"{ROOT}/set/z.tar/inside.jpg": b"member",
    f"{ROOT}/set/b/c.png": b"x" * 101,
}


def test_a_folder_and_a_tar_in_it_are_read_no_further_than_they_may_be() -> None:
    assert _read(f"{ROOT}/set") == SET


def test_a_pattern() -> None:
    assert list(_read(f"{ROOT}/set/*.jpg")) == [f"{ROOT}/set/a.jpg", f"{ROOT}/set/empty.jpg"]


@pytest.mark.parametrize("given", [f"{ROOT}/set/*.gif", "s3://captuers/*.jpg"])
def test_a_pattern_that_matches_nothing_is_told(given: str) -> None:
    with pytest.raises(InvalidParameterError, match="Nothing matches s3://"):
        _read(given)


def test_a_manifest_that_lies_there_names_what_lies_beside_it() -> None:
    with open_input(f"{ROOT}/m.csv") as found:
        places = [place for place, _ in found.images]
        assert read_image(places[0], found.root, LIMITS) == b"first"
        assert read_image(places[1], found.root, LIMITS) == b"x" * 101
        with pytest.raises(FileNotFoundError):
            read_image(places[2], found.root, LIMITS)


def test_over_http_too(store: Store) -> None:
    assert read_image(Place(f"{store.url}/{BUCKET}/set/b/c.png"), "/", LIMITS) == b"x" * 101


def test_nothing_there_is_told() -> None:
    for given in (f"{ROOT}/nowhere", "s3://nosuch/set"):
        with pytest.raises(InvalidParameterError, match=f"{given} cannot be read: "):
            _read(given)


def test_a_store_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(InvalidParameterError, match=r"cannot be read: \w+"):
        _read(f"{ROOT}/set")


def test_an_unknown_scheme_is_told() -> None:
    with pytest.raises(InvalidParameterError, match="no URL that fsspec reads"):
        file_system("nosuch://a/b")


def test_a_package_that_is_no_part_of_the_extra_is_named() -> None:
    with pytest.raises(ConfigurationError, match="gcsfs"):
        file_system("gs://bucket/a.jpg")


@pytest.mark.usefixtures("quick_engine")
def test_a_job_on_it(store: Store, portrait: bytes, tmp_path: Path) -> None:
    store.put(**{"job/a.png": portrait, "job/b.png": png(picture(80, 80)), "job/c.png": b"no image"})
    done = run("bulk", f"{ROOT}/job", "--out", str(tmp_path / "out"), "--jobs", "1")
    verdicts = [(row["path"], row["verdict"]) for row in rows_of(tmp_path / "out")]

    assert done.exit_code == 0
    assert verdicts == [
        (f"{ROOT}/job/a.png", "bona_fide"),
        (f"{ROOT}/job/b.png", "no_face"),
        (f"{ROOT}/job/c.png", "error"),
    ]
