"""Forms: what counts, what is passed over, what is refused; nothing reaches a file."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_multipart.multipart import parse_options_header

from bonaface.api.v1.form import MAX_PARTS, read_form
from bonaface.errors import InvalidParameterError
from support.wire import form

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10


def read(*parts: tuple[str, str | None, bytes]) -> dict[str, bytes]:
    content_type, body = form(*parts)
    return read_form(body, parse_options_header(content_type)[1][b"boundary"])


def test_gives_the_two_parts() -> None:
    found = read(("imageFile", "a.png", PNG), ("spoofingCondition", None, b"strict"))
    assert found == {"imageFile": PNG, "spoofingCondition": b"strict"}


@pytest.mark.parametrize("filename", [None, "", "x.txt", "../../etc/passwd", "é.png"])
def test_the_file_name_says_nothing(filename: str | None) -> None:
    assert read(("imageFile", filename, PNG)) == {"imageFile": PNG}


def test_other_parts_are_passed_over() -> None:
    found = read(("before", None, b"1"), ("imageFile", "a", PNG), ("imagefile", "b", b"x"), ("", None, b""))
    assert found == {"imageFile": PNG}


def test_an_empty_part_is_there() -> None:
    assert read(("imageFile", "", b"")) == {"imageFile": b""}


@pytest.mark.parametrize("name", ["imageFile", "spoofingCondition"])
def test_a_part_that_counts_may_come_once(name: str) -> None:
    with pytest.raises(InvalidParameterError, match=name):
        read((name, "a", b"1"), (name, "b", b"2"))


def test_content_that_looks_like_a_boundary_is_content() -> None:
    tricky = b"--xyz\r\n\r\n--xy\r\n-- xyz\r\n\r--xyz"
    assert read(("imageFile", "a", tricky)) == {"imageFile": tricky}


def test_part_headers_in_any_case_and_order() -> None:
    body = (
        b"--b\r\ncontent-TYPE: image/png\r\n"
        b"CONTENT-disposition: Form-Data; filename=x; NAME=imageFile\r\n\r\ndata\r\n--b--"
    )
    assert read_form(body, b"b") == {"imageFile": b"data"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"not a form",
        b"--b",
        b"--b\r\n",
        b"--b\r\nContent-Disposition: form-data; name=imageFile\r\n\r\ndata",
        b"--b\r\nContent-Disposition: form-data; name=imageFile\r\n\r\ndata\r\n--b\r\n",
        b"--b\r\nContent Disposition: form-data\r\n\r\ndata\r\n--b--",
        b"--b\r\nX: " + b"a" * 5000 + b"\r\n\r\ndata\r\n--b--",
        b"--b\r\n" + b"X: a\r\n" * 50 + b"\r\ndata\r\n--b--",
        b"--c\r\nContent-Disposition: form-data; name=imageFile\r\n\r\ndata\r\n--c--",
    ],
)
def test_a_broken_form_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidParameterError):
        read_form(body, b"b")


def test_a_boundary_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidParameterError):
        read_form(b"", b"b" * 300)


def test_many_parts_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match=str(MAX_PARTS)):
        read(*((f"f{i}", None, b"") for i in range(20_000)))


def test_no_file_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))  # making one there would fail
    assert read(("imageFile", "a", b"x" * 3_000_000)) == {"imageFile": b"x" * 3_000_000}


@given(st.binary(max_size=300), st.sampled_from([b"b", b"\r\n", b"--", b"b-"]))
def test_no_bytes_break_it(body: bytes, boundary: bytes) -> None:
    for candidate in (body, b"--" + boundary + b"\r\n" + body + b"\r\n--" + boundary + b"--"):
        with suppress(InvalidParameterError):
            read_form(candidate, boundary)


@given(st.binary(max_size=500).filter(lambda content: b"--xyz" not in content))
def test_any_content_comes_back_as_it_was(content: bytes) -> None:
    assert read(("imageFile", "a", content)) == {"imageFile": content}
