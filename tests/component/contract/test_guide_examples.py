"""The guide's request examples, as curl sends them: by the real curl, and byte for byte without it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from anyio.from_thread import start_blocking_portal

from support.http.shape import shape_of
from support.http.wire import RawAnswer, exchange
from support.network.web import Exchange, serve
from support.pictures import images
from support.servers.thread import RunningServer

HERE = Path(__file__).parent
SAMPLE = json.loads((HERE / "sample.json").read_text())

HOST = "https://face-liveness.api.nhncloudservice.com"
JSON_EXAMPLE = f"""curl -X POST '{HOST}/v1.0/appkeys/{{appKey}}/spoofing' \\
-H 'Authorization: {{secretKey}}' \\
-H 'Content-Type: application/json;charset=UTF-8' \\
-d '{{
    "image": {{
        "url":"https://..."
    }}
}}'"""
FORM_EXAMPLE = f"""curl -X POST '{HOST}/v1.0/appkeys/{{appKey}}/spoofing' \\
-H 'Authorization: {{secretKey}}' \\
-H 'Content-Type: multipart/form-data' \\
-F imageFile=@image.png"""
"""As the guide prints them; only the host, the keys and the image's place are filled in."""

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture
def folder(tmp_path: Path, portrait: bytes) -> Path:
    """A folder with image.png in it."""
    (tmp_path / "image.png").write_bytes(portrait)
    return tmp_path


@pytest.fixture
def image_url(portrait: bytes) -> Iterator[str]:
    async def answer(incoming: Exchange) -> None:
        await incoming.answer(body=portrait)

    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serve(answer)) as host,
    ):
        yield host.url("/image.png")


def filled(example: str, server: RunningServer, image_url: str = "") -> str:
    return (
        example.replace(HOST, server.url)
        .replace("{appKey}", server.app_key)
        .replace("{secretKey}", server.secret)
        .replace("https://...", image_url)
    )


def curl(command: str, folder: Path, *options: str) -> Any:  # noqa: ANN401 - any JSON value
    script = " ".join([command, "-sS", "--noproxy", "'*'", *options])
    done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    return json.loads(done.stdout)


def assert_like_the_sample(answer: Any) -> None:  # noqa: ANN401 - any JSON value
    assert shape_of(answer) == shape_of(SAMPLE)
    assert answer["header"] == SAMPLE["header"]
    types = [landmark["type"] for landmark in answer["data"]["faceDetails"][0]["landmarks"]]
    assert types == ["leftEye", "rightEye", "nose", "leftLip", "rightLip"]


@needs_curl
def test_the_json_example_by_curl(server: RunningServer, folder: Path, image_url: str) -> None:
    assert_like_the_sample(curl(filled(JSON_EXAMPLE, server, image_url), folder))


@needs_curl
def test_the_form_example_by_curl(server: RunningServer, folder: Path) -> None:
    assert_like_the_sample(curl(filled(FORM_EXAMPLE, server), folder))


@needs_curl
@pytest.mark.parametrize(
    "options", [(), ("-H", "'Transfer-Encoding: chunked'"), ("-H", "'Expect:'"), ("--http1.0",)]
)
def test_a_large_file_by_curl(server: RunningServer, folder: Path, options: tuple[str, ...]) -> None:
    """Over a megabyte curl asks with Expect: 100-continue first."""
    portrait = (folder / "image.png").read_bytes()
    (folder / "image.png").write_bytes(images.padded(portrait, 3_000_000))
    assert_like_the_sample(curl(filled(FORM_EXAMPLE, server), folder, *options))


@needs_curl
@pytest.mark.parametrize("options", [(), ("-H", "'Expect:'")])
@pytest.mark.parametrize(("size", "key", "code"), [(9_000_000, "", -45020), (2_900_000, "wrong", -41005)])
def test_a_refused_large_file_by_curl(
    server: RunningServer, folder: Path, options: tuple[str, ...], size: int, key: str, code: int
) -> None:
    (folder / "image.png").write_bytes(bytes(size))
    command = filled(FORM_EXAMPLE.replace("{secretKey}", "{secretKey}" + key), server)
    assert curl(command, folder, *options)["header"]["resultCode"] == code


@needs_curl
def test_an_image_as_a_field_without_file_name_by_curl(server: RunningServer, folder: Path) -> None:
    command = filled(
        FORM_EXAMPLE.replace("imageFile=@", "'imageFile=<'").replace("'image", "'image", 1), server
    )
    assert_like_the_sample(curl(command.replace("'imageFile=<'image.png", "'imageFile=<image.png'"), folder))


def test_the_json_example_byte_for_byte(server: RunningServer, image_url: str) -> None:
    body = '{\n    "image": {\n        "url":"' + image_url + '"\n    }\n}'
    assert_like_the_sample(as_curl(server, "application/json;charset=UTF-8", body.encode()).json)


def test_the_form_example_byte_for_byte(server: RunningServer, portrait: bytes) -> None:
    boundary = "------------------------d74496d66958873e"
    body = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="imageFile"; filename="image.png"\r\n'
        "Content-Type: image/png\r\n"
        "\r\n"
    ).encode() + portrait
    body += f"\r\n--{boundary}--\r\n".encode()
    assert_like_the_sample(as_curl(server, f"multipart/form-data; boundary={boundary}", body).json)


def as_curl(server: RunningServer, content_type: str, body: bytes) -> RawAnswer:
    """What curl 7.88.1 puts on the wire, in its order."""
    host, port = server.address
    lines = [
        f"POST {server.path} HTTP/1.1",
        f"Host: {host}:{port}",
        "User-Agent: curl/7.88.1",
        "Accept: */*",
        f"Authorization: {server.secret}",
        f"Content-Type: {content_type}" if "json" in content_type else f"Content-Length: {len(body)}",
        f"Content-Length: {len(body)}" if "json" in content_type else f"Content-Type: {content_type}",
        "",
        "",
    ]
    return exchange(server.address, "\r\n".join(lines).encode() + body)


def test_an_answer_is_compact_json_with_the_members_of_the_sample(
    server: RunningServer, portrait: bytes
) -> None:
    with server.client() as client:
        answer = client.post(server.path, files={"imageFile": portrait})
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == orjson.dumps(answer.json())
    assert re.findall(r'"([A-Za-z0-9]+)":', answer.text) == re.findall(r'"(\w+)": ', json.dumps(SAMPLE))


def test_the_examples_are_the_guides(shared: Path) -> None:
    guide = (shared / "seed-api-guide.ko.md").read_text()
    assert JSON_EXAMPLE in guide
    assert FORM_EXAMPLE in guide
    blocks = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    assert [json.loads(block) for block in blocks] == [SAMPLE]
