"""Base64 of the wire contract, against the standard library's encoder."""

import base64

import pytest

from bonaface.errors import ImageTooLargeError, InvalidImageError
from bonaface.imaging.base64 import decode_base64, decoded_size

DATA = bytes(range(256)) * 3
TEXT = base64.b64encode(DATA).decode()
THREE_MEGABYTES = 3_000_000


@pytest.mark.parametrize("length", range(1, 9))
@pytest.mark.parametrize("kind", ["text", "bytes"])
def test_with_and_without_padding(length: int, kind: str) -> None:
    padded = base64.b64encode(DATA[:length]).decode()
    for text in (padded, padded.rstrip("=")):
        assert decode_base64(text if kind == "text" else text.encode()) == DATA[:length]


def test_white_space_anywhere() -> None:
    lines = base64.encodebytes(DATA)
    assert b"\n" in lines
    assert decode_base64(lines) == DATA
    assert decode_base64(" \t\r\n\v\f".join(TEXT)) == DATA
    assert decode_base64("QQ = \n=") == b"A"


@pytest.mark.parametrize("text", ["", "  \n ", "=", "==", b"", b"===="])
def test_empty(text: str | bytes) -> None:
    with pytest.raises(InvalidImageError, match="empty"):
        decode_base64(text)


@pytest.mark.parametrize(
    "prefix", ["data:image/png;base64,", "DATA:,", " \n data:image/jpeg;base64,", "data:"]
)
def test_data_url(prefix: str) -> None:
    with pytest.raises(InvalidImageError, match="data: URL"):
        decode_base64(prefix + TEXT)


@pytest.mark.parametrize(
    "text", ["A", "AAAAA", "QQ=", "QUI==", "QUJD=", "QUJD==", "QUJD====", "QQ===", "Q==="]
)
def test_wrong_length_or_padding(text: str) -> None:
    with pytest.raises(InvalidImageError, match="cut off or wrongly padded"):
        decode_base64(text)


@pytest.mark.parametrize(
    "text",
    [
        "QQ==QQ==",
        "Q=Q=",
        "-_-_",
        "AA-A",
        "AA_A",
        "AA,A",
        "AAA%3D",
        "AAA\x00",
        "AAAé",
        "AA\u00a0A",
        "ＡＡＡＡ",
    ],
)
def test_other_characters(text: str) -> None:
    with pytest.raises(InvalidImageError, match="not standard Base64"):
        decode_base64(text)


def test_bytes_that_are_not_ascii() -> None:
    with pytest.raises(InvalidImageError, match="not standard Base64"):
        decode_base64(b"AAA\xe9")


@pytest.mark.parametrize(("text", "meant"), [("QR==", b"A"), ("Qf", b"A"), ("QUJ=", b"AB"), ("QUL", b"AB")])
def test_spare_bits_are_not_looked_at(text: str, meant: bytes) -> None:
    assert decode_base64(text) == meant


@pytest.mark.parametrize("length", range(1, 20))
def test_limit(length: int) -> None:
    text = base64.b64encode(DATA[:length])
    assert decoded_size(text.rstrip(b"=")) == length
    assert decode_base64(text, max_bytes=length) == DATA[:length]
    with pytest.raises(ImageTooLargeError, match="smaller file"):
        decode_base64(text, max_bytes=length - 1)


def test_limit_comes_before_decoding() -> None:
    """Decoding this would find the wrong characters."""
    with pytest.raises(ImageTooLargeError):
        decode_base64("!" * 400, max_bytes=299)


def test_much_white_space() -> None:
    assert decode_base64(" \n" * THREE_MEGABYTES + "QQ==", max_bytes=1) == b"A"
