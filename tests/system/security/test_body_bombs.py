"""Bodies that are small and mean a lot of work: deep, wide and long JSON, forms of thousands of parts."""

import base64
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.http.wire import exchange, form, head
from support.pictures import images
from support.security.bombed import Bombed

JSON = "application/json"
FORM = "multipart/form-data; boundary=b"
PNG = images.png()
TEXT = base64.b64encode(PNG).decode()
IMAGE = f'"image":{{"bytes":"{TEXT}"}}'
PART = b"--b\r\nContent-Disposition: form-data; name=imageFile\r\n\r\n"
DEEP, LONG = 100_000, 3_000_000

DOCUMENTS = {
    "deep arrays": ('{"x":' + "[" * DEEP + "]" * DEEP + "," + IMAGE + "}", -40000),
    "deep objects": ('{"x":' + '{"a":' * DEEP + "1" + "}" * DEEP + "," + IMAGE + "}", -40000),
    "deep images": ('{"image":' * DEEP, -40000),
    "arrays that only open": ("[" * LONG, -40000),
    "a long number": ('{"x":' + "9" * LONG + "," + IMAGE + "}", 0),
    "a long fraction": ('{"x":0.' + "9" * LONG + "," + IMAGE + "}", 0),
    "a long exponent": ('{"x":1e' + "9" * LONG + "," + IMAGE + "}", 0),
    "a million numbers": ('{"x":[' + "1," * 1_000_000 + "1]," + IMAGE + "}", -40000),
    "a million strings": ('{"x":[' + '"",' * 1_000_000 + "1]," + IMAGE + "}", -40000),
    "a million arrays": ('{"x":[' + "[]," * 1_000_000 + "1]," + IMAGE + "}", -40000),
    "a million objects": ('{"x":[' + "{}," * 1_000_000 + "1]," + IMAGE + "}", -40000),
    "an image of a million values": ('{"image":{"bytes":[' + "1," * 1_000_000 + "1]}}", -40000),
    "a million values for a body": ("[" + "1," * 1_000_000 + "1]", -40000),
    "a long string": ('{"x":"' + "a" * LONG + '",' + IMAGE + "}", 0),
    "a long member": ('{"' + "a" * LONG + '":1,' + IMAGE + "}", 0),
    "a long condition": ("{" + IMAGE + ',"spoofingCondition":"' + "a" * LONG + '"}', -40000),
    "many escapes": ('{"x":"' + r"\ud83d\ude00" * 250_000 + '",' + IMAGE + "}", 0),
    "many members": ("{" + ",".join(f'"{n}":0' for n in range(250_000)) + "," + IMAGE + "}", -40000),
    "one member many times": ("{" + '"image":0,' * 300_000 + IMAGE + "}", -40000),
    "the image many times": ('{"image":{' + '"bytes":"",' * 300_000 + f'"bytes":"{TEXT}"' + "}}", -40000),
    "white space around": ("{" + " " * LONG + IMAGE + "}", 0),
    "white space in Base64": ('{"image":{"bytes":"' + " " * LONG + TEXT + '"}}', 0),
    "white space as escapes": ('{"image":{"bytes":"' + r"\n" * (LONG // 2) + TEXT + '"}}', 0),
    "white space between": ('{"image":{"bytes":"' + "    ".join(TEXT) + '"}}', 0),
    "nothing but white space": ('{"image":{"bytes":"' + " " * LONG + '"}}', -45030),
    "nothing but padding": ('{"image":{"bytes":"' + "=" * LONG + '"}}', -45030),
    "a long URL": ('{"image":{"url":"http://' + "a" * LONG + '"}}', -45050),
    "a URL of labels": ('{"image":{"url":"http://' + "a." * (LONG // 2) + '"}}', -45050),
}


@pytest.mark.parametrize(("document", "code"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_json(target: Bombed, document: str, code: int) -> None:
    assert target.post(JSON, document.encode()).code == code


TINY = ('{"x":[' + "{}," * 1_300_000 + "1]," + IMAGE + "}").encode()
AT_ONCE = 32
SECONDS = 10


@pytest.mark.alone
def test_many_bodies_of_tiny_values_at_once_hold_nobody_up(target: Bombed) -> None:
    """Together they are a hundred megabytes; built, they would be gigabytes."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [pool.submit(target.post, JSON, TINY) for _ in range(AT_ONCE)]
        while not all(answer.done() for answer in answers):
            started = time.monotonic()
            assert exchange(target.address, head("/healthz", method="GET")).status == 200
            assert time.monotonic() - started < SECONDS
            time.sleep(0.05)
    assert {answer.result().code for answer in answers} == {-40000}


ADMIN = {
    "deep": '{"name":' + "[" * 30_000 + "]" * 30_000 + "}",
    "many": '{"name":[' + "{}," * 20_000 + "1]}",
    "compressed": "{}",
}


@pytest.mark.parametrize("kind", ADMIN)
def test_bodies_of_the_admin_api_have_the_same_bounds(target: Bombed, kind: str) -> None:
    body = ADMIN[kind].encode()
    coding = ["Content-Encoding: gzip"] if kind == "compressed" else []
    lines = [f"Authorization: Bearer {target.token}", *coding, f"Content-Length: {len(body)}"]
    answer = exchange(target.address, head("/admin/v1/applications", *lines) + body)
    assert answer.status == 400
    assert re.search("levels|values|gzip", answer.json["detail"])


def test_a_form_of_twenty_thousand_parts(target: Bombed) -> None:
    parts = [(f"f{number}", None, b"") for number in range(20_000)]
    assert target.post(*form(*parts)).code == -40000


FORMS = {
    "a long header": (b"--b\r\nContent-Disposition: " + b"a" * LONG + b"\r\n\r\n\r\n--b--", -40000),
    "a long header name": (b"--b\r\n" + b"a" * LONG + b": b\r\n\r\n\r\n--b--", -40000),
    "many headers": (b"--b\r\n" + b"X: y\r\n" * 500_000 + b"\r\n\r\n--b--", -40000),
    "many options": (PART[:-4] + b"; a=b" * 700 + b"\r\n\r\n" + PNG + b"\r\n--b--", 0),
    "many quotes": (PART[:-4] + b'; a="' + b"\\" * 3000 + b'"\r\n\r\n' + PNG + b"\r\n--b--", 0),
    "many line ends": (PART + b"\r" * 2_900_000 + b"\r\n--b--", -45040),
    "many near boundaries": (PART + b"\r\n--" * 700_000 + b"\r\n--b--", -45040),
    "many lines that begin with the boundary": (PART + b"\r\n--bc" * 500_000 + b"\r\n--b--", -40000),
    "a preamble of them": (b"\r\n--bc" * 500_000 + b"\r\n" + PART + PNG + b"\r\n--b--", -40000),
    "a preamble, then the form": (b"\r\n-" * 700_000 + b"\r\n" + PART + PNG + b"\r\n--b--", 0),
    "much padding": (PART.replace(b"--b", b"--b" + b" " * LONG) + PNG + b"\r\n--b--", 0),
    "much folding": (b"--b\r\nX: y" + b"\r\n " * 900_000 + b"\r\n" + PART[5:] + PNG + b"\r\n--b--", -40000),
    "a long preamble": (b"\r\n" * (LONG // 2), -40000),
    "a long epilogue": (PART + PNG + b"\r\n--b--" + b"\r\n--b" * 500_000, 0),
    "no end": (PART + b"a" * LONG, -40000),
}


@pytest.mark.parametrize(("body", "code"), FORMS.values(), ids=FORMS)
def test_forms(target: Bombed, body: bytes, code: int) -> None:
    assert target.post(FORM, body).code == code


def test_a_long_boundary_and_what_nearly_is_one(target: Bombed) -> None:
    boundary = b"-" * 70
    near = (b"\r\n--" + boundary[1:]) * 39_000
    body = PART.replace(b"--b", b"--" + boundary) + near + b"\r\n--" + boundary + b"--"
    assert target.post(FORM[:-1] + boundary.decode(), body).code == -45040
    assert target.post(FORM[:-1] + "-" * 60_000, body).code == -40000
