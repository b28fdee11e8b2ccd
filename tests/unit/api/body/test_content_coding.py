"""Compressed bodies."""

import pytest
from starlette.datastructures import Headers

from bonaface.api.body.content_coding import CODINGS, check
from bonaface.errors import InvalidParameterError


def headers(*values: str) -> Headers:
    return Headers(raw=[(b"content-encoding", value.encode("latin-1")) for value in values])


@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_a_compressed_body_is_refused_by_name(coding: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"Content-Encoding: {coding}\\)"):
        check(headers(coding))


@pytest.mark.parametrize(
    "values",
    [["GZIP"], [" gzip\t"], ["identity, gzip"], ["identity", "Gzip"], ["gzip,br"], [",gzip"], ["utf-8,gzip"]],
)
def test_wherever_it_stands(values: list[str]) -> None:
    with pytest.raises(InvalidParameterError, match="gzip"):
        check(headers(*values))


@pytest.mark.parametrize("value", ["gzip, chunked", "GZIP,chunked", "x;a=b, gzip;q=1, chunked", "gzip"])
def test_a_transfer_coding_that_compresses(value: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"Transfer-Encoding: gzip\)"):
        check(Headers(raw=[(b"transfer-encoding", value.encode())]))


def test_a_body_in_chunks_is_not_compressed() -> None:
    check(Headers(raw=[(b"transfer-encoding", b"chunked")]))


@pytest.mark.parametrize(
    "values",
    [
        [],
        [""],
        [" , "],
        ["identity"],
        ["Identity, identity"],
        ["UTF-8"],
        ["base64"],
        ["none"],
        ["aws-chunked"],
    ],
)
def test_what_is_no_coding_says_nothing(values: list[str]) -> None:
    check(headers(*values))
