"""Capture tokens over real sockets: asked for with the secret, used without it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from bonaface.accounts.application import Quota
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

LIVENESS, TOKENS = "/v2/liveness", "/v2/tokens"
SHOP = "https://shop.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = settings_in(
        tmp_path_factory.mktemp("tokens"), server={"allowed_origins": [SHOP]}, tokens={"max_uses": 30}
    )
    with running(SteadyAnalyzer(), settings) as server:
        yield server


@pytest.fixture
def page(server: RunningServer) -> Iterator[httpx2.Client]:
    """Somebody without any key."""
    with httpx2.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        yield client


def keys_of(app_key: str, secret: str) -> dict[str, str]:
    return {"X-App-Key": app_key, "Authorization": f"Bearer {secret}"}


def token_of(page: httpx2.Client, server: RunningServer, **asked: int) -> str:
    answer = page.post(TOKENS, headers=keys_of(server.app_key, server.secret), json=asked)
    assert answer.status_code == 201
    return str(answer.json()["token"])


def judge(page: httpx2.Client, token: str, portrait: bytes, **headers: str) -> httpx2.Response:
    given = {"Authorization": f"Bearer {token}", **headers}
    return page.post(LIVENESS, headers=given, files={"imageFile": ("a.png", portrait)})


def test_a_token_without_a_body_has_the_usual_bounds(page: httpx2.Client, server: RunningServer) -> None:
    answer = page.post(TOKENS, headers=keys_of(server.app_key, server.secret))
    told = answer.json()
    assert (answer.status_code, told["uses"], answer.headers["cache-control"]) == (201, 20, "no-store")
    left = datetime.fromisoformat(told["expiresAt"]) - datetime.now(UTC)
    assert timedelta(seconds=200) < left <= timedelta(seconds=300)


def test_it_is_used_up_after_its_uses(page: httpx2.Client, server: RunningServer, portrait: bytes) -> None:
    token = token_of(page, server, uses=2)
    answers = [judge(page, token, portrait) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert answers[2].json()["code"] == "unauthorized"
    assert token not in answers[2].text


def test_what_is_refused_before_it_is_judged_takes_no_use(
    page: httpx2.Client, server: RunningServer, portrait: bytes
) -> None:
    token = token_of(page, server, uses=1)
    headers = {"Authorization": f"Bearer {token}"}
    assert page.post(LIVENESS, headers=headers, files={"other": b"x"}).status_code == 400
    by_url = page.post(LIVENESS, headers=headers, json={"image": {"url": "https://a.example/b.png"}})
    assert (by_url.status_code, "image.url" in by_url.json()["detail"]) == (400, True)
    assert judge(page, token, portrait).status_code == 200


def test_it_is_of_its_application_alone(page: httpx2.Client, server: RunningServer, portrait: bytes) -> None:
    other = server.services.applications.create_application("other", actor=ACTOR)[0]
    token = token_of(page, server, uses=2)
    beside = judge(page, token, portrait, **{"X-App-Key": other.app_key})
    assert beside.status_code == 401
    assert judge(page, token, portrait, **{"X-App-Key": server.app_key}).status_code == 200


def test_it_opens_nothing_else(page: httpx2.Client, server: RunningServer) -> None:
    token = token_of(page, server)
    assert page.post(TOKENS, headers=keys_of(server.app_key, token)).status_code == 401
    for given in (token, f"Bearer {token}"):
        answer = page.post(server.path, headers={"Authorization": given}, json={})
        assert answer.json()["header"]["resultCode"] == -41005
    assert page.get("/admin/v1/status", headers={"Authorization": f"Bearer {token}"}).status_code in (
        401,
        404,
    )


def test_it_ends_when_its_application_is_disabled(
    page: httpx2.Client, server: RunningServer, portrait: bytes
) -> None:
    made, _, secret = server.services.applications.create_application("gone", actor=ACTOR)
    headers = keys_of(made.app_key, secret)
    token = page.post(TOKENS, headers=headers).json()["token"]
    server.services.applications.disable_application(made.app_key, actor=ACTOR)
    assert judge(page, token, portrait).status_code == 401


def test_asking_takes_of_the_rate(page: httpx2.Client, server: RunningServer) -> None:
    made, _, secret = server.services.applications.create_application(
        "slow", quota=Quota(rate=1), actor=ACTOR
    )
    answers = [page.post(TOKENS, headers=keys_of(made.app_key, secret)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]
    assert answers[1].headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "asked",
    [{"uses": 31}, {"uses": 0}, {"lifetime": 901}, {"lifetime": 9}, {"uses": "5"}, {"other": 1}, [], 1],
)
def test_what_may_not_be_asked_for(page: httpx2.Client, server: RunningServer, asked: object) -> None:
    answer = page.post(TOKENS, headers=keys_of(server.app_key, server.secret), json=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")


def test_a_body_of_another_kind_and_a_query_are_refused(page: httpx2.Client, server: RunningServer) -> None:
    headers = keys_of(server.app_key, server.secret)
    form = page.post(TOKENS, headers=headers, data={"uses": "3"})
    assert (form.status_code, form.json()["code"]) == (415, "unsupported_media_type")
    assert page.post(f"{TOKENS}?uses=3", headers=headers).status_code == 400


def test_a_page_of_an_allowed_origin_may_call(
    page: httpx2.Client, server: RunningServer, portrait: bytes
) -> None:
    asks = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    preflight = page.options(LIVENESS, headers=asks)
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, SHOP)
    token = token_of(page, server, uses=1)
    answers = [judge(page, token, portrait, Origin=SHOP) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {SHOP}
    assert page.options(TOKENS, headers=asks).status_code == 405
