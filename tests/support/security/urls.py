"""Texts that look like URLs, and what no target of a request may be."""

from hypothesis import strategies as st

from bonaface.fetch.policy import Target

PLAIN_PIECES = "http https :// : // / @ [ ] ::1 127.0.0.1 % %00 \\ . - xn-- # ? 80 0x7f 1 example 。 ß １ ①"
URL_PIECES = st.sampled_from([*PLAIN_PIECES.split(), " ", "\n", "\u00ad", "\ud800"])
URL_LIKE = st.one_of(
    st.text(st.characters()),
    st.lists(URL_PIECES, max_size=12).map("".join),
    st.lists(URL_PIECES, max_size=8).map(lambda pieces: "http://" + "".join(pieces)),
)


def assert_safe(target: Target) -> None:
    """Hold `target` against the contract, and against what a request line may be made of."""
    assert target.scheme in ("http", "https")
    assert target.port in (80, 443) or 10_000 <= target.port <= 12_000
    assert set(target.host) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.:")
    assert target.path.startswith(b"/")
    assert target.path.isascii()
    assert not set(target.path) & set(b" \r\n\t\\")
