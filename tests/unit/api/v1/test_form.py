"""Forms: what counts, what is passed over, what is refused; nothing reaches a file."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_multipart.multipart import parse_options_header

from bonaface.api.body.form import MAX_PARTS
from bonaface.api.v1.form import read_form
from bonaface.errors import InvalidParameterError
from support.http.wire import form

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


IMAGE = b"Content-Disposition: form-data; name=imageFile\r\n\r\ndata"
FORM = b"--b\r\n" + IMAGE + b"\r\n--b--\r\n"


def form_of(content: bytes) -> bytes:
    return FORM.replace(b"\r\n\r\ndata", b"\r\n\r\n" + content)


@pytest.mark.parametrize(
    "preamble",
    [
        b"",
        b"This is a multi-part message in MIME format.",
        b"\r\n\r\n",
        b"\n\n-",
        b"--",
        b"--bc\r\n",
        b"a --b\r\n",
        b"\n--b",
        b"-" * 200_000,
        bytes(range(256)),
        b"Content-Disposition: form-data; name=imageFile\r\n\r\nno data",
    ],
)
def test_a_preamble_is_passed_over(preamble: bytes) -> None:
    assert read_form(preamble + b"\r\n" + FORM, b"b") == {"imageFile": b"data"}


@pytest.mark.parametrize(
    "epilogue", [b"", b"\r\n", b"bye", b"--b\r\n" + IMAGE, b"\r\n" + FORM, b"\r\n--b" * 10_000]
)
def test_an_epilogue_is_passed_over(epilogue: bytes) -> None:
    assert read_form(FORM.rstrip() + epilogue, b"b") == {"imageFile": b"data"}


@pytest.mark.parametrize("padding", [b"", b" ", b"\t", b" \t  \t", b" " * 100_000])
def test_padding_behind_a_boundary_is_passed_over(padding: bytes) -> None:
    body = FORM.replace(b"--b\r\n", b"--b" + padding + b"\r\n", 1).rstrip() + padding + b"\r\n"
    body = body.replace(b"data\r\n", b"data\r\n--b" + padding + b"\r\n\r\nother\r\n")
    assert read_form(body, b"b") == {"imageFile": b"data"}


@pytest.mark.parametrize(
    "field",
    [
        b"Content-Type: multipart/mixed; boundary=c",
        b"Content-Type: text/plain; charset=utf-16",
        b"Content-Transfer-Encoding: base64",
        b"Content-Encoding: gzip",
        b"Content-Length: 7",
        b"Content-MD5: x",
        b"Content-ID: <a@b>",
        b"Content-Disposition-Extra: name=other",
        b"X-Empty:",
        b'X/Y(z)@"=[]: RFC 5322 has such names',
        b"X-Folded: a\r\n b\r\n\tc",
        b"X-Folded:\r\n  name=other",
        b"X-Bytes: \x00\xff\r\n \xea\xb0\x80",
        b"X-Colons: a:b:c",
        b"X-Long: " + b"a" * 4000,
        b"\r\n".join(b"X-%d: y" % number for number in range(20)),
    ],
)
def test_other_fields_of_a_part_are_passed_over(field: bytes) -> None:
    before = b"--b\r\n" + field + b"\r\n" + IMAGE + b"\r\n--b--"
    behind = FORM.replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n\r\n")
    assert read_form(before, b"b") == read_form(behind, b"b") == {"imageFile": b"data"}


@pytest.mark.parametrize(
    "disposition",
    [
        b"Content-Disposition:form-data;name=imageFile",
        b"Content-Disposition : form-data; name=imageFile",
        b"content-disposition:\tform-data ;\tname=imageFile ; filename=a",
        b'CONTENT-DISPOSITION: FORM-DATA; FILENAME="a"; NAME="imageFile"',
        b"Content-Disposition: form-data;\r\n name=imageFile;\r\n\tfilename=a",
        b"Content-Disposition:\r\n form-data; name=imageFile",
        b'Content-Disposition: form-data; filename="a\\";name=b\\"c"; name="imageFile"',
        b'Content-Disposition: form-data; filename="; name=spoofingCondition"; name="imageFile"',
        'Content-Disposition: form-data; name=imageFile; filename="한글 사진.png"'.encode(),
        b"Content-Disposition: form-data; name=imageFile; filename=%ED.png; filename*=utf-8''%ed%95%9c.png",
        b"Content-Disposition: form-data; name=imageFile; name*=utf-8''other; size=4; creation-date=\"x\"",
        b"Content-Disposition: form-data; name=imageFile;",
        b"Content-Disposition: form-data; ; name=imageFile",
        b"Content-Disposition: form-data; name = imageFile",
        b"Content-Disposition: form-data; name=imageFile\r\nContent-Disposition: form-data; name=other",
    ],
)
def test_a_disposition_in_any_form(disposition: bytes) -> None:
    body = b"--b\r\n" + disposition + b"\r\n\r\ndata\r\n--b--"
    assert read_form(body, b"b") == {"imageFile": b"data"}


@pytest.mark.parametrize(
    "part",
    [
        b"\r\nno head",
        b"\r\n",
        b"X: y\r\n\r\nno name",
        b"Content-Type: text/plain\r\n",
        b"Content-Disposition: form-data\r\n\r\nx",
        b"Content-Disposition: form-data; name=_charset_\r\n\r\niso-8859-1",
        b"Content-Disposition: form-data; name=files\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
        b"--c\r\n" + IMAGE + b"\r\n--c--",
        b"Content-Disposition: form-data; name=o\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n"
        b"--bb\r\n" + IMAGE + b"\r\n--bb--",
    ],
)
def test_parts_of_other_names_and_of_none_are_passed_over(part: bytes) -> None:
    before = b"--b\r\n" + part + b"\r\n" + FORM
    behind = FORM.replace(b"\r\n--b--", b"\r\n--b\r\n" + part + b"\r\n--b--")
    assert read_form(before, b"b") == read_form(behind, b"b") == {"imageFile": b"data"}


def test_a_part_may_be_a_head_alone() -> None:
    """Its body is optional, with the line break before it (RFC 2046, 5.1.1)."""
    head = b"--b\r\nContent-Disposition: form-data; name=spoofingCondition\r\n\r\n"
    assert read_form(head + FORM, b"b") == {"spoofingCondition": b"", "imageFile": b"data"}
    assert read_form(head + b"--b--", b"b") == {"spoofingCondition": b""}


@pytest.mark.parametrize("boundary", [b"a b", b"'()+_,-./:=?", b"-" * 70, b"--", b"x" * 256])
def test_any_boundary(boundary: bytes) -> None:
    assert read_form(FORM.replace(b"--b", b"--" + boundary), boundary) == {"imageFile": b"data"}


def test_line_ends_of_the_content_stay() -> None:
    for content in (b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"a\r\n", b"\r\na", b"\r\n--", b"--b ", b"\r\n--b x"):
        assert read_form(form_of(content), b"b") == {"imageFile": content}


def test_many_lines_that_nearly_are_boundaries_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match=str(MAX_PARTS)):
        read_form(form_of(b"\r\n--bx" * 500_000), b"b")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"not a form",
        b"--b\n" + IMAGE + b"\n--b--",
        b"--b\r\n--b--",
        b"--b\r\nContent-Disposition: form-data; name=imageFile\r\n--b--",
        b"--b\r\n folded: x\r\n" + IMAGE + b"\r\n--b--",
        b"--b\r\n: x\r\n" + IMAGE + b"\r\n--b--",
        b"--b\r\n" + b"X: y\r\n z\r\n" * 2000 + IMAGE + b"\r\n--b--",
        FORM.replace(b"--b--", b"--b "),
        FORM.replace(b"--b--", b"--b-"),
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
