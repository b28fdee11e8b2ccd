"""The inputs that fuzzing starts from, all made here: drawn pictures, encoded in every way, and bodies."""

import base64
import itertools
from collections.abc import Iterator

import numpy as np
import orjson
from PIL import Image

from support.http.wire import form
from support.pictures import png as pngs
from support.pictures.arithmetic import ARITHMETIC_JPEG
from support.pictures.photograph import photographs
from support.pictures.picture import encoded, jpeg, picture, png
from support.pictures.sampled import sampled_jpeg
from support.security import hostile_urls

SMALL = (96, 80)
URL = "https://public.example/a.jpg"

PNG_KINDS = {
    pngs.GREY: (1, 2, 4, 8, 16),
    pngs.COLOUR: (8, 16),
    pngs.PALETTE: (1, 2, 4, 8),
    pngs.GREY_ALPHA: (8, 16),
    pngs.COLOUR_ALPHA: (8, 16),
}
PNG_CHANNELS = {pngs.GREY: 1, pngs.COLOUR: 3, pngs.PALETTE: 1, pngs.GREY_ALPHA: 2, pngs.COLOUR_ALPHA: 4}
KEYS = {pngs.GREY: bytes(2), pngs.COLOUR: bytes(6), pngs.PALETTE: b"\0\x80\xff"}
EXIF = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0%c\0\0\0\0\0\0\0"


def images() -> Iterator[bytes]:
    """Whole files of both formats, of every kind the decoder tells apart, and some broken ones."""
    yield from png_files()
    yield from jpeg_files()
    yield from photographs()
    yield from (b"", b"GIF89a", pngs.SIGNATURE, pngs.header(90, 90), b"\xff\xd8\xff", jpeg()[:700])
    yield pngs.header(65_535, 65_535) + pngs.chunk(b"IDAT", b"") + pngs.END


def png_files() -> Iterator[bytes]:
    """Every colour type, depth and interlacing, with and without transparency, and turned."""
    for colour, depths in PNG_KINDS.items():
        for depth, interlaced, keyed in itertools.product(depths, (False, True), (False, True)):
            if not keyed or colour in KEYS:
                yield _png_of(colour, depth, interlaced, keyed)
    for orientation in range(1, 9):
        chunk = pngs.chunk(b"eXIf", EXIF % orientation)
        yield pngs.encode(picture(*SMALL)[..., 0], pngs.GREY, 8, [chunk])


def jpeg_files() -> Iterator[bytes]:
    """Baseline, progressive, restart markers, arithmetic, grey, CMYK, rare sampling, orientations, ICC."""
    small = picture(*SMALL)
    for progressive, subsampling in itertools.product((False, True), (0, 1, 2)):
        yield jpeg(small, progressive=progressive, subsampling=subsampling)
    yield jpeg(small, restart_marker_blocks=2)
    yield jpeg(small, icc_profile=bytes(300), comment=b"comment")
    yield ARITHMETIC_JPEG
    for mode, quality in itertools.product(("L", "CMYK"), (20, 95)):
        yield encoded(Image.fromarray(small).convert(mode), "JPEG", quality=quality)
    for factors in ([(3, 1), (1, 1), (1, 1)], [(2, 2), (1, 1), (1, 1), (1, 1)]):
        yield sampled_jpeg(small, factors, restart=5)
    yield encoded(Image.fromarray(small).convert("CMYK"), "JPEG", subsampling=2, progressive=True)
    for orientation in range(1, 9):
        yield jpeg(small, exif=b"Exif\0\0" + EXIF % orientation)


def damages() -> Iterator[bytes]:
    """For each file, each kind of damage alone and all together, with and without harm."""
    for file, kinds, harm in itertools.product(
        range(4), (0, *(1 << bit for bit in range(7)), 127), (0, 128, 129)
    ):
        yield bytes([file, kinds, harm]) + b"\x00\x00\x01\x05 noise \xff\xda\xff\xd9"


def base64_texts() -> Iterator[bytes]:
    """Whole, unpadded, folded, URL-safe, as a data: URL, cut."""
    text = base64.b64encode(bytes(range(256)))
    yield from (b"", b"=", b"AA==", b"AAA=", b"AAAA", text, text.rstrip(b"="), text[:-5])
    yield base64.encodebytes(bytes(range(200)))
    yield base64.urlsafe_b64encode(bytes(range(255, 0, -1)))
    yield b"data:image/png;base64," + text


def json_bodies() -> Iterator[bytes]:
    """What clients send, and what they get wrong."""
    text = base64.b64encode(ARITHMETIC_JPEG[:90]).decode()
    images: tuple[object, ...] = (
        {"bytes": text},
        {"url": URL},
        {"url": URL, "bytes": text},
        {},
        None,
        [],
        text,
    )
    for image in images:
        yield orjson.dumps({"image": image})
        yield orjson.dumps({"image": image, "spoofingCondition": "strict", "more": [1, None, {"a": 1e9}]})
    yield b'\xef\xbb\xbf{"image":{"url":"\\u0068\\ud83d\\ude00","url":"b"}}'
    yield from (
        b"",
        b"null",
        b"[[[[",
        b'{"a":' * 20,
        b'{"image":{"bytes":"\\/9j\\n"}}',
        b'{"a":1e999,"b":-0}',
    )


def forms() -> Iterator[bytes]:
    """Forms, each after a line that is its Content-Type."""
    image = ("imageFile", "a.png", png(np.zeros((3, 3, 3), np.uint8)))
    strict = ("spoofingCondition", None, b"strict")
    for parts in ([image], [image, strict], [strict], [image, image], [("é", "", b"--xyz"), image], []):
        content_type, body = form(*parts)
        yield content_type.encode() + b"\n" + body
    yield b'Multipart/Form-Data; boundary="a b"; x=y\n--a b\r\nX: y\r\n folded\r\n\r\n\r\n--a b--'
    yield b'application/json\n{"image":{"url":"http://public.example/"}}'
    named = b"Content-Disposition: form-data; filename*=utf-8''%e2; name=imageFile"
    yield b"multipart/form-data; boundary=b\n--b\r\n" + named + b"\r\n\r\nx\r\n--b--\r\nepilogue"


def captures() -> Iterator[bytes]:
    """Bodies of /v2, each after a line that is its Content-Type."""
    small = png(np.zeros((3, 3, 3), np.uint8))
    text = {"bytes": base64.b64encode(small).decode()}
    options = {"faces": "central", "quality": "require", "preset": "strict"}
    several: list[dict[str, object]] = [{"frames": [text] * count} for count in (0, 2, 10, 11)]
    for members in ({"image": text}, {"frames": [text] * 2, **options}, *several):
        yield b"application/json\n" + orjson.dumps(members)
    frame, image = ("frames", "a.png", small), ("imageFile", "a.png", small)
    fields = [(name, None, value.encode()) for name, value in options.items()]
    for parts in ([image, *fields], [frame] * 2, [*fields, *[frame] * 10], [frame] * 11, [frame, image]):
        content_type, body = form(*parts)
        yield content_type.encode() + b"\n" + body


def connections() -> Iterator[bytes]:
    """What clients send on one connection, and what they get wrong."""
    head = b"POST /a HTTP/1.1\r\nHost: a\r\n"
    get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n"
    length = head + b"Content-Length: 5\r\n\r\na\r\n\r\n"
    upgrade = head + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nab"
    yield from (get, get * 3, length + get, b"\r\n\r\n" + length + b"\r\n" + get, upgrade + get, b"")
    yield chunked + b"3;x=y\r\na\r\n\r\n0\r\nX: y\r\n\r\n" + get
    yield chunked + b"1\r\na\r\n" * 20 + b"0\r\n\r\n\0\xff"
    yield head + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    yield head + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc" + get
    yield head.replace(b"1.1", b"1.0") + b"Content-Length: 1\r\n\r\na" + get
    yield get.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + get
    yield b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n\x16\x03\x01"
    yield b"GET /\r\n\r\n" + get
    yield b"GET / HTTP/1.1\r\nHost: a\n\n" + get
    yield get + b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 300 + b"\r\n" + get


def noises() -> Iterator[bytes]:
    """What stands in a form and is to be ignored: preamble, value of a field, content, epilogue."""
    cut = b"\n\n--\n\n"
    yield b""
    yield cut.join((b"This is a multi-part message in MIME format.", b"gzip", b"iso-8859-1", b"\r\nbye"))
    yield cut.join(
        (b"--xy\r\n--", b'form-data; name="imageFile"', b"--inner\r\n\r\na\r\n--inner--", b"--xyz\r\n")
    )
    yield cut.join((b"\r\n--xyz-", b"base64", b"\r\n--xyz\r\n\r\n", b"\r\n--xyz--"))


def urls() -> Iterator[bytes]:
    """Addresses that are fetched, and every one that the tests know to be refused."""
    yield from (
        b"http://93.184.216.34/",
        b"https://[2606:4700::1111]:443/a?b#c",
        b"http://b\xc3\xbccher.example:80",
    )
    yield from (b"/a", b"//other.example/x", b"?q", b"../up", b"HTTP://PUBLIC.EXAMPLE:10000/%7e")
    for text in (*hostile_urls.FORM, *hostile_urls.ADDRESS):
        yield text.format(port=10_000).encode("utf-8", "surrogatepass")


def _png_of(colour: int, depth: int, interlaced: bool, keyed: bool) -> bytes:
    before = [pngs.chunk(b"PLTE", bytes(range(48)))] if colour == pngs.PALETTE else []
    before += [pngs.chunk(b"tRNS", KEYS[colour])] if keyed else []
    limit = 16 if colour == pngs.PALETTE else 1 << depth
    return pngs.encode(_samples(PNG_CHANNELS[colour]) % limit, colour, depth, before, (), interlaced)


def _samples(channels: int) -> pngs.Samples:
    small = (picture(*SMALL) // 8 * 8).astype(np.uint32)
    return np.concatenate([small, small], axis=2)[..., :channels]
