"""Coded data is whole or it is not: the walk says what libjpeg's warnings say, where those can be had."""

import random

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from bonaface.imaging import entropy
from bonaface.imaging.entropy import check
from bonaface.imaging.huffman import NotWholeError
from support.pictures.arithmetic import ARITHMETIC_JPEG
from support.pictures.bombs import segment
from support.pictures.picture import Pixels, encoded, jpeg, picture
from support.pictures.sampled import sampled_jpeg

NOISE: Pixels = np.random.default_rng(5).integers(0, 256, (83, 101, 3)).astype(np.uint8)
SMOOTH = picture(101, 83)
INK = Image.fromarray(SMOOTH).convert("CMYK")
FILES = {
    "plain": jpeg(SMOOTH),
    "noise": jpeg(NOISE, subsampling=0),
    "optimised": jpeg(NOISE, optimize=True),
    "restarts": jpeg(NOISE, restart_marker_blocks=3),
    "progressive": jpeg(NOISE, progressive=True),
    "progressive with restarts": jpeg(SMOOTH, progressive=True, restart_marker_blocks=2),
    "ink": encoded(INK, "JPEG"),
    "progressive ink": encoded(INK, "JPEG", progressive=True),
    "separate scans": sampled_jpeg(SMOOTH, [(2, 2), (1, 1), (1, 1)], separate=True),
}


@pytest.mark.parametrize("name", FILES)
def test_whole(name: str) -> None:
    check(FILES[name])
    check(FILES[name] + b"\xff\xd9 and more")


@pytest.mark.parametrize("name", FILES)
def test_cut(name: str) -> None:
    data = FILES[name]
    start = data.index(b"\xff\xda") + 14
    for end in np.linspace(start, len(data) - 16, 12).astype(int):
        for mended in (b"", b"\xff\xd9"):
            with pytest.raises(NotWholeError):
                check(data[:end] + mended)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes after the first scan's header changed, lost or put in."""
    hurt = bytearray(data)
    at = chance.randrange(data.index(b"\xff\xda") + 14, len(data) - 2)
    length = chance.randrange(1, 12)
    hurt[at : at + chance.choice((0, length))] = chance.randbytes(chance.choice((0, length)))
    return bytes(hurt)


def libjpeg_warns(data: bytes) -> bool:
    try:
        simplejpeg.decode_jpeg(data, strict=True)
    except ValueError:
        return True
    return False


def is_padding_or_table(data: bytes) -> bool:
    """libjpeg speaks of a few bytes that nothing needs, or of a table."""
    with pytest.raises(ValueError, match=r"\b[1-7] extraneous bytes|Huffman table"):
        simplejpeg.decode_jpeg(data, strict=True)
    return True


@pytest.mark.parametrize("name", FILES)
def test_damage_is_seen_where_libjpeg_warns(name: str) -> None:
    """Left out: what stands outside the coded data, such as a table that no scan uses."""
    chance, seen = random.Random(3), 0
    for _ in range(60):
        data = damaged(FILES[name], chance)
        if libjpeg_warns(data):
            try:
                check(data)
            except NotWholeError:
                seen += 1
                continue
            assert is_padding_or_table(data)
    assert seen > 10


@pytest.mark.parametrize("value", [0xD0, 0xD1, 0xD3, 0xD7])
def test_restart_markers_out_of_step(value: int) -> None:
    with pytest.raises(NotWholeError):
        check(FILES["restarts"].replace(b"\xff\xd2", bytes([0xFF, value]), 1))


def test_fill_bytes_before_markers_are_nothing() -> None:
    data = FILES["restarts"]
    check(data.replace(b"\xff\xd3", b"\xff\xff\xff\xd3")[:-2] + b"\xff\xff\xff\xd9")


def test_a_restart_marker_behind_the_last_unit() -> None:
    data = sampled_jpeg(picture(32, 8), [(2, 1), (1, 1), (1, 1)], restart=1)
    check(data[:-2] + b"\xff\xd1" + data[-2:])
    with pytest.raises(NotWholeError):
        check(data[:-2] + b"\xff\xd2" + data[-2:])


def test_bytes_between_segments_may_be_a_damaged_table() -> None:
    data = FILES["progressive"]
    at = data.rindex(b"\xff\xda")
    with pytest.raises(NotWholeError):
        check(data[:at] + b"\x5a" + data[at:])


def test_arithmetic_coding_is_not_walked() -> None:
    with pytest.raises(NotWholeError):
        check(ARITHMETIC_JPEG)


def test_a_component_without_a_scan_or_with_two() -> None:
    data = FILES["separate scans"]
    scans = data.split(b"\xff\xda")
    for some in (scans[:3], [*scans[:2], *scans[1:]]):
        with pytest.raises(NotWholeError):
            check(b"\xff\xda".join(some).removesuffix(b"\xff\xd9") + b"\xff\xd9")


def test_without_tables() -> None:
    data = FILES["plain"]
    start = data.index(b"\xff\xc4")
    with pytest.raises(NotWholeError):
        check(data[:start] + data[data.index(b"\xff\xda") :])


@pytest.mark.parametrize(
    "payload", [b"\0" * 17, b"\0\3" + bytes(18), b"\0\xff", bytes([0, *[1] * 16, *range(15)])]
)
def test_tables_that_make_no_sense(payload: bytes) -> None:
    data = FILES["plain"]
    scan = data.index(b"\xff\xda")
    with pytest.raises(NotWholeError):
        check(data[:scan] + segment(0xC4, payload) + data[scan:])


def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entropy, "MAX_WALKED", 100)
    with pytest.raises(NotWholeError):
        check(FILES["plain"])
    monkeypatch.undo()
    monkeypatch.setattr(entropy, "MAX_PASSED", 101 * 83 * 4)
    with pytest.raises(NotWholeError):
        check(FILES["progressive"])
