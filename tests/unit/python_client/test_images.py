import io
from pathlib import Path

import pytest

from bonaface_client import calls
from bonaface_client.images import Image, read


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
    assert calls.one_of(b"image", None) == b"image"
    assert calls.one_of(None, "https://host/a.png") is None
    for image, url in ((None, None), (b"image", "https://host/a.png")):
        with pytest.raises(ValueError, match="one of the two"):
            calls.one_of(image, url)
