"""Headers on every answer."""

from starlette.types import Receive, Scope, Send

from bonaface.api.middleware.security_headers import DEFAULTS, SecurityHeaders
from support.http.asgi import Exchange, Recorder, Refuser, http_scope, reply


class OwnPolicy:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await reply(send, b"page", (b"content-security-policy", b"default-src 'self'"))


def test_every_answer_gets_them() -> None:
    headers = Exchange().run(SecurityHeaders(Refuser()), http_scope()).headers
    assert headers.items() >= {name.lower(): value for name, value in DEFAULTS.items()}.items()
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_an_answer_may_set_its_own() -> None:
    headers = Exchange().run(SecurityHeaders(OwnPolicy()), http_scope()).headers
    assert headers["content-security-policy"] == "default-src 'self'"


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    Exchange().run(SecurityHeaders(recorder), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
