"""What Pillow does not write: 16 bits, sub-byte depths, colour keys, broken and hostile chunks."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from bonaface.errors import BonafaceError, InvalidImageError
from bonaface.imaging.png import MAX_CHUNKS, MAX_EXCESS, decode, read_header
from support.pictures import bombs
from support.pictures import png as pngs
from support.pictures.picture import Pixels, difference, picture
from support.pictures.png import COLOUR, COLOUR_ALPHA, GREY, GREY_ALPHA, PALETTE, Samples, chunk

SIDE = 40
INTERLACED = pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "adam7"])


def noise(top: int, *shape: int) -> Samples:
    """Samples from 0 up to, but without, `top`; always the same."""
    return np.random.default_rng(7).integers(0, top, shape)


DEEP = noise(65536, SIDE, SIDE, 4)


def to_rgb(grey: Samples) -> Pixels:
    return np.repeat(grey[..., None], 3, axis=-1).astype(np.uint8)


def over_white(colour: Samples, alpha: Samples, top: int) -> Pixels:
    share = alpha[..., None] / top
    return np.asarray(np.rint((colour / top * share + 1 - share) * 255)).astype(np.uint8)


@INTERLACED
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_grey_depths(depth: int, interlaced: bool) -> None:
    grey = noise(1 << depth, SIDE, SIDE + 3)
    data = pngs.encode(grey, GREY, depth, interlaced=interlaced)
    assert np.array_equal(decode(data), to_rgb(grey * 255 // ((1 << depth) - 1)))


@INTERLACED
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_palette_depths(depth: int, interlaced: bool) -> None:
    colours = noise(256, 1 << depth, 3).astype(np.uint8)
    index = noise(1 << depth, SIDE, SIDE + 3)
    palette = chunk(b"PLTE", colours.tobytes())
    data = pngs.encode(index, PALETTE, depth, [palette], interlaced=interlaced)
    assert np.array_equal(decode(data), colours[index])


def test_palette_with_transparency() -> None:
    colours = noise(256, 16, 3).astype(np.uint8)
    alphas = np.array([0, 50, 128, 255] + [255] * 12)
    index = noise(16, SIDE, SIDE)
    extra = [chunk(b"PLTE", colours.tobytes()), chunk(b"tRNS", bytes([0, 50, 128]))]
    expected = over_white(colours[index], alphas[index], 255)
    assert difference(decode(pngs.encode(index, PALETTE, 4, extra)), expected) <= 1


def test_palette_entries_that_no_index_reaches_do_not_count() -> None:
    colours = noise(256, 16, 3).astype(np.uint8)
    index = noise(2, SIDE, SIDE)
    extra = [chunk(b"PLTE", colours.tobytes()), chunk(b"tRNS", bytes([0, 128, 255]))]
    assert np.array_equal(decode(pngs.encode(index, PALETTE, 1, extra)), colours[index])


@INTERLACED
def test_sixteen_bits(interlaced: bool) -> None:
    grey, colour = DEEP[..., 0], DEEP[..., :3]
    data = pngs.encode(grey, GREY, 16, interlaced=interlaced)
    assert difference(decode(data), to_rgb(np.rint(grey / 257))) <= 1
    data = pngs.encode(colour, COLOUR, 16, interlaced=interlaced)
    assert difference(decode(data), np.rint(colour / 257).astype(np.uint8)) <= 1


@pytest.mark.parametrize(("deep", "shown"), [(0, {0}), (32768, {127, 128}), (65535, {255}), (300, {1})])
def test_sixteen_bit_grey_is_never_white(deep: int, shown: set[int]) -> None:
    assert set(np.unique(decode(pngs.encode(np.full((SIDE, SIDE), deep), GREY, 16)))) <= shown


@pytest.mark.parametrize("depth", [8, 16])
def test_alpha_lies_over_white(depth: int) -> None:
    top = (1 << depth) - 1
    samples = DEEP >> (16 - depth)
    data = pngs.encode(samples, COLOUR_ALPHA, depth)
    assert difference(decode(data), over_white(samples[..., :3], samples[..., 3], top)) <= 2
    grey = samples[..., :2]
    expected = over_white(grey[..., [0, 0, 0]], grey[..., 1], top)
    assert difference(decode(pngs.encode(grey, GREY_ALPHA, depth)), expected) <= 2


def test_clear_pixels_are_white_and_opaque_ones_untouched() -> None:
    opaque, clear = np.full((96, 112, 1), 255), np.zeros((96, 112, 1), int)
    assert np.array_equal(decode(pngs.encode(np.dstack([picture(), opaque]), COLOUR_ALPHA)), picture())
    assert np.all(decode(pngs.encode(np.dstack([picture(), clear]), COLOUR_ALPHA)) == 255)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_grey_colour_key(depth: int) -> None:
    top = (1 << depth) - 1
    grey = noise(top + 1, SIDE, SIDE)
    key = int(grey[5, 5])
    expected = np.where(grey == key, 255, np.rint(grey * 255 / top))
    data = pngs.encode(grey, GREY, depth, [chunk(b"tRNS", struct.pack(">H", key))])
    assert difference(decode(data), to_rgb(expected)) <= 1


def test_deep_colour_key_takes_all_sixteen_bits() -> None:
    grey = np.full((SIDE, SIDE), 0x1234)
    grey[0, 0] = 0x1235
    shown = decode(pngs.encode(grey, GREY, 16, [chunk(b"tRNS", struct.pack(">H", 0x1235))]))
    assert shown[0, 0].tolist() == [255] * 3
    assert np.all(shown[1:] == 0x12)


@pytest.mark.parametrize("depth", [8, 16])
def test_rgb_colour_key(depth: int) -> None:
    colour = DEEP[..., :3] >> (16 - depth)
    key = colour[5, 5]
    data = pngs.encode(colour, COLOUR, depth, [chunk(b"tRNS", key.astype(">u2").tobytes())])
    expected = np.rint(colour * 255 / ((1 << depth) - 1)).astype(np.uint8)
    expected[np.all(colour == key, axis=-1)] = 255
    assert difference(decode(data), expected) <= 1


@pytest.mark.parametrize("payload", [b"", b"\0", b"\0\1\0"])
def test_a_colour_key_that_does_not_fit_is_ignored(payload: bytes) -> None:
    grey = np.full((SIDE, SIDE), 1)
    assert np.all(decode(pngs.encode(grey, GREY, 8, [chunk(b"tRNS", payload)])) == 1)


def test_a_colour_key_after_the_picture_is_ignored() -> None:
    data = pngs.encode(np.full((SIDE, SIDE), 1), GREY, after=[chunk(b"tRNS", b"\0\1")])
    assert np.all(decode(data) == 1)


def test_the_first_colour_key_counts() -> None:
    keys = [chunk(b"tRNS", b"\0\1"), chunk(b"tRNS", b"\0\2")]
    data = pngs.encode(np.repeat([1, 2], SIDE * SIDE // 2).reshape(SIDE, SIDE), GREY, 8, keys)
    assert set(decode(data).ravel().tolist()) == {255, 2}


def test_transparency_before_its_palette_is_ignored() -> None:
    chunks = [chunk(b"tRNS", b"\0"), chunk(b"PLTE", bytes([7, 8, 9]))]
    data = pngs.encode(np.zeros((SIDE, SIDE), int), PALETTE, 8, chunks)
    assert np.all(decode(data) == [7, 8, 9])


def test_split_picture_data() -> None:
    whole = pngs.encode(picture(), COLOUR)
    payload = whole[41:-16]
    parts = [chunk(b"IDAT", payload[i : i + 100]) for i in range(0, len(payload), 100)]
    assert np.array_equal(decode(whole[:33] + b"".join(parts) + pngs.END), picture())


ANCILLARY = (b"tEXt", b"iCCP", b"iTXt", b"pHYs", b"eXIf", b"caBX", b"gAMA", b"tRNS", b"acTL")


@pytest.mark.parametrize("kind", ANCILLARY)
def test_an_ancillary_chunk_with_a_wrong_checksum_is_left_out(kind: bytes) -> None:
    """PNG, third edition, 13.1: what the picture does not need is ignored, whatever it would have said."""
    good = pngs.encode(picture(), COLOUR)
    sound = chunk(kind, bytes(6))
    file = good[:33] + sound[:-1] + bytes([sound[-1] ^ 1]) + good[33:]
    np.testing.assert_array_equal(decode(file), picture())


def test_an_orientation_with_a_wrong_checksum_turns_nothing() -> None:
    values = Image.Exif()
    values[0x0112] = 6
    sound = chunk(b"eXIf", values.tobytes().removeprefix(b"Exif\0\0"))
    good = pngs.encode(picture(), COLOUR)
    assert read_header(good[:33] + sound + good[33:]).orientation == 6
    assert read_header(good[:33] + sound[:-1] + bytes([sound[-1] ^ 1]) + good[33:]).orientation == 1


def broken_files() -> dict[str, bytes]:
    good = pngs.encode(picture(), COLOUR)
    start, idat, raw = good[:33], good[33:-12], pngs.pack(picture(), 8)
    squeezed = zlib.compress(raw)
    text = chunk(b"tEXt", b"a\0b")
    return {
        "no end": good[:-12],
        "no picture": start + pngs.END,
        "wrong CRC": good[:60] + bytes([good[60] ^ 1]) + good[61:],
        "two headers": start + start[8:] + idat + pngs.END,
        "parted picture": start
        + chunk(b"IDAT", squeezed[:50])
        + text
        + chunk(b"IDAT", squeezed[50:])
        + pngs.END,
        "unknown critical chunk": start + chunk(b"CgBI", b"\0") + idat + pngs.END,
        "rows missing": start + chunk(b"IDAT", zlib.compress(raw[:5000])) + pngs.END,
        "stream cut": start + chunk(b"IDAT", squeezed[:-100]) + pngs.END,
        "checksum cut": start + chunk(b"IDAT", squeezed[:-4]) + pngs.END,
        "not a stream": start + chunk(b"IDAT", b"\xff" * 500) + pngs.END,
        "unknown filter": start + chunk(b"IDAT", zlib.compress(b"\x09" + raw[1:])) + pngs.END,
        "no palette": pngs.encode(np.zeros((SIDE, SIDE), int), PALETTE),
        "length past the end": start + b"\x7f\xff\xff\xff" + idat[4:],
    }


@pytest.mark.parametrize("name", broken_files())
def test_broken_files(name: str) -> None:
    with pytest.raises(InvalidImageError, match="truncated or corrupt"):
        decode(broken_files()[name])


def test_data_far_past_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    excess = MAX_EXCESS // 64
    monkeypatch.setattr("bonaface.imaging.png.MAX_EXCESS", excess)
    raw = pngs.pack(np.full((SIDE, SIDE), 7), 8)
    most = SIDE * SIDE * 8 + excess
    for unpacked, is_taken in ((most, True), (most + 1, False)):
        packed = bombs.zeros(unpacked, raw)
        middle = len(packed) // 2
        parts = (chunk(b"IDAT", packed[:middle]), chunk(b"IDAT", packed[middle:]))
        data = b"".join((pngs.header(SIDE, SIDE, 8, GREY), *parts, pngs.END))
        if is_taken:
            assert np.all(decode(data) == 7)
        else:
            with pytest.raises(InvalidImageError, match="far more data"):
                decode(data)


def test_too_many_chunks() -> None:
    data = pngs.header(100, 100) + chunk(b"aaAa") * MAX_CHUNKS + pngs.END
    with pytest.raises(InvalidImageError, match="too many chunks"):
        read_header(data)


@pytest.mark.parametrize("colour", [GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA, 1, 5, 7])
@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4, 8, 16, 32])
def test_header_takes_the_depths_of_the_standard(colour: int, depth: int) -> None:
    allowed = {GREY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)}.get(colour, (8, 16))
    data = pngs.header(90, 80, depth, colour)
    if depth in allowed and colour in {0, 2, 3, 4, 6}:
        assert read_header(data).bits == depth
    else:
        with pytest.raises(InvalidImageError):
            read_header(data)


@pytest.mark.parametrize(
    "fields",
    [
        (0, 9, 8, 2, 0, 0, 0),
        (9, 0, 8, 2, 0, 0, 0),
        (2**31, 9, 8, 2, 0, 0, 0),
        (9, 2**31, 8, 2, 0, 0, 0),
        (9, 9, 8, 2, 1, 0, 0),
        (9, 9, 8, 2, 0, 1, 0),
        (9, 9, 8, 2, 0, 0, 2),
    ],
)
def test_header_that_makes_no_sense(fields: tuple[int, ...]) -> None:
    with pytest.raises(InvalidImageError):
        read_header(pngs.SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", *fields)))


@pytest.mark.parametrize("length", range(8, 33))
def test_header_cut(length: int) -> None:
    with pytest.raises(InvalidImageError):
        read_header(pngs.header(90, 80)[:length])


@pytest.mark.parametrize("length", range(13))
def test_header_cut_where_its_last_bytes_are_a_right_checksum(length: int) -> None:
    kind = b"IHDR" + struct.pack(">IIBBBBB", 90, 90, 8, COLOUR, 0, 0, 0)[:length]
    cut = pngs.SIGNATURE + struct.pack(">I", 13) + kind + struct.pack(">I", zlib.crc32(kind))
    with pytest.raises(InvalidImageError):
        read_header(cut)


def test_header_with_a_wrong_checksum_or_not_first() -> None:
    good = pngs.header(90, 80)
    for data in (good[:-1] + bytes([good[-1] ^ 1]), good[:8] + chunk(b"tEXt", b"x" * 13) + good[8:]):
        with pytest.raises(BonafaceError):
            read_header(data)
