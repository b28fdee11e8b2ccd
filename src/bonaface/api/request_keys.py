"""Where a request carries the keys of its application. A key that is missing or given twice is none."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.datastructures import Headers

SECRET_HEADER = "Authorization"  # noqa: S105 - the name of the header
APP_KEY_HEADER = "X-App-Key"
APP_KEY_PARAMETER = "appKey"
BEARER = "bearer "


class Keys(NamedTuple):
    """An appKey and a secret, as they came; empty where there is none."""

    app_key: str
    secret: str


KeyReader = Callable[[Headers, Mapping[str, Any]], Keys]
"""The keys by the headers of a request and the parameters of its path."""


def keys_by_path(headers: Headers, path: Mapping[str, Any]) -> Keys:
    """As v1.0 has them: the appKey in the path, the bare secret in `Authorization`."""
    return Keys(path[APP_KEY_PARAMETER], once(headers, SECRET_HEADER))


def keys_by_headers(headers: Headers, _path: Mapping[str, Any]) -> Keys:
    """As /v2 has them: `X-App-Key`, and `Authorization: Bearer` (RFC 6750, 2.1)."""
    given = once(headers, SECRET_HEADER)
    is_bearer = given[: len(BEARER)].lower() == BEARER
    return Keys(once(headers, APP_KEY_HEADER), given[len(BEARER) :].strip(" ") if is_bearer else "")


def once(headers: Headers, name: str) -> str:
    """The value of a header that is there once; else nothing."""
    given = headers.getlist(name)
    return given[0] if len(given) == 1 else ""
