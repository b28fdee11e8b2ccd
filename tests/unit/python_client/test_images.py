import io
from pathlib import Path

import pytest

from bonaface_client.images import Image, read, source_of


@pytest.mark.parametrize("image", [b"image", bytearray(b"image"), memoryview(b"image"), io.BytesIO(b"image")])
def test_bytes_and_files_have_no_name(image: Image) -> None:
    assert read(image) == ("image", b"image")


def test_a_path_may_be_text_or_a_path(tmp_path: Path) -> None:
    file = tmp_path / "사진.jpg"
    file.write_bytes(b"image")
    assert read(str(file)) == read(file) == ("사진.jpg", b"image")


def test_text_is_no_image() -> None:
    with pytest.raises(ValueError, match="binary mode"):
        read(io.StringIO("image"))  # type: ignore[arg-type]


def test_exactly_one_way_to_send_is_taken() -> None:
    assert source_of(b"image", None) == [("imageFile", ("image", b"image"))]
    assert source_of(None, None, [b"a", b"b"]) == [("frames", ("image", b"a")), ("frames", ("image", b"b"))]
    assert source_of(None, "https://host/a.png") == "https://host/a.png"
    for image, url, frames in (
        (None, None, None),
        (b"image", "https://host/a.png", None),
        (b"a", None, [b"b"]),
    ):
        with pytest.raises(ValueError, match="one of them"):
            source_of(image, url, frames)
