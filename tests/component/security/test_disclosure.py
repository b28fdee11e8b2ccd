"""What no answer tells: versions, libraries, paths, tracebacks, addresses, and what was sent."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from anyio.from_thread import start_blocking_portal

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from bonaface.api.middleware.security_headers import DEFAULTS
from conftest import ROOT
from support.faults.spoiled import spoil
from support.http.tour import JSON, Request, Tour, sent
from support.http.wire import RawAnswer
from support.models.analyses import BrokenAnalyzer
from support.network.web import Exchange, serve
from support.pictures import images
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

Answers = dict[str, RawAnswer]

INSIDE = re.compile(
    r"""traceback | File\ " | line\ \d+,\ in | \.py\b | site-packages | /root | /home/ | /usr/ | /tmp/ | /var/
    | \d+\.\d+\.\d+ | 0x[0-9a-f]{6} | \b(127\.0\.0\.1|10\.0\.0\.1|169\.254)
    | uvicorn | starlette | fastapi | pydantic | httptools | h11 | httpx | httpcore | anyio | asyncio | python
    | sqlalchemy | sqlite | psycopg | postgres | openvino | onnx | opencv | \bcv2 | numpy | libpng | libjpeg
    | simplejpeg | Error\( | Exception:""",
    re.IGNORECASE | re.VERBOSE,
)
CANARY = "canary-e7b1"
"""Planted in every header and query that a caller may choose; no refusal repeats it."""


@pytest.fixture(scope="module")
def real(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("real")
    fetch = {"allowed_networks": ["127.0.0.0/8"], "timeout": 0.3}
    with running(analyzer, settings_in(folder, fetch=fetch)) as server:
        yield server


@pytest.fixture(scope="module")
def tour(real: RunningServer, portrait: bytes) -> Tour:
    return _tour(real, portrait)


@pytest.fixture(scope="module")
def successes(real: RunningServer, tour: Tour) -> Answers:
    return _answers(real, *tour.successes())


@pytest.fixture(scope="module")
def refusals(real: RunningServer, tour: Tour, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Every refusal that one request brings about, and those that need a server in trouble."""
    answers = _answers(real, *tour.refusals()) | _timeout(real, tour) | _limits(real, tour)
    reason = RuntimeError(f"/usr/lib/python3/site-packages/cv2: {CANARY} at 0x7f3a12bc")
    for name in ("broken", "spoiled", "cold"):
        analyzer = BrokenAnalyzer(reason, in_warm_up=name == "cold")
        with running(analyzer, settings_in(tmp_path_factory.mktemp(name)), warm=name != "cold") as server:
            troubled = _tour(server, tour.portrait)
            if name == "spoiled":
                spoil(server.services.settings.storage.directory / "bonaface.db")
                requests = [troubled.admin("GET", "/models"), troubled.file("an image", images.png())]
            else:
                requests = [troubled.file("an image", images.png())]
            answers |= {f"{name}: {key}": told for key, told in _answers(server, *requests).items()}
    return answers


def _tour(server: RunningServer, portrait: bytes) -> Tour:
    _, token = server.services.admin_tokens.create("console", actor=ACTOR)
    extra = {
        "Cookie": CANARY,
        "User-Agent": CANARY,
        "Referer": f"http://{CANARY}/",
        "X-Request-Id": f"an id {CANARY}",
    }
    return Tour(server.app_key, server.secret, token, portrait, extra)


def _answers(server: RunningServer, *requests: Request) -> Answers:
    return {request.name: sent(server.address, request) for request in requests}


def _timeout(server: RunningServer, tour: Tour) -> Answers:
    async def stall(exchange: Exchange) -> None:
        await exchange.reader.read()

    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        host = stack.enter_context(portal.wrap_async_context_manager(serve(stall)))
        return _answers(server, tour.spoofing("slow host", {"image": {"url": host.url(f"/{CANARY}")}}))


def _limits(server: RunningServer, tour: Tour) -> Answers:
    """The second request of a month that has one, and a third secret where there may be two."""
    made, _, secret = server.services.applications.create_application(
        "limited", quota=Quota(monthly=1), actor=ACTOR
    )
    path, keys = f"/v1.0/appkeys/{made.app_key}/spoofing", f"Authorization: {secret}"
    asked = tour.request("quota", "POST", path, keys, JSON, body=b"{}")
    another = tour.admin("POST", f"/applications/{made.app_key}/secrets", b"{}")
    _answers(server, asked, another)
    return _answers(server, asked, another)


def test_the_refusals_are_all_that_there_are(refusals: Answers) -> None:
    codes = {told.code for told in refusals.values() if b"resultCode" in told.body}
    assert codes == {-40000, -40070, -41005, -45020, -45030, -45040, -45050, -45060, -50000}
    statuses = {told.json["status"] for told in refusals.values() if b"about:blank" in told.body}
    assert statuses == {400, 401, 404, 405, 409, 413, 503}


def test_no_refusal_tells_of_the_inside(refusals: Answers) -> None:
    for name, told in refusals.items():
        text = "\n".join([*(f"{key}: {value}" for key, value in told.headers.items()), told.body.decode()])
        assert not INSIDE.search(text), (name, INSIDE.search(text))
        assert CANARY not in text, name
        assert not re.search(r"[A-Za-z0-9_-]{43}", text), name  # a secret's length


def test_every_answer_has_the_headers_of_its_own_and_none_of_the_software(
    successes: Answers, refusals: Answers
) -> None:
    for name, told in (successes | refusals).items():
        assert {header.lower() for header in DEFAULTS} <= told.headers.keys(), name
        assert not {"server", "x-powered-by", "via", "set-cookie"} & told.headers.keys(), name
        assert told.headers["x-content-type-options"] == "nosniff", name
        assert told.headers["content-type"], name


def test_every_answer_has_a_request_id_of_the_servers_own(successes: Answers, refusals: Answers) -> None:
    ids = [told.headers["x-request-id"] for told in (successes | refusals).values()]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert len({*ids}) == len(ids)


def test_pages_and_documents_tell_no_version(successes: Answers) -> None:
    """The version of bonaface is the administrator's to read; Swagger UI's own file tells its own."""
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    for name, told in successes.items():
        if name.startswith("page"):
            assert version[1].encode() not in told.body, name
    assert version[1].encode() in successes["admin GET /models"].body


def test_the_caller_learns_which_fault_but_not_why_the_server_failed(refusals: Answers) -> None:
    for name in ("broken: an image", "spoiled: an image"):
        assert refusals[name].code == -50000
        assert "x-error-detail" not in refusals[name].headers


def test_a_traversal_reaches_no_file(real: RunningServer, tour: Tour) -> None:
    tricks = ("../", "..%2f", "%2e%2e/", "..\\", "....//", "%c0%ae%c0%ae/", "/etc/passwd%00.js")
    for root in ("/docs/", "/console/script/", "/console/image/"):
        for trick in tricks:
            request = tour.request("traversal", "GET", f"{root}{trick * 6}etc/passwd")
            answer = sent(real.address, request)
            assert answer.status in (400, 404), (root, trick)
            assert b"root:" not in answer.body
